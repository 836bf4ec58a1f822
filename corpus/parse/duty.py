"""Which drafts are no duties that somebody owns, and why: a rule, a condition, a remark, or nobody's.

Most of what a charter or a plan numbers is no duty. A list below somebody's name is one unless its words say otherwise;
a sentence that no list owner governs is one only if it says itself who does what.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from corpus.characters import simplified
from corpus.grammar.tasks import QUALIFICATION, TASK
from corpus.grammar.titles import Names, Title, is_person
from corpus.parse.clauses import Draft

RULE = "rule"
NO_OWNER = "no-owner"
NAME = "name"
QUALIFICATIONS = "qualifications"
REMARK = "remark"

_SOME = 0.3
_MOSTLY = 0.5  # of the items of a list
_LOOKED_AT = 160  # characters of a clause
_OPENING = 60  # of them
_SHORTEST_ITEM = 2
_SHORTEST = 6  # characters of a paragraph that says what somebody does

# 推选主席: a duty that ends with a post's name.
_ABOUT_SOMEBODY = re.compile(r"推[选举]|选[举聘]|聘[任请]|任[命免]|指[定派]|招聘|培养|协助|配合|领导|服务|负责")
# 主任：李明
_HOLDER = re.compile(r"[^:：。，]{1,10}[:：]\s*[\u4e00-\u9fff]\s?[\u4e00-\u9fff]{1,2}(?:[（(][^（）()]{1,12}[)）])?")
# 姓名：…, 李明 男 中共党员 …
_FACT = re.compile(
    r"(?:姓名|联[络系](?:人|方式)?|电话|邮箱|地址|时间|网址|微信|学号|工号)\s?[:：]|[\u4e00-\u9fff]{2,4}[\s，,、]*[男女][\s，,、]?(?:中共|共青|群众|汉|\d|$)"
)
# docs/roles/owner.md
_POINTS_TO = re.compile(
    r"[^:：]{1,24}[:：]\s*\[?(?:https?://\S+|[\w./-]+\.(?:md|html?|png|jpe?g|json|ya?ml|py|js))\s*$"
)
_CLASSMATE = re.compile(r"[\u4e00-\u9fff]{2,8}\d{3,4}级?班?\s?(?P<who>[\u4e00-\u9fff]{2,3})")  # 金融1901徐鹤
_ASKED = re.compile(r"(?:任职|岗位|招聘|应聘|职位|基本)*(?:要求|资格|条件)[:：]")
# What an advertisement offers.
_OFFERED = re.compile(
    r"(?:公司|我们|单位)?(?:提供|享受|享有)[^。；]{0,20}(?:食宿|五险|社保|假期|年假|补贴|奖金|福利)"
    r"|(?:薪资|工资|薪酬|待遇)(?:面议|从优|优厚|[:：])|(?:底薪|五险一金|包[吃食住]|免费食宿|双休)[^。；办缴核发]{0,12}[。；;]?$"
)
_TASK_LABEL = re.compile(r"(?:岗位|工作|主要)*(?:职责|内容|任务|描述)[:：]")
_ABOUT_THE_TEXT = re.compile(
    r"[*＊]*(?:以上|上述|上表|下表|以下职责(?!包括)|注[:：]|你(?:需要|可以|将|应该)|请(?:你|您|先|在)|欢迎|如果你|如何)|[^。]{2,60}[？?]$"
    r"|为(?:了|进一步|加强|规范|切实|深入|贯彻|全面|明确|做好)[^。]{2,120}(?:规定|制定|如下|方案|办法|章程|通知|机制)"
)
_SAYS_TASK = re.compile(
    r"负责|专注于|致力于|从事|承接|主管|分管|主持|承担|统筹|综理|掌管|牵头|领导|应当|职责是|任务是|具体职责|全面工作|日常工作|协助|配合|组织|管理|监督|指导|协调|制定|审核|维护"
)
_RULE = re.compile(
    r"任期|连任|选举产生|推举产生|推选|互选|当选|罢免|须有|出席方|方可|方能|不得|不能|有权|享有|可以|可[由在对向以]|每[年季月半两三四]\w{0,6}(?:召开|举行|至少)"
    r"|[设置](?:立)?[\u4e00-\u9fff]{0,10}[一二三四五六七八九十若\d]\w{0,2}[人名]|组成|构成|由[^，。]{2,20}(?:担任|产生|提名|聘任|任命)|经[^，。]{2,30}(?:通过|同意|批准)"
    r"|制[定订]本|设(?:有|立|置)?(?:下列|以下)|是指|所称|(?<![能责务作容])包括|参照|适用|依照|视为|除[^，。]{2,20}外|行政编制|领导职数|隶属于|位于|成立于|创建于|应当具备|必须具备"
)


class _Group(NamedTuple):
    """What the items of one list have in common: the shares that say tasks, rules and qualifications."""

    tasks: float
    rules: float
    qualifications: float
    unnumbered: bool  # several, and none with a number


def _group(drafts: Sequence[Draft]) -> _Group:
    words = [simplified(draft.words[:_LOOKED_AT]) for draft in drafts]
    return _Group(
        sum(bool(TASK.match(text)) for text in words) / len(words),
        sum(bool(_RULE.search(text)) for text in words) / len(words),
        sum(bool(QUALIFICATION.match(text)) for text in words) / len(words),
        len(drafts) > 1 and all(draft.units[0].marker is None for draft in drafts),
    )


def left_out(drafts: Collection[Draft], *, regulation: bool, somebody: bool) -> dict[str, str]:
    """The ids of drafts that are no duties, with the reason.

    `regulation` says that the document is made of articles, and `somebody` that it names departments or posts at all.
    """
    lists: dict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        lists[draft.group].append(draft)
    groups = {number: _group(own) for number, own in lists.items()}
    reasons: dict[str, str] = {}
    for draft in drafts:
        if reason := _reason(draft, groups[draft.group], regulation=regulation, somebody=somebody):
            reasons[draft.id] = reason
    duties = [draft for draft in drafts if draft.id not in reasons]
    announced = {draft.post for draft in duties if draft.context.announced and not draft.context.topic}
    for draft in duties:
        if draft.context.topic and draft.post in announced and not _says_duty(draft, groups[draft.group]):
            reasons[draft.id] = RULE  # 职责 has a heading of its own; this is what else is said of the owner
    return reasons


def _says_duty(draft: Draft, group: _Group) -> bool:
    return draft.settled or draft.subject or group.tasks >= _MOSTLY


def _reason(draft: Draft, group: _Group, *, regulation: bool, somebody: bool) -> str:
    """Why a draft is no duty; '' where it is one."""
    context = draft.context
    if draft.settled:
        return NAME if not draft.units[0].says and _is_fact(simplified(draft.words[:_LOOKED_AT])) else ""
    words = simplified(draft.words[:_LOOKED_AT])
    if reason := _reason_of_words(draft, words):
        return reason
    if context.rules and not (context.announced and context.named) and not (draft.article and draft.told):
        return RULE
    if draft.article and not (context.announced and context.named):
        return "" if draft.subject or (context.named and not context.whole and not _RULE.search(words)) else RULE
    if not context.named and not draft.subject:
        return _reason_of_nobodys(draft, group, regulation=regulation, somebody=somebody)
    if context.whole and not context.announced and somebody and group.tasks <= _SOME and not draft.subject:
        return NO_OWNER
    if (
        context.topic
        and not context.announced
        and group.tasks <= _SOME
        and group.rules >= _MOSTLY
        and not draft.subject
    ):
        return RULE
    asked = QUALIFICATION.match(words) is not None
    if group.qualifications > (_SOME if asked else _MOSTLY) and not TASK.match(words):
        return QUALIFICATIONS
    if draft.units[0].marker is None and not _is_told(draft, words, group):
        return REMARK
    return ""


def _reason_of_words(draft: Draft, words: str) -> str:
    """Why the words alone say that a draft is no duty."""
    if len(draft.units) == 1 and _is_name(draft.units[0].title) and not _ABOUT_SOMEBODY.match(words):
        return NAME
    if 0 < len(words) < _SHORTEST_ITEM:
        return NAME
    if _HOLDER.fullmatch(words) or _is_fact(words):
        return NAME
    if _ASKED.match(words) or _OFFERED.match(words):
        return QUALIFICATIONS
    return REMARK if _ABOUT_THE_TEXT.match(words) or _POINTS_TO.match(words) else ""


def _is_fact(words: str) -> bool:
    """Whether words only say who somebody is, or how to reach him."""
    classmate = _CLASSMATE.fullmatch(words)
    return bool(_FACT.match(words)) or (classmate is not None and is_person(classmate["who"]))


def _is_name(title: Title | None) -> bool:
    """Whether an item is only the name of a department or a post."""
    return title is not None and title.sure and not title.leads and title.names in (Names.DEPARTMENT, Names.POSITION)


def _reason_of_nobodys(draft: Draft, group: _Group, *, regulation: bool, somebody: bool) -> str:
    """Where no words name an owner, it is the organisation: if a heading announces duties, or the list's verbs do."""
    if draft.context.announced:
        return "" if not somebody or group.tasks > _SOME else NO_OWNER
    if regulation or somebody:
        return RULE if regulation else NO_OWNER
    return "" if draft.units[0].marker is not None or TASK.match(draft.words) else NO_OWNER


def _is_told(draft: Draft, words: str, group: _Group) -> bool:
    """Whether an unnumbered paragraph says what its owner does."""
    if draft.subject or TASK.match(words) or (len(words) > _SHORTEST and _SAYS_TASK.search(words)):
        says_so = draft.subject and _SAYS_TASK.search(words[:_OPENING])
        return bool(says_so or TASK.match(words)) or not _RULE.search(words[:_OPENING])
    if _TASK_LABEL.match(words):
        return True
    if len(words) <= _SHORTEST and not TASK.match(words):
        return False
    return group.unnumbered and group.tasks >= _MOSTLY
