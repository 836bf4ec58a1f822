"""What a heading's words say: a department, a position, or only "duties follow".

The word lists are about the Chinese of organisations, not about one document.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from corpus.model import Post

MAX_TITLE = 30

_UNIT = re.compile(
    r"(部|处|科|室|中心|局|办|委员会|委|公司|院|组|所|站|队|厅|司|股|工会|车间|班|店|厂|社|集团|党委|支部|大队|窗口)$"
)
_POSITION = re.compile(
    r"(经理|主管|专员|[^人成党团会动]员|岗|岗位|总监|主任|部长|处长|科长|店长|组长|班长|队长|院长|校长|所长|站长|厂长|司长"
    r"|会计|出纳|助理|工程师|秘书|文员|干事|教师|老师|医师|护士长?|药师|技师|司机|前台|保安|保洁|董事长|书记)$"
)
_DUTY_PHRASE = re.compile(
    r"^(?P<name>.*?)的?(?:(?:基准|主要|工作|部门|岗位|具体|基本|核心|本职|职位)*"
    r"(?:职责|职能|岗位设置|岗位说明书?|任务|岗位)(?:范围|描述|说明书?|内容|权限|如下)?(?:及其?|和|与|、)?)+$"
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


def read_title(text: str) -> Title | None:
    """The title that a line's words (marker removed) make, or None when they are a sentence."""
    text = text.strip()
    if field := _FIELD.match(text):
        is_position = field["kind"] in ("岗位", "职位", "职务")
        return Title(Names.POSITION if is_position else Names.DEPARTMENT, field["name"].strip(), True)
    colon = text.endswith((":", "："))
    text = text.rstrip(":： \t\u3000")
    if not text or len(text) > MAX_TITLE or _SENTENCE.search(text):
        return None
    duties = _DUTY_PHRASE.match(text)
    if _DUTY_VERB.match(text) and not _UNIT_NAMED_AFTER_A_VERB.match(duties["name"] if duties else text):
        return None
    if colon and not duties:  # `客户维系与关怀：` introduces sub-items; it is a duty itself
        return None
    name = duties["name"].strip() if duties else text
    if not name:
        return Title(Names.DUTIES, "", True)
    if _UNIT.search(name):
        return Title(Names.DEPARTMENT, name, True)
    if _POSITION.search(name):
        return Title(Names.POSITION, name, True)
    return Title(Names.TOPIC, name, duties is not None)


def owner_of_title(title: str, fallback: str) -> Post:
    """The post of a document that names none in its headings: what its own title is about."""
    read = read_title(title)
    return Post(read.name if read and read.name else fallback, None)
