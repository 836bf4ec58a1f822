"""Who a sentence says does something: its subject, the agent of a passive, whom a paragraph describes.

As in titles.py, every pattern takes time linear in its text, which is short.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from corpus.characters import simplified
from corpus.grammar.titles import (
    AND,
    MAX_LEAD,
    MAX_LONG_LEAD,
    MAX_TITLE,
    OWN,
    POINTS_BACK,
    SENTENCE,
    WORDS_FOR_ANY,
    Names,
    Title,
    as_written,
    clean_name,
    kind_of,
)

# What stands between somebody and what he does. Some of these words are parts of names too: 配置管理员负责….
_DOES = re.compile(
    r"(?P<sure>在[^，。；]{1,24}(?:领导|指导)下|应当|应该|应|须|必须|负责(?!人)|主管(?!部门|单位|机关|机构|领导|人员)|分管|主持|承担|协助|会同|综理|掌管|有(?:义务|责任)|全面|具体|依法|定期|及时|立即|时刻|始终|积极|认真|严格)"
    r"|要|主要|统一|直接|共同|统筹|领导|组织|协调|监督|管理|指导|代表|处理|审核|审批|审查|受理|制定|建立|执行|检查|保障|推进|配备|提出|报告|办理|支持|采取|加强|注重"
    r"|的?(?:主要|具体|基本|工作)?(?:职责|职能|职权|任务)(?:主要)?[是为:：]|就?是负责|就?是需要|专注于|致力于|选择|安排|派员|明确|完善|做好|开展|落实|履行|行使|维护|汇报|配合|督促|(?P<weak>按照?|依照|对|为|向|发现|接到|于|在|根据|每)"
)
_MUST = re.compile(r"[^。；]{0,60}(?:应当|应该|必须)|应|须")
_HOLDS_A_VERB = re.compile(r"以(?![上下内外])|[把将使让由]")
# An organisation of itself: what it does is no duty of anybody in it, unless it is told to.
_WHOLE = frozenset(
    ["学校", "公司", "企业", "单位", "协会", "学会", "商会", "联盟", "社团", "集团", "机构", "基金会", "医院"]
)
_OPENS_WITH_A_VERB = re.compile(
    r"维护(?![岗员人组部中])|维持|决定|加强|做好|参加|加盟|[^的]{1,12}(?:要|须|应)(?:参加|注意|遵守)"
)
_LONGEST_VERB = 4
_SENTENCES = 4  # of an article that are looked at
_TASK_BEHIND = re.compile(
    r"[^。；]{1,40}?(?:负责|编制|编写|制定|组织|提交|检查|审核|汇总|上报|召开|开展|提供|管理|协助|完成|收集|维护|处理|准备|填写|发送|确认|批准|跟踪|服务|指导|监督)"
)
_SETS_UP = re.compile(
    r"[^，。；]{0,12}(?:设立|成立|下设|设|置)(?P<who>[^，。；、]{2,20})[，。](?=为|负责|协助|作为|承担|主管|监督|依|主要)"
)
_BY = re.compile(
    r"[^。；由]{0,40}(?<![自理缘])由(?P<who>[^，。；、由]{2,20}?)(?:具体|统一|直接|共同|及时|定期|全面)?"
    r"(?:负责(?!人)|组织|牵头|承担|承办|编[制写]|起草|召开|实施|提交|管理|处理|办理|汇总|整理|安排|保管|收集|填写|协调|监督|落实|统筹)"
)
_ABBREVIATED = re.compile(r"[（(]以下[^（）()]{1,40}[)）]")
_CONDITION = re.compile(r"[^，。；]{2,50}，(?=[^，。；]{2,24}(?:应当|应该|应|必须|须|要))")
_NO_TASK = re.compile(
    r"(?:须|应|应当|必须)?(?:由|有|经|具备|具有|符合|是|每[^，。]{0,8}(?:召开|举行|至少)|任期|实行|不得|可以|能够?|有权|享有|选举产生|成员|人数|设|置)"
)


class Subject(NamedTuple):
    """Who a sentence says does something, and what the name names.

    `told` says that the sentence tells it to (应当, 负责); `also` are the others that it names beside it.
    """

    name: str
    names: Names
    told: bool
    also: tuple[tuple[str, Names], ...] = ()


def subject_of(sentence: str, known: Mapping[str, Names]) -> Subject | None:
    """Who a sentence says does something; None where it says nobody."""
    sentence = _ABBREVIATED.sub("", sentence.strip())
    text = simplified(sentence[:MAX_LEAD])
    found = _subject_at(text, known)
    if found is None and (condition := _CONDITION.match(text)):  # 发生纠纷的，医院应当…
        found = _subject_at(text[condition.end() :], known)
    if found is None and (set_up := _SETS_UP.match(text)) and kind_of(set_up["who"], known) is not Names.TOPIC:
        found = Subject(set_up["who"], kind_of(set_up["who"], known), False)  # 本会设立秘书处，负责…
    if found is None:
        found = _agent(text, known)
    if found is None:
        return None
    also = tuple((clean_name(as_written(name, text, sentence)), kind) for name, kind in found.also)
    return found._replace(name=clean_name(as_written(found.name, text, sentence)), also=also)


def told_later(text: str, known: Mapping[str, Names]) -> Iterator[Subject]:
    """Whom the later sentences of an article tell to do something (`管理是基础。党组织应当加强管理。`), one each."""
    subjects = (subject_of(sentence, known) for sentence in text[:MAX_LONG_LEAD].split("。")[1:_SENTENCES])
    return (subject for subject in subjects if subject is not None and subject.told)


def _agent(text: str, known: Mapping[str, Names]) -> Subject | None:
    """Who does it in a passive sentence (`报告由审核组长编写`)."""
    by = _BY.match(text) if not POINTS_BACK.match(text) else None
    kind = kind_of(by["who"], known) if by else Names.TOPIC
    return Subject(by["who"], kind, False) if by and kind is not Names.TOPIC else None


def _subject_at(text: str, known: Mapping[str, Names]) -> Subject | None:
    found: tuple[int, Subject] | None = None
    for end in _DOES.finditer(text, 2, MAX_TITLE):
        if found is not None and end.start() > found[0] + _LONGEST_VERB:
            break
        name, rest = OWN.sub("", text[: end.start()].strip()), text[end.start() :]
        if SENTENCE.search(name) or POINTS_BACK.match(name) or ":" in name or "：" in name:
            break
        if (subject := _subject_named(name.rpartition("的")[2], rest, end, known)) is not None:
            found = end.start(), subject  # 管理者 may go on: 管理者代表
        if end["sure"]:
            break
    return found[1] if found else None


def _subject_named(name: str, rest: str, end: re.Match[str], known: Mapping[str, Names]) -> Subject | None:
    """A name as the subject of what `rest` says, which begins with the match `end`; None where it is none."""
    if not name or _HOLDS_A_VERB.search(name) or _NO_TASK.match(rest) or _OPENS_WITH_A_VERB.match(name):
        return None
    must = _MUST.match(rest) is not None
    told = must or end["sure"] is not None
    named = kind_of(name, known)
    kind = named if named is not Names.TOPIC else _kind_of_people(name)
    people = kind is not named
    weak = end["weak"] is not None and not _TASK_BEHIND.match(rest)
    if kind is Names.TOPIC or (not told and (people or weak)) or (not must and name in _WHOLE):
        return None
    (first, kind_of_first), *others = [(part, _kind_of_part(part, known, told=told)) for part in AND.split(name)]
    several = len(first) >= 2 and kind_of_first is not Names.TOPIC
    if not several:
        return Subject(name, kind, told)
    return Subject(first, kind_of_first, told, tuple(other for other in others if other[1] is not Names.TOPIC))


def _kind_of_part(name: str, known: Mapping[str, Names], *, told: bool) -> Names:
    named = kind_of(name, known)
    return _kind_of_people(name) if told and named is Names.TOPIC else named


def _kind_of_people(name: str) -> Names:
    """What the name of people is, who count where a sentence tells them something: 保管人员, a party (承运人)."""
    if len(name) <= 2 or name in WORDS_FOR_ANY:
        return Names.TOPIC
    return Names.POSITION if name.endswith("人员") else Names.DEPARTMENT if name.endswith("人") else Names.TOPIC


_INTRODUCES = re.compile(r"(?P<who>[^，。；:：]{2,20}?)(?:是|为|属于|隶属|成立于)")


def introduced_in(sentence: str, known: Mapping[str, Names]) -> Title | None:
    """Whom a paragraph describes (`群体保健科属于保健部。`)."""
    match = _INTRODUCES.match(sentence.strip())
    kind = kind_of(simplified(match["who"]), known) if match and not POINTS_BACK.match(match["who"]) else Names.TOPIC
    return (
        Title(kind, clean_name(match["who"]), True, duties=True, leads=True)
        if match and kind is not Names.TOPIC
        else None
    )
