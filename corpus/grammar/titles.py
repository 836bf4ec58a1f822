"""What a heading's words say: a department, a position, or only "duties follow".

The word lists are about the Chinese of organisations, not about one document.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from corpus.model import Post

MAX_TITLE = 30

_UNIT = re.compile(
    r"((?<![全内外干局])部|(?<![好之用害坏])处|(?<![专本学各])科|室|中心|局|(?<![主协承督催交开])办|委员会|委|公司|院|组|(?<!场)所|站|队|厅"
    r"|股|工会|车间|班|店|厂|社|集团|党委|支部|大队|窗口|校|库房|仓库|食堂|银行|支行|分行|政府|部门|单位"
    r"|(?:协|学|联合|基金|理事|董事|监事|业主|业委|村委)会)$"
)
_POSITION = re.compile(
    r"(经理|主管|专员|[^人成党团会动]员|岗|岗位|总监|主任|[部处科股局厅司省市县区乡镇村组班队院校园所站店厂场行社台馆总会库车]长"
    r"|会计|出纳|助理|秘书|文秘|文员|干事|师|护士长?|前台|保安|保洁|董事|监事|书记|代表|主席|总裁|总工|管家|客服|领班|负责人|顾问|调度"
    r"|(?:电|焊|钳|木|水|瓦|修|洁|护|园|炉|装卸|操作)工|司机)$"
)
_DUTY_PHRASE = re.compile(
    r"^(?P<name>.*?)的?(?:(?:基准|主要|工作|部门|岗位|具体|基本|核心|本职|职位)*"
    r"(?:职责|职能|岗位设置|岗位说明书?|任务|岗位)(?:范围|描述|说明书?|内容|权限|如下)?(?:及其?|和|与|、)?)+"
    r"(?:一览表|明细表|汇总表|清单|汇编|手册|表|(?:管理|暂行)*(?:规定|制度|办法|条例))?$"
)
# 总经理安全生产职责: of the general manager.
_QUALIFIER = re.compile(r"(?:安全生产|消防|安全|环保|环境|质量|保密|廉政|党建|信息|管理|目标|责任)+$")
_LEADER = re.compile(
    r"(?:常务|执行|第一)?副?(?:总经理|董事长|总裁|院长|校长|厂长|局长|理事长|会长|党委书记|总工程师|总会计师|总经济师)$"
)
# The title of a 三定 document: 某局职能配置、内设机构和人员编制规定.
_CHARTER = re.compile(
    r"^(?P<name>.{2,25}?)(?:主要职责|职能配置|机构设置|内设机构)(?:、|和|内设机构|人员编制|主要职责)*(?:的?(?:规定|方案|通知))$"
)
# `X在Y领导下主管Z，其主要职责是：`: a heading whose subject is who owns the list after it.
_LEAD = re.compile(
    r"^(?P<who>.*?)(?:主要|基本|具体|工作|岗位|部门)*(?:职责|职能|任务)(?:主要)?(?:是|为|有|包括|如下)[:：]?$"
)
_AFTER_SUBJECT = re.compile(r"的|在|是|作为|负责|主管|管理|承担|贯彻|履行|对|，|,|根据|按照|其|$")
_BRACKET = re.compile(r"[（(][^（）()]{1,20}[)）]$")
_HEADCOUNT = re.compile(r"[（(]\s*\d+\s*[人名个]\s*[)）]$")
_INLINE = re.compile(r"(?P<name>[^。：:，,；;]{2,16})[。：:]\s*(?=\S{4})")
# 财务部会计: but 财务部经理 is the post's whole name.
_UNIT_AND_POSITION = re.compile(
    r"(?P<unit>.{1,12}?(?:部|处|科|室|中心|学校|医院|公司))(?P<position>(?!主任$|经理$|主管$|部?长$|副|总|负责人|[处科室]长$).{2,})$"
)
# Headings of every rule book: what stands below them is no post's name.
_GENERAL = re.compile(
    r"(总则|附则|附件|附录\w?|附表|目的|范围|依据|定义|术语|原则|要求|流程|程序|制度|办法|规定|考核|奖惩|其他|其它|概述|概况|简介|说明|纪律|标准"
    r"|条件|资格|权限|目标|方针|承诺|职责、权限.*|背景|前言|引言|意义|总体|机构设置|人员编制|编制|内设机构|[科部岗]\w?设置|分工)$"
)
_WORDS_FOR_ANY = frozenset(
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
        "职能部门",
        "业务部门",
        "管理部门",
    ]
)
_ORGANISATION = re.compile(r"(公司|集团|局|委员会|政府|学校|大学|学院|医院|银行|厂|研究院|研究所|协会|学会|基金会)$")
_NO_DUTIES = re.compile(
    r"^(?:岗位|职位)?(?:任职|任用|招聘|录用|上岗)(?:资格|要求|条件|标准)(?:说明)?$|^(?:学历|工作)?(?:经验|学历|技能|知识|素质|能力)(?:要求|条件)?$"
    r"|^附录\w?$|^附[件表]\d*$|^参考文献$|^(?:工作(?:环境|条件|时间|地点|关系)|薪资待遇|福利待遇|晋升(?:通道|方向))$"
)
_FIELD = re.compile(
    r"^(?:所属|所在)?(?P<kind>部门|科室|单位|岗位|职位|职务)(?:名称)?[:：][ \t\u3000]*(?P<name>[^:：。；，,]{1,30})$"
)
_SENTENCE = re.compile(r"[。；;！？!?，~～]|,(?!.$)")
_DUTY_VERB = re.compile(r"^(负责|参与|参加|协助|配合|承担|完成|做好|协调|贯彻|落实|执行|认真|严格|及时|按照|根据|对)")
_UNIT_NAMED_AFTER_A_VERB = re.compile(r"^(协调|执行|监督|配合|对外).{0,4}(部|处|科|室|中心|局|办|组)$")


class Names(StrEnum):
    """What a title names."""

    DEPARTMENT = "department"
    POSITION = "position"
    DUTIES = "duties"
    TOPIC = "topic"


class Title(NamedTuple):
    """`names` what; `name` without the duty phrase (empty for DUTIES); `sure` when the words alone prove it a title."""

    names: Names
    name: str
    sure: bool


def names_department_in_field(text: str) -> bool:
    """Whether a line is the field 所属部门：X of a post description."""
    field = _FIELD.match(text.strip())
    return field is not None and field["kind"] in ("部门", "科室", "单位")


def read_title(text: str, known: Mapping[str, Names] = MappingProxyType({})) -> Title | None:
    """The title that a line's words (marker removed) make, or None when they are a sentence.

    `known` are names that other places of the document give to departments and positions.
    """
    text = text.strip()
    if field := _FIELD.match(text):
        is_position = field["kind"] in ("岗位", "职位", "职务")
        return Title(Names.POSITION if is_position else Names.DEPARTMENT, field["name"].strip(), True)
    if (charter := _CHARTER.match(text)) and (kind := _kind(charter["name"], known)) is not Names.TOPIC:
        return Title(kind, charter["name"], True)
    if lead := _LEAD.match(text):
        return _subject(lead["who"], known)
    colon = text.endswith((":", "："))
    text = text.rstrip(":： \t\u3000")
    if not text or len(text) > MAX_TITLE or _SENTENCE.search(text):
        return None
    duties = _DUTY_PHRASE.match(text)
    if _DUTY_VERB.match(text) and not _UNIT_NAMED_AFTER_A_VERB.match(duties["name"] if duties else text):
        return None
    name = _HEADCOUNT.sub("", duties["name"] if duties else text).strip()
    name = name.rstrip("及其和与、").removeprefix("各") if duties else name
    kind = _kind(name, known)
    if duties and kind is Names.TOPIC and (bare := _QUALIFIER.sub("", name)) and _kind(bare, known) is not Names.TOPIC:
        name, kind = bare, _kind(bare, known)
    if colon and not duties and kind is Names.TOPIC and not _NO_DUTIES.match(name):
        return None  # `客户维系与关怀：` introduces sub-items; it is a duty itself
    if not name:
        return Title(Names.DUTIES, "", True)
    return Title(kind, name, kind is not Names.TOPIC or duties is not None)


def _kind(name: str, known: Mapping[str, Names]) -> Names:
    core = _BRACKET.sub("", name)
    if name in known or core in known:
        return known.get(name) or known[core]
    if core in _WORDS_FOR_ANY:
        return Names.TOPIC
    if _UNIT.search(core):
        return Names.DEPARTMENT
    return Names.POSITION if _POSITION.search(core) else Names.TOPIC


def _subject(words: str, known: Mapping[str, Names]) -> Title | None:
    """The title that a lead's subject makes; of a lead without one, that duties follow."""
    words = words.strip(" \t\u3000，,")
    if not words or words in ("其", "各部门", "各岗位"):
        return Title(Names.DUTIES, "", True)
    for end in _AFTER_SUBJECT.finditer(words):
        name = words[: end.start()]
        if 2 <= len(name) <= MAX_TITLE and (kind := _kind(name, known)) is not Names.TOPIC:
            return Title(kind, name, True)
    return None


def inline_title_end(words: str, known: Mapping[str, Names]) -> int:
    """Where the name ends that opens a duty (`办公室。负责文秘。`), its mark included; 0 where none does."""
    match = _INLINE.match(words)
    title = read_title(match["name"], known) if match else None
    return match.end() if match and title and title.sure and title.names in (Names.DEPARTMENT, Names.POSITION) else 0


def is_general(name: str) -> bool:
    """Whether a topic is one of every rule book (总则, 考核, 适用范围) and so names no post."""
    return bool(_GENERAL.search(name))


def is_organisation(name: str) -> bool:
    """Whether a name is that of a whole organisation, which has departments of its own."""
    return bool(_ORGANISATION.search(name))


def leads_organisation(name: str) -> bool:
    """Whether a position is at the head of an organisation (总经理), above its departments."""
    return bool(_LEADER.match(name))


def holds_no_duties(name: str) -> bool:
    """Whether what stands below a heading describes people or conditions, not duties (任职资格)."""
    return bool(_NO_DUTIES.match(name))


def owner_of_title(title: str, fallback: str) -> Post:
    """The post of a document that names none in its headings: what its own title is about."""
    read = read_title(title)
    return Post(read.name if read and read.name else fallback, None)


class NamedAfter(NamedTuple):
    """Whom a file's name is about; None for what it does not say."""

    department: str | None
    position: str | None


def owner_of_name(name: str) -> NamedAfter:
    """The post that a file is named after (`03_培训学校_前台工作职责`)."""
    department = position = None
    for part in re.split(r"[_\s—–\-－《》【】（）().+、]+", name):
        title = read_title(part)
        if title is None or not title.name or not title.sure or title.names in (Names.DUTIES, Names.TOPIC):
            continue
        if title.names is Names.DEPARTMENT:
            department = department or title.name
        elif position is None:
            unit = _UNIT_AND_POSITION.match(title.name)
            department = department or (unit["unit"] if unit else None)
            position = unit["position"] if unit else title.name
    return NamedAfter(department, position)
