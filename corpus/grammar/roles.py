"""The part that a post plays in a duty, read from how the clause says what it does.

Who leads is the rule; that a post approves, supervises, supports or takes part must be said: by the mark of a matrix
(配合：…), by the verb that governs the first matter (负责配合…, 对…进行检查), or by the noun that names it
(负责…的审批). A noun of the kind inside another matter says nothing: 制定考核办法 and 监督员队伍的建设 are led.
"""

import re
from enum import StrEnum


class Role(StrEnum):
    LEAD = "lead"
    APPROVE = "approve"
    SUPPORT = "support"
    PARTICIPATE = "participate"
    SUPERVISE = "supervise"


# How a clause says each role by a verb.
_VERBS = {
    Role.SUPPORT: r"配合(?!比)|协助|协理|支撑(?!系统)|支持(?!系统|平台)|协同|协办|会签|辅助|辅佐|帮助|帮忙|指导和配合",
    Role.PARTICIPATE: r"参与(?!者)|参加|知会|列席|出席|旁听",
    Role.APPROVE: (
        r"审批|批准|核准|核发|核签|审定|审签|签发|签署|批复|审议|裁定|表决|任免|审查|审核|审评|评审|复核|决定"
        r"|听取和?审议|讨论和?(?:决定|通过)"
    ),
    Role.SUPERVISE: (
        r"监督(?!员|检验|机制)|检查(?!站|井|表|室|仪)|考核(?!指标|评价)|督办|督促|督查|督导|监控|稽核|巡查|巡视|监管|抽查"
        r"|审计|监察|年审|考评|评定|问责|质询|指导(?:、|及|和|与)?(?:监督|检查)|指导[^，。；]{2,20}?、?(?:监督|督促|检查)"
    ),
}
_MARKS = {
    Role.SUPPORT: r"提供咨询|咨询|次要|备份",
    Role.PARTICIPATE: r"通知|告知|知情|备案",
}
_MARK = {
    role: re.compile(rf"(?:{verbs}{'|' + _MARKS[role] if role in _MARKS else ''})[:：]")
    for role, verbs in _VERBS.items()
}

_LABEL = re.compile(r"[^，。；：:]{2,8}[：:](?=.{6})")  # 活动检查：负责…
_SETTING = re.compile(r"(?:根据|按照|依据|依照|遵照|为了|当|在|经|随|结合|围绕|针对)[^，。；：]{1,60}，(?=.{4})")
_SUBJECT = re.compile(r"[^，。；：、负有]{1,14}?(?:应当|(?<![供反相响对适])应(?![急用答对急])|须|必须)")
_ADVERBS = (
    r"(?:负责|主要|具体|积极|认真|及时|(?:不?定期)|切实|严格|努力|主动|充分|共同|全面|全程|做好|组织|承担|开展|加强|必要时"
    r"|应邀|有权|可以|代表[^，。；]{2,6}?(?=参加|出席)|与[^，。；]{2,8}?(?=共同参与|一起参与)|好|地|并|要|、)*+"
)
_ON = (  # 对…进行定期…
    r"(?:(?:对|对于|就)[^，。；]{1,40}?(?:进行|开展|实行|实施|予以|加以|的)?)?"
    r"(?:不?定期|日常|专项|全面|全过程|全程|现场|业务|内部|年度|执法|财务|、|和|与|及)*"
)
_GOVERNS = re.compile(
    _ADVERBS + _ON + "(?:" + "|".join(f"(?P<{role.value}>{verbs})" for role, verbs in _VERBS.items()) + ")"
)
_FOR_OTHERS = re.compile(
    _ADVERBS + r"(?:为|向)[^，。；]{1,20}?提供[^，。；]{0,20}(?:数据|依据|支撑|支持|保障|参考|资料)"
)
# 负责危险作业审批; what comes first decides, so that nothing that somebody does may stand before it
_NOUN = re.compile(
    r"(?:(?P<approve>审批|核准|批准|审定|审核|审查|签发|审评)|(?P<supervise>监督|检查|考核|督查|督导|抽查|审计|监管|稽核|巡查|考评))"
    r"(?=$|的?(?:工作|管理|事宜|监督|考核|处置|审核|审批|检查)*(?:$|和|与|及|、|并|或|（))"
)
_DONE = re.compile(
    r"制定|制订|拟订|拟定|编制|建立|完善|起草|组织|编排|建设(?!工程|项目|用地)|健全|提名|编写|汇总|执行|落实|统筹|运转|策划|维护|采购|培训|招聘"
    r"|处理|接待|统计|管理(?!的)|指标|收集|代理|接受|核算"
)
# What is made about checks is led, and so is checking what is one's own.
_MADE = re.compile(r"的?(?:制度|办法|机制|方案|指标|标准|体系|计划|流程|队伍)")
_OWN = re.compile(r"物资|设备|车辆|机房|仪器|门窗|库存|线路|设施|仓库|自我|自查|原稿")


def role_of(text: str) -> Role:
    """The role of a post in a clause.

    >>> role_of("负责支撑本行业整体解决方案的快速复制和推广。")
    <Role.SUPPORT: 'support'>
    >>> role_of("负责有限空间、动火等危险作业审批。")
    <Role.APPROVE: 'approve'>
    """
    text = text.strip()
    if marked := _marked(text):
        return marked[0]
    matter = _first_matter(text)
    if governs := _GOVERNS.match(matter):
        role = Role(governs.lastgroup or "")
        about = _MADE.match(matter, governs.end()) and role in (Role.APPROVE, Role.SUPERVISE)
        own = governs[role.value] == "检查" and _OWN.search(matter)
        return Role.LEAD if about or own else role
    if _FOR_OTHERS.match(matter):
        return Role.SUPPORT
    named = _NOUN.search(matter)
    if named and not _OWN.search(matter) and not _DONE.search(matter, 0, named.start()):
        return Role(named.lastgroup or "")
    return Role.LEAD


def matter_of(text: str) -> str:
    """A clause without the mark of a matrix: what all posts of its row share.

    >>> matter_of("配合：合同评审")
    '合同评审'
    """
    marked = _marked(text)
    return text[marked[1] :] if marked else text


def _marked(text: str) -> tuple[Role, int] | None:
    """The role that a mark gives, and where the mark ends."""
    found = ((role, mark.match(text)) for role, mark in _MARK.items())
    return next(((role, match.end()) for role, match in found if match), None)


def _first_matter(text: str) -> str:
    """The first sentence part that says what is done: without a label, what it goes by, or who it is about."""
    if label := _LABEL.match(text):
        text = text[label.end() :]
    while setting := _SETTING.match(text):
        text = text[setting.end() :]
    if subject := _SUBJECT.match(text):
        text = text[subject.end() :]
    return re.split(r"[，。；;\n]", text, maxsplit=1)[0]
