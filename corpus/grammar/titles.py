"""What a heading's words say: a department, a position, that duties follow, or that none do.

The word lists are about the Chinese of organisations, not about one document. Words are read in simplified characters;
names are kept as they are written. Every pattern takes time linear in its text, which is short (MAX_LEAD).
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from corpus.characters import simplified
from corpus.model import Post

MAX_TITLE = 30
MAX_LEAD = 120  # of a sentence that leads a list
MAX_LONG_LEAD = 600  # of a paragraph that ends with one

_UNIT = re.compile(
    r"((?<![全内外干局])部|(?<![好之用害坏])处|(?<![专本学各])科|室|中心|局|(?<![主协承督催交开])办|委员会|委|公司|院|组|(?<!场)所|站|队|厅"
    r"|股|工会|车间|班|店|厂|社|集团|党委|支部|总支|大队|窗口|校|库房|仓库|食堂|事业群|银行|支行|分行|政府|部门|单位|机关|机构|党组织|党组|党总支|主席团|代表团"
    r"|(?:协|学|商|联合|促进|基金|理事|董事|监事|常委|常务|业主|业委|村委|居委|评审|分|(?<!运动)大|常务理事)会|联盟|专班|专家组"
    r"|(?i:committee|team|group|sig|board|council|department|office|division))$"
)
_POSITION = re.compile(
    r"(经理|主管|专员|[^人成党团会动]员|岗|岗位|总监|C[TEOFI]O|主任|[^成增生延加家特擅全时周专见波身线伸消最更]长"
    r"|会计|出纳|助理|秘书|文秘|文员|干事|师|(?<![器感五法])官|总编|护士长?|前台|保安|保洁|董事|监事|理事|书记|代表|主席|总裁|总工|管家|门卫|客服|领班|负责人|顾问|调度"
    r"|(?:管理|维护|贡献|提交|参与|审阅|评审|志愿|领导|组织|主持|责任|经办|联络)[者人]|(?:电|焊|钳|木|水|瓦|修|洁|护|园|炉|装卸|操作)工|司机|民警|法官"
    r"|(?i:(?:maintainer|committer|contributor|reviewer|owner|leader|manager|engineer|developer|member|admin|mentor|chair|lead|approver|author|editor"
    r"|coordinator|director|officer|tester|designer|architect|analyst)s?)|义工|志愿者|社工|人员|(?:成员|同学|队员|组员|角色|学生)\s?[A-Za-z\d一二三四甲乙丙丁]{1,2})$"
)
# People who are no post: those of a meeting, of a list, or any.
_ANY_PEOPLE = re.compile(
    r"(?:参[会加与]|出席|列席|组成|有关|相关|适用|全体|其[他它]|主要|外来|来访|工作|所有|编制|联系|[级类各])人员$"
)
# What a clause of duties is called; a title may end with several of these words.
_DUTY_NOUN = r"职责|责任|职能|职权|职掌|权责|任务|分工|工作内容|工作范围|职位描述|岗位描述|岗位内容|期望"
_DUTY_WORDS = re.compile(
    rf"(?:{_DUTY_NOUN}|岗位设置|岗位说明书?|岗位|描述|范围|划分|说明书?|内容|权限|如下|介绍|一览|及其?|和|与|、)$"
)
_SAYS_DUTIES = re.compile(rf"{_DUTY_NOUN}|岗位设置|岗位说明|岗位")
_DUTY_DOCUMENT = re.compile(
    r"(?<=[责能权位工务容围述任])(?:一览表|明细表|汇总表|分工表|清单|汇编|手册|表|(?:管理|暂行)*(?:规定|制度|办法|条例))$"
)
_DUTY_ATTRIBUTE = re.compile(r"(?:基准|主要|工作|岗位|具体|基本|核心|本职|职位|日常|法定|事项|的|之)$")
# 总经理安全生产职责: of the general manager.
_QUALIFIER = re.compile(r"(?:安全生产|消防|安全|环保|环境|质量|保密|廉政|党建|信息|管理|目标)$")
_LEADER = re.compile(
    r"(?:常务|执行|第一)?副?(?:总经理|董事长|总裁|院长|校长|厂长|局长|理事长|会长|党委书记|总工程师|总会计师|总经济师)$"
)
# The title of a 三定 document: 某局职能配置、内设机构和人员编制规定.
_CHARTER = re.compile(
    r"(?P<name>.{2,25}?)(?:主要职责|职能配置|机构设置|内设机构)(?:、|和|内设机构|人员编制|主要职责)*(?:的?(?:规定|方案|通知))$"
)
# Sentences that lead a list of duties: `X行使下列职权：`, `X在Y领导下主管Z，其主要职责是：`, `X负责：`.
_LISTED = r"(?:以下|下列|如下|下述|下面)"
_LEAD_DOES = re.compile(
    r"(?P<who>.{0,90}?)(?:应当|应该|应|须|必须|依法|主要|具体|可以?|全面|分别|还)*"
    r"(?:行使|履行|承担|负有|负责|从事|承办|开展|具有|肩负)"
    rf"(?P<listed>{_LISTED}?)(?:的|各项|主要|具体|几项|几方面|工作)*"
    r"(?:职责|职能|职权|职掌|任务|工作|责任|义务|事项的?决定权|决定权|权力|事项|事务)?(?P<listed_after>如下|是)?[:：]?$"
)
_LEAD_IS = re.compile(
    rf"(?P<who>.{{0,90}}?)(?:主要|基本|具体|工作|岗位|部门|核心|日常|法定|的|之)*(?:{_DUTY_NOUN}|工作)(?:范围|内容)?"
    rf"(?:主要)?(?P<listed>是|为|有|包括|包含|如下|分别)+[:：]?$"
)
# And of lists of something else: `会员享有下列权利：`, `入会的程序是：`.
_NO_DUTY_NOUN = (
    r"权利|权益|义务|条件|资格|原则|程序|方式|情形|情事|情况|来源|标准|要求|行为|流程|形式|纪律|期限|方法|步骤|材料|资料|文件|手续|规则|规定|奖励|处罚|处分|情节"
    r"|权限|权力|业务范围|组织架构|活动范围"
)
_LEADS_NO_DUTIES = re.compile(
    rf".{{0,90}}?(?:{_NO_DUTY_NOUN})(?:之一|的)?(?:是|为|有|包括|如下|分别)*[:：]$"
    rf"|.{{0,90}}?(?:{_LISTED}|[有按]).{{0,12}}?(?:{_NO_DUTY_NOUN})(?:之一)?(?:者|的)?[^:：。]{{0,40}}[:：]$"
    rf"|.{{0,60}}?(?:{_NO_DUTY_NOUN})(?:是|为|包括|如下)[:：]?$"
)
# A body's powers are what it does; those of a member are not.
_POWERS = re.compile(r"(?:会|委|局|部|处|科|组|团|所|长|席|室|院)(?:可以?|依法)?行使(?:以下|下列|如下)")
# And so is what the law asks of somebody; what it asks of all members is not.
_OBLIGED = re.compile(
    r"(?!.{0,10}(?:会员|成员|党员|社员|业主|员工|职工|学生|本人|公民))[^，。；]{2,24}?(?:应当?|须|必须|依法)*(?:履行|承担|负有)(?:以下|下列|如下).{0,6}义务[:：]$"
)
_AFTER_SUBJECT = re.compile(
    r"的|在|[是为]|作为|负责|主管|管理|承担|贯彻|履行|行使|主持|领导|协助|对|由|应|须|依|（|\(|，|,|根据|按照|其|$"
)
_PRONOUN = re.compile(r"(?:其|本|该|各|我|上述|以上|所有|全体)[\u4e00-\u9fff]{0,5}$")
OWN = re.compile(
    r"^本(?:分会|协会|学会|商会|会|公司|集团|院|校|馆|单位|部门|中心|局|处|所|站|厂|社团|社|团)(?=(?!的)[\u4e00-\u9fff]{2,8}$)"
)
_IS = re.compile("[为是]")
_OR = re.compile("或者?")
AND = re.compile("[与和及、]")
_AMONG_OTHERS = re.compile(r"[与和及](?:学校|公司|企业|单位|协会|机构|社会|政府|医院)$")  # 举办者与学校
POINTS_BACK = re.compile(
    r"凡|若|如|除|经|因|本|该|其|此|这|那|每|各(?!级)|第[一二三四五六七八九十\d]|[一两多某任]个?名?(?=[\sA-Za-z]|个|名)|上述|以上|所有|全体|任何|兼任"
)
_BRACKET = re.compile(r"[（(][^（）()]{1,20}[)）]$")
_REMARK = re.compile(
    r"\s*\d{1,3}[人名]$|\s*各?[一两三四五六七八九十\d]{1,2}[人名个位]$|\s*[（(][≥≤<>~～\d\s人名-]{1,12}[)）]$"
    r"|\s*[（(][^（）()]{0,30}(?:\d\s*[人名个]|挂|牌子|简称|兼任?|合署|编制)[^（）()]{0,30}[)）]$"
)
_TRANSLATION = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:\s+[A-Za-z][A-Za-z .&/-]+|\s*[（(][A-Za-z]+[ /&][A-Za-z .,&/'-]{1,60}[)）])$"
)
_BUSINESS = re.compile(r"的?(?:主要|核心)业务$")  # 训导处主要业务; alone, or of an organisation, it may be what is sold
_ENDS_AS_TITLE = re.compile(rf"^[^，。；]{{2,12}}的(?:{_DUTY_NOUN})。$")  # （一）划入的职责。
_MARKS = re.compile(r"^[^\w（(《【\[<“\"①-⓿]+|[\s*_:：]+$|(?<=[\u4e00-\u9fff])[—–-]+$")
_WRAPPED = re.compile(r"^[【\[《<“\"]([^【】\[\]《》<>“”\"]+)[】\]》>”\"]$")
_LABEL = re.compile(r"[【\[][^】\]]{1,12}[】\]]$")
_INLINE = re.compile(
    r"(?P<name>[^。：:，,；;—]{2,24})(?:[。：:]|——)\s*(?=\S{2})(?!(?:无限制|不限|待定|同上|若干|详见|见附)[^，。；]{0,4}$)"
)
# The commonest surnames (Ministry of Public Security, report on names of 2020), less those that begin common words.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫"
    "段雷龙黎史陶贺毛郝顾龚邵万覃武戴孔向汤胥蒲施牛樊葛邢易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿兰焦俞柳甘祝尚符舒阮柯纪梅童凌毕季裴霍涂苗谷曲翁冉骆蓝辛靳柴蒙鲍华喻屈饶牟艾尤穆卓缪芦褚娄窦"
    "戚岑费卜晏席卫柏宗瞿桂佟臧闵苟邬边卞姬栾隋刁沙荣巫寇桑郎甄丛仲虞敖佘池查麻苑迟邝"
)
_HOLDER_BEFORE = re.compile(r"(?P<who>[\u4e00-\u9fff]{2,3})[ \t\u3000]+(?=[\u4e00-\u9fff]{2})")
_HOLDER_BEHIND = re.compile(r"(?<=[\u4e00-\u9fff]{2})[ \t\u3000]+(?P<who>[\u4e00-\u9fff]{3})$")
_NO_NAME = re.compile(r".*[部门处科室局所院站队组会区店庄山市县镇乡村校厂厅类级工员岗]$")  # 石家庄, 金融部, 高级工
# The end of a department's name inside a post's, and what else the same character begins (数据处理员, 系统部署工程师).
_UNIT_END = re.compile(
    r"(?:中心(?!点)|部(?![门署件分位队长])|处(?![理置方罚长])|科(?![技研学目普科长])|室(?![室内外长])|局(?![局域部面长])"
    r"|所(?![所有属以在得长])|院(?![院务士感长])|站(?![站点台位长])|队(?![队伍员列长])|组(?![组织成合件建装长])|会(?![会计员议务展谈场籍客长])"
    r"|(?<=[部处科室局所院站队组会])(?=[部处科室局所院站队组会]长))(?=..)"
)
_ORGANISATION_AND_POSITION = re.compile(
    r"(?P<unit>.{2,24}?(?:公司|集团|协会|学会|商会|联盟|学校|大学|学院|医院|银行|委员会|基金会))\s*(?P<position>(?!成员$|会员$).{2,})$"
)
# Headings of every rule book: what stands below them is no post's name.
_GENERAL = re.compile(
    r"(总则|附则|附件|附录\w?|附表|目的|范围|依据|定义|术语|原则|要求|流程|程序|制度|办法|规定|考核|奖惩|其他|其它|概述|概况|简介|说明|纪律|标准"
    r"|条件|资格|权限|目标|方针|承诺|职责、权限.*|背景|前言|引言|意义|总体|机构设置|人员编制|编制|内设机构|[科部岗]\w?设置|分工|机制|体系|组成|构成|成员|会议|决策|投票|任期|产生"
    r"|函|(?<![秘文])书|表|图|方案|计划|总结|报告|手册|通知)$"
)
_CHARTER_NAME = re.compile(r"(?<=[会社团盟院司校心组])(?:组织)?(?:章程|规程|简章)(?:[（(][^（）()]{0,12}[)）])?$")
_CHAPTER = re.compile(
    r"总则|引言|前言|序言?|目的|概述|简介|背景|说明|意义|(?:适用|编制)?(?:范围|目的|依据)|术语(?:和|与)?(?:定义|缩略语)?|定义|(?:基本|工作|总体)?原则"
    r"|总体(?:目标|要求).{0,6}|指导思想|(?:工作|总体)目标|目标"
)
WORDS_FOR_ANY = frozenset(
    [
        "部门",
        "科室",
        "单位",
        "处室",
        "机构",
        "班组",
        "岗位",
        "职位",
        "岗",
        "人员",
        "各部门",
        "各科室",
        "各岗位",
        "各单位",
        "职能部门",
        "业务部门",
        "管理部门",
        "内设机构",
        "下属机构",
        "角色",
        "负责人",
        "领导",
        "组织机构",
        "有关部门",
        "相关部门",
        "有关单位",
        "本部门",
        "本单位",
        "本岗位",
        "本机构",
        "直属单位",
        "处室设置",
        "上级部门",
    ]
)
_ANYBODY = re.compile(
    r"(?!.*(?:领导|工作)小组$)(?:[^的]{1,30}的|本[^的]{1,8}?)?(?:项目|团队|公司|学校|组织|机构|管理|内部|主要|相关|各级|各类|关键|下设|内设|职能|人员|成员|领导|角色|岗位|部门)*"
    r"(?:(?:最高)?(?:权力|执行|监督|决策|领导|管理|办事|常设|议事)机构|组织|机构|结构|架构|体系|人员|成员|团队|小组|角色|部门|岗位|班子|领导|单位|科室|设置)(?:设置|结构|机构|架构|组成|构成|名单)?"
)
_ORGANISATION = re.compile(
    r"(公司|集团|局|委员会|政府|学校|大学|学院|医院|银行|厂|研究院|研究所|协会|学会|商会|联盟|基金会)$"
)
# Below these stand conditions, facts or rules.
_NO_DUTIES = re.compile(
    r"(?:岗位|职位)?(?:任职|任用|招聘|录用|上岗|应聘|报名)(?:资格|要求|条件|标准)+(?:说明)?$|(?:岗位|职位|基本|其他|能力|素质|资质|技能)?要求$|(?:运行|开发|软件|硬件|测试)?环境(?:配置|要求)?$"
    r"|(?:不?包含|明确排除)的(?:内容|功能)|项目(?:背景|目标|范围|风险|里程碑|交付物)$|(?:功能|非功能|性能)性?需求$|(?:术语|名词)[^。]{0,6}$"
    r"|(?:岗位)?(?:学历|工作|专业|教育|培训)*(?:经验|学历|技能|知识|素质|能力|背景|资格证书)(?:及其?|和|与|[\u4e00-\u9fff])?(?:要求|条件)?$"
    r"|附录\w?$|附[件表]\d*$|参考(?:文献|资料)$|(?:特殊)?(?:工作(?:环境|条件|时间|地点|关系)|薪资待遇|福利待遇|薪酬(?:福利|待遇)?|晋升(?:通道|方向))$"
    r"|(?:岗位|工作|职务|管理)?权限$|权利$|权[利力](?:和|与|及)?义务$|汇报关系$|(?:内外部?|内部|外部)?(?:工作|协调|沟通)关系$|基本(?:信息|资料)$"
    r"|(?:岗位|职位|工作)(?:概述|概要|综述|目的|重要性|价值)$|(?:绩效|考核)(?:考核)?(?:指标|标准|办法|方案)?$|重点关注事项.{0,6}$|成为.{1,20}$"
    r"|(?:取消|划出|移交|下放|划转)[^。]{0,8}的?(?:职责|职能|事项)$"
    r"|(?:文档|文件)?(?:修订|更改|变更|版本)(?:记录|履历|历史)$|签[字名](?:确认)?$|(?:联系方式|联系我们|联系人|通讯录)$|目录$|封面$|(?:日|周|月)报.{0,10}$"
    r"|(?:编制|适用)(?:目的|依据|范围|说明)$|目的$|[\u4e00-\u9fff]{0,8}名单$"
)
_RULES = re.compile(
    r"(总则|附则|会员|入会|退会|经费.{0,6}|资产.{0,10}|财务管理|会议制度|换届.{0,6}|(?:章程|本章程).{0,12}|终止.{0,12}|奖励.{0,6}|处罚|罚则|法律责任"
    r"|任免.{0,6}|选举.{0,6})$"
)
# 加强的职责, of whoever the document is about.
_GIVEN = re.compile(r"(?:加强|划入|增加|新增|承接|整合)的$|加强|划入")
_TOWARDS = re.compile(r"对\s?(?P<who>.{2,12}?)\s?的(?:期望|职责|责任)$")
_FIELD = re.compile(
    r"(?:所属|所在|归属|急聘|招聘|应聘)?(?P<kind>部门|科室|单位|岗位|职位|职务)(?:名称)?[:：][ \t\u3000]*"
    r"(?P<name>[^:：。；，,]{1,30})$"
)
# What no name begins with: 确保项目组, 查看用户组; or holds: 理事会是执行机构.
_NO_NAME_AT_ALL = re.compile(
    r"(?:查看|确保|按照|加盟|记录(?!员)|接受|扩大|成立|建立|组建|撤销|设立|指由|如果|根据|通过|为了|关于|针对|选择|输入|点击|打开|删除|新增|修改|返回|登录|向(?![阳日导上])|把|将"
    r"|请|让|凡|若|如).|(?:管理|维护|创建|提交|更新).{1,8}仓库$|.*(?:是|按照|.各(?!级)|第[一二三四五六七八九十百\d]{1,4}[条章节])"
)
SENTENCE = re.compile(r"[。；;！？!?，~～]|,(?!.$)")
_DUTY_VERB = re.compile(
    r"(负责(?!人)|参与(?!者)|参加|协助|配合|承担|完成|做好|协调(?!员|人)|贯彻|落实|执行(?!官|董事|主任|委员|经理|总监|秘书|人)|认真|严格|及时|按照|根据|对)"
)
_UNIT_NAMED_AFTER_A_VERB = re.compile(r"(协调|执行|监督|配合|对外).{0,4}(部|处|科|室|中心|局|办|组)$")


class Names(StrEnum):
    """What a title names. `NO_DUTIES`: what stands below it is none."""

    DEPARTMENT = "department"
    POSITION = "position"
    DUTIES = "duties"
    TOPIC = "topic"
    NO_DUTIES = "no-duties"


class Title(NamedTuple):
    """`names` what; `name` without the duty phrase (empty for DUTIES); `sure` when the words alone prove it a title.

    `unit` is the department that the words put before a position; `duties` says that the words announce duties, and
    `leads` that they are a sentence that leads a list.
    """

    names: Names
    name: str
    sure: bool
    unit: str = ""
    duties: bool = False
    leads: bool = False


def names_department_in_field(text: str) -> bool:
    """Whether a line is the field 所属部门：X of a post description."""
    field = _FIELD.match(text.strip())
    return field is not None and field["kind"] in ("部门", "科室", "单位")


def read_title(text: str, known: Mapping[str, Names] = MappingProxyType({})) -> Title | None:
    """The title that a line's words (marker removed) make, or None when they are a sentence.

    `known` are names, in simplified characters, that other places of the document give to departments and positions.
    """
    text = text.strip()
    if not text or len(text) > MAX_LONG_LEAD:
        return None
    plain = simplified(text)
    title = _read(plain, known) if len(text) <= MAX_LEAD else _read_long_lead(plain, known)
    if title is None or plain == text:
        return title
    return title._replace(name=as_written(title.name, plain, text), unit=as_written(title.unit, plain, text))


def as_written(name: str, plain: str, text: str) -> str:
    start = plain.find(name)
    return text[start : start + len(name)] if start >= 0 else name


def _read(text: str, known: Mapping[str, Names]) -> Title | None:
    if field := _FIELD.match(text):
        is_position = field["kind"] in ("岗位", "职位", "职务")
        return Title(Names.POSITION if is_position else Names.DEPARTMENT, clean_name(field["name"]), True)
    if (charter := _CHARTER.match(text)) and (kind := kind_of(charter["name"], known)) is not Names.TOPIC:
        return Title(kind, charter["name"], True, duties=True)
    words = _WRAPPED.sub(r"\1", _MARKS.sub("", text))
    words = words.removesuffix("。") if _ENDS_AS_TITLE.search(words) else words
    if _width(words) <= MAX_TITLE and _NO_DUTIES.match(words):
        return Title(Names.NO_DUTIES, words, True)
    if lead := _read_long_lead(text, known) if "。" in text else _read_lead(text, known):
        return lead
    if owner := _owner_beside_duties(words, known):
        return _named(owner, known, duties=True)
    if (
        not words
        or _width(_REMARK.sub("", words)) > MAX_TITLE
        or SENTENCE.search(words)
        or ":" in words
        or "：" in words
    ):
        return None
    colon = text.endswith((":", "："))
    name, duties = _without_duty_words(words, known)
    if _DUTY_VERB.match(words) and not _UNIT_NAMED_AFTER_A_VERB.match(name) and not (duties and not name):
        return Title(Names.TOPIC, name, False, duties=True) if duties and words.endswith("职责") else None
    title = _named(name, known, duties=duties)
    if colon and not duties and title.names is Names.TOPIC:
        return None  # `客户维系与关怀：` introduces sub-items; it is a duty itself
    return title


def _owner_beside_duties(words: str, known: Mapping[str, Names]) -> str:
    """Whom words name that say otherwise than `X职责` that his duties follow; '' where they do not."""
    name, colon, tail = words.replace("：", ":").partition(":")  # 技术总监：核心岗位职责
    announced = bool(colon) and _without_duty_words(_TRANSLATION.sub("", tail.strip()), known) == ("", True)
    if not announced and (towards := _TOWARDS.match(words)):  # 对维护者的期望
        name, announced = towards["who"], True
    elif not announced and _BUSINESS.search(words):
        name, announced = _BUSINESS.sub("", words), True
    return name if announced and kind_of(name, known) is not Names.TOPIC else ""


def _width(words: str) -> float:
    """How long a text is in Chinese characters."""
    return sum(0.5 if character.isascii() else 1 for character in words)


def _named(name: str, known: Mapping[str, Names], *, duties: bool) -> Title:
    """The title of a name, without what says that duties follow."""
    name = clean_name(name) or (name if not duties else "")
    if not name or (
        duties
        and (_GIVEN.fullmatch(name) or name in WORDS_FOR_ANY or _PRONOUN.fullmatch(name) or _ANYBODY.fullmatch(name))
    ):
        return Title(Names.DUTIES, "", True, duties=True)
    name = _first_of_two(name, known)
    kind = Names.TOPIC if _names_several(name, known) or _AMONG_OTHERS.search(name) else kind_of(name, known)
    bare = name
    while duties and kind is Names.TOPIC and (shorter := _QUALIFIER.sub("", bare)) != bare:
        bare = shorter
        if bare in WORDS_FOR_ANY:
            return Title(Names.DUTIES, "", True, duties=True)
        if bare and kind_of(bare, known) is not Names.TOPIC:
            name, kind = bare, kind_of(bare, known)
    if kind is Names.POSITION and (parts := _ORGANISATION_AND_POSITION.match(name)):
        return Title(kind, parts["position"], True, unit=parts["unit"], duties=duties)
    return Title(kind, name, kind is not Names.TOPIC or duties, duties=duties)


def _first_of_two(name: str, known: Mapping[str, Names]) -> str:
    """A body, where the name is of it or of who takes its place (监事会或监事)."""
    first, *others = _OR.split(name)
    body = kind_of(first, known) is Names.DEPARTMENT and all(
        kind_of(other, known) is Names.POSITION for other in others
    )
    return first if others and body else name


def _names_several(name: str, known: Mapping[str, Names]) -> bool:
    """Whether a name is of several (`会员大会与社长`); 人事与行政部 is one."""
    parts = AND.split(name)
    return (
        len(parts) > 1 and name not in known and all(kind_of(part, known) is not Names.TOPIC for part in parts if part)
    )


def clean_name(name: str) -> str:
    """A name without marks around it, a head count or another remark behind it, or its translation.

    >>> clean_name("【机电科（挂安全办公室牌子）】"), clean_name("财务部 Finance")
    ('机电科', '财务部')
    """
    name = _LABEL.sub("", name.strip()) or name
    name = _WRAPPED.sub(r"\1", _MARKS.sub("", name))
    name = _TRANSLATION.sub("", name).rpartition("之一的")[2]
    return _REMARK.sub("", name).strip(" \t\u3000及其和与、")


def _without_duty_words(text: str, known: Mapping[str, Names]) -> tuple[str, bool]:
    """What is before `主要职责` and the like, and whether such words were there."""
    name = _DUTY_DOCUMENT.sub("", _LABEL.sub("", text) or text)
    counted = name.rstrip("0123456789")
    name = counted if _DUTY_WORDS.search(counted) else name
    found = False
    while (shorter := _DUTY_WORDS.sub("", name)) != name or (
        found and (shorter := _DUTY_ATTRIBUTE.sub("", name)) != name
    ):
        found = found or bool(_SAYS_DUTIES.match(name[len(shorter) :]))
        name = shorter
    if not found:
        return text, False
    name = name.removeprefix("各")
    if name.endswith("部门") and (name == "部门" or kind_of(name[:-2], known) is not Names.TOPIC):
        name = _DUTY_ATTRIBUTE.sub("", name[:-2])
    return name, True


def kind_of(name: str, known: Mapping[str, Names]) -> Names:
    core = _BRACKET.sub("", name).strip()
    if name in known or core in known:
        return known.get(name) or known[core]
    if core in WORDS_FOR_ANY or _ANYBODY.fullmatch(core) or _NO_NAME_AT_ALL.match(core) or _ANY_PEOPLE.search(core):
        return Names.TOPIC
    if _UNIT.search(core):
        return Names.DEPARTMENT
    return Names.POSITION if _POSITION.search(core) else Names.TOPIC


# -- sentences that lead a list ----------------------------------------------------------------------------------------


def _read_lead(text: str, known: Mapping[str, Names]) -> Title | None:
    """The title that a sentence before a list makes: whose duties follow, or that none do."""
    if _LEADS_NO_DUTIES.match(text) and not _POWERS.search(text) and not _OBLIGED.match(text):
        return Title(Names.NO_DUTIES, text.rstrip(":："), True, leads=True)
    colon = text.endswith((":", "："))
    does, states = _LEAD_DOES.match(text), _LEAD_IS.match(text)
    if states and (colon or states["listed"] in ("如下", "是", "为")):
        return _subject(states["who"], known, must=False)
    if does and (does["listed"] or does["listed_after"] or colon):
        return _subject(does["who"], known, must=not (does["listed"] or does["listed_after"]))
    return None


def _read_long_lead(text: str, known: Mapping[str, Names]) -> Title | None:
    """The title of a paragraph that ends with a lead: `学校党委是领导核心，……。其主要职责是：`."""
    before, stop, last = text.rpartition("。")
    lead = _read_lead(last, known) if stop and text.endswith((":", "：")) and len(last) <= MAX_LEAD else None
    if lead is None or lead.names is not Names.DUTIES:
        return lead
    start = SENTENCE.split(before[:MAX_LEAD])[0]
    name = next((name for name in _openings(start) if kind_of(name, known) is not Names.TOPIC), "")
    return lead._replace(names=kind_of(name, known), name=clean_name(name)) if name else lead


def _subject(words: str, known: Mapping[str, Names], *, must: bool) -> Title | None:
    """The title that a lead's subject makes; that duties follow where it has none.

    `must` says that only somebody's name proves the sentence a lead.
    """
    words = words.strip(" \t\u3000，,")
    own = OWN.sub("", words)
    if own != words and kind_of(own, known) is not Names.TOPIC:  # 本会秘书长
        return Title(kind_of(own, known), own, True, duties=True, leads=True)
    if not words or _PRONOUN.match(words):
        return None if must and not words else Title(Names.DUTIES, "", True, duties=True, leads=True)
    *before, last = re.split("[，,]", words)
    for part in (last, *before):  # X是Y，X的职权是：, but X负责Y，其职责是：
        for name in _openings(part):
            if kind_of(name, known) is not Names.TOPIC:
                first = _first_of_two(name, known)
                return Title(kind_of(first, known), clean_name(first), True, duties=True, leads=True)
    if before and _PRONOUN.match(last):
        return Title(Names.DUTIES, "", True, duties=True, leads=True)
    if must or len(words) > MAX_TITLE or SENTENCE.search(words) or _IS.search(words):
        return None
    if _DUTY_VERB.match(words) or is_general(words):
        return None
    words = words.partition("的")[0] if len(words.partition("的")[0]) > 1 else words  # 质量保证人员的质量职责
    kind = Names.POSITION if words[-1] in "人员长师手生工" else Names.DEPARTMENT
    return Title(kind, clean_name(words), True, duties=True, leads=True)


def _openings(words: str) -> Iterator[str]:
    """The beginnings of a sentence that may be its subject, shortest first."""
    for end in _AFTER_SUBJECT.finditer(words):
        first, *others = _IS.split(words[: end.start()].strip())
        if others and first != words[: end.start()] and kind_of(first, {}) is not Names.TOPIC:
            continue  # 领导小组是协调机构: it came before
        name = OWN.sub("", others[-1] if others else first)  # 本会最高机构为理事会
        if 2 <= len(name) <= MAX_TITLE and not _PRONOUN.match(name):
            yield name


def inline_title_end(words: str, known: Mapping[str, Names]) -> int:
    """Where the name ends that opens a duty (`办公室。负责文秘。`), its mark included; 0 where none does."""
    match = _INLINE.match(words)
    title = read_title(match["name"], known) if match and not POINTS_BACK.match(match["name"]) else None
    return (
        match.end()
        if match and title and not title.leads and title.sure and title.names in (Names.DEPARTMENT, Names.POSITION)
        else 0
    )


# -- single questions about names --------------------------------------------------------------------------------------


def is_general(name: str) -> bool:
    """Whether a topic is one of every rule book (总则, 考核, 适用范围) and so names no post."""
    return bool(_GENERAL.search(name))


def is_chapter(name: str) -> bool:
    """Whether a topic is the first chapter of any rule book (总则, 引言), and so not the name of the document."""
    return bool(_CHAPTER.fullmatch(simplified(name)))


def is_rules(name: str) -> bool:
    """Whether a topic is one of every charter (会员, 经费, 附则) and holds rules."""
    return bool(_RULES.search(simplified(name)))


def is_organisation(name: str) -> bool:
    """Whether a name is that of a whole organisation, which has departments of its own."""
    return bool(_ORGANISATION.search(simplified(name)))


def leads_organisation(name: str) -> bool:
    """Whether a position is at the head of an organisation (总经理), above its departments."""
    return bool(_LEADER.match(simplified(name)))


def without_holder(text: str) -> str:
    """A post without the name of the person who holds it (`王云川 活动部部长`, `副主任 邓志高`).

    Names of two characters look like other words (高级 工程师): they count only before a post with its department.
    """
    post = text
    if (before := _HOLDER_BEFORE.match(text)) and _is_name(before["who"]):
        rest = text[before.end() :]
        post = rest if len(before["who"]) == 3 or unit_and_position(rest)[0] else text
    elif (behind := _HOLDER_BEHIND.search(text)) and _is_name(behind["who"]):
        post = text[: behind.start()]
    return post if kind_of(post, {}) is Names.POSITION else text


def is_person(name: str) -> bool:
    """Whether a name looks like that of a person."""
    return re.fullmatch(r"[\u4e00-\u9fff]{2,3}", name) is not None and _is_name(simplified(name))


def _is_name(who: str) -> bool:
    return who[0] in _SURNAMES and not _NO_NAME.match(who)


def unit_and_position(name: str) -> tuple[str, str]:
    """A post's name without the department that it begins with (`财务部会计`), and that; '' where it begins with none.

    >>> unit_and_position("干部科科长"), unit_and_position("部门经理")
    (('干部科', '科长'), ('', '部门经理'))
    """
    ends = [match.end() for match in _UNIT_END.finditer(name) if match.end() > 2]
    for end in reversed(ends):
        unit, position = name[:end], name[end:]
        if (
            position[0] not in "及和与或"
            and kind_of(unit, {}) is Names.DEPARTMENT
            and kind_of(position, {}) is Names.POSITION
        ):
            return unit, position
    return "", name


def owner_of_title(title: str, fallback: str) -> Post:
    """The post of a document that names none in its headings: what its own title is about."""
    title = _CHARTER_NAME.sub("", title)
    read = read_title(title)
    return Post(read.name if read and read.name and read.names is not Names.NO_DUTIES else fallback, None)


class NamedAfter(NamedTuple):
    """Whom a file's name is about; None for what it does not say."""

    department: str | None
    position: str | None


def owner_of_name(name: str) -> NamedAfter:
    """The post that a file is named after (`03_培训学校_前台工作职责`)."""
    department = position = organisation = None
    parts = re.split(r"[_\s—–\-－《》【】（）().+、:：]+", name)
    for part in parts:
        title = read_title(part)
        if title is None or not title.name or not title.sure:
            continue
        if is_organisation(title.name) or title.name.endswith("总部"):
            organisation = organisation or title.name
        elif title.names is Names.DEPARTMENT:
            department = department or title.name
        elif title.names is Names.POSITION and position is None:
            unit, position = unit_and_position(title.name)
            department = department or unit or None
    return NamedAfter(department or organisation, position)
