"""The cells of a table: what their words announce or name, and what is found out about each."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.characters import simplified
from corpus.grammar.attributes import Attribute
from corpus.grammar.scan import Place
from corpus.grammar.titles import Names, Title, clean_name, read_title
from corpus.model import Post
from corpus.source import Cell, Table

_SPACE = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")  # but Tech Lead
_HEADCOUNT = re.compile(r"[（(]\s*\d+\s*[人名个]\s*[)）]$")
_SEVERAL = re.compile(r"[、，,；;/／\\＋+]+")
_JOINED = re.compile(r"(?<=\S)[ \t]*\n[ \t]*(?=\S)")
_MAX_NAME = 16  # characters of a name among several
MAX_LABEL = 14
NUMBER = re.compile(r"[\d.．]+[、.．]?$")
NOT_MARKED = re.compile(r"[-—–/／×✗✕xX否无]+$")


class Column(StrEnum):
    """What the cells of a column, or the values beside a label, are."""

    NUMBER = "number"
    DEPARTMENT = "department"
    POSITION = "position"
    PERSON = "person"
    TOPIC = "topic"
    DUTY = "duty"
    SUPPORT = "support"
    OTHER = "other"


LABELS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NUMBER, re.compile(r"(序号|编号|项次|WBS|No\.?|#|序|项)$", re.IGNORECASE)),
    (
        Column.SUPPORT,
        re.compile(
            r"(?P<word>配合|协办|协助|支持|参与|协同|会签|协作|审批|审核|批准|监督|知会)(?:责任)?(?:部门|科室|单位|岗位?|处室|人员|人|方|者)$"
            r"|(?:第[二三四]|次要|副|[BCＢＣ])(?:责任)?(?:部门|单位|责任人|负责人|岗|角|人)$|(?:配合|协办|协助|会签|备岗)$"
        ),
    ),
    (
        Column.DEPARTMENT,
        re.compile(
            r"(所属|所在|责任|归口|主管|主办|主责|牵头|承办|负责|管理|职能|内设|第一责任|主要责任|实施|执行|工作)*"
            r"(部门|科室|单位|处室|机构|班组|车间|部室|股室|小组|组别|分组|组名|工作组)(/团队)?(名称)?$"
        ),
    ),
    (
        Column.POSITION,
        re.compile(
            r"(第一|责任|负责|工作|成员|职员|主责|主要|设置|项目|管理|[AＡ])*"
            r"(岗位|职位|职务|职称|角色|岗|角|工种|资源|责任人|负责人|主办人|承办人|责任者|负责者)(名称|角色|[/／、]?职[位务])?$"
        ),
    ),
    (
        Column.PERSON,
        re.compile(
            r"(责任|分管|主管|带班|值班|联系|包保|班子|校|院|局|公司|党委|小组|项目|团队|参与|对应|执行)*(姓名|人员|成员|领导|领导姓名|领导成员|负责人姓名|干部|组员|人名|参与人|执行人)$"
        ),
    ),
    (
        Column.OTHER,
        re.compile(
            r"(?!.*职责[与和及、]).*(备注|说明人?|签字|签名|日期|版本|编制人|审核人|依据|频次|频率|时限|标准|资格|条件|要求|方式|上级|下级|权限|流程|电话|手机|邮箱|微信|地址|产品|产出"
            r"|成果|交付物|输出|输入|时间|地点|进度|状态|比例|分值|得分|学历|经验|人数|编制)$"
        ),
    ),
    (Column.TOPIC, re.compile(r".*(类别|分类|模块|项目|类型|领域|板块|方面|大类|职责项|事项名称|业务名称|要项|阶段)$")),
    (
        Column.DUTY,
        re.compile(
            r".*(职责|职能|职掌|责任|任务|分工|活动|工作内容|工作事项|分管工作|负责工作|主管工作|事项|职权|工作职责|负责内容|负责范围|分管范围|管理范围)"
            r"(名称|描述|表述|内容|范围|概述|明细|说明|清单|定义|情况|划分|[与和及]?要求|[与和及]任务|[与和及]权限)*$"
            r"|(主要|具体|工作|岗位|职位|日常|重点)*(内容|描述|概要|概述|工作|工作安排)$|职责[一二三四五六七八九十\d]+$"
        ),
    ),
)


@dataclass(slots=True)
class Reading:
    """What a cell is: boilerplate by `noise`, a `title`, an item of `place`; else a line like any other.

    `also` are further owners of an item, `fact` is what the cell says of a post.
    """

    noise: str = ""
    title: Title | None = None
    place: Place | None = None
    also: tuple[Post, ...] = ()
    lead: str = ""
    says: str = ""
    fact: tuple[Post, Attribute] | None = None


@dataclass(slots=True)
class Grid:
    """A table with what was found about its cells; `index` counts the document's tables, `known` are names given."""

    index: int
    table: Table
    known: Mapping[str, Names]
    legend: Mapping[str, str]
    readings: dict[int, Reading] = field(default_factory=dict)
    understood: bool = False

    @property
    def rows(self) -> Sequence[Sequence[Cell | None]]:
        return self.table.rows

    def set(self, cell: Cell | None, reading: Reading) -> None:
        if cell is not None:
            self.readings.setdefault(cell.start, reading)

    def column(self, index: int, first_row: int = 0) -> list[Cell]:
        """The different cells of a column from a row on."""
        cells = {cell.start: cell for row in self.rows[first_row:] if (cell := row[index]) is not None}
        return list(cells.values())

    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def words_of(cell: Cell | None) -> str:
    """The cell's text without spaces and the colon of a label."""
    return _SPACE.sub("", cell.text).rstrip(":：") if cell else ""


def _plain(cell: Cell | None) -> str:
    """The cell's words in simplified characters, without what is in brackets behind them."""
    return re.sub(r"[（(][^（）()]{0,40}[)）]$", "", simplified(words_of(cell)).strip("*_"))


def label_of(cell: Cell | None) -> Column | None:
    """The kind of column or value that a cell's words announce."""
    words = _plain(cell)
    if not words or len(words) > MAX_LABEL or words[-1] in "。；，":
        return None
    return next((kind for kind, pattern in LABELS if pattern.match(words)), None)


def name_of(cell: Cell | None) -> str:
    """The department or post that a cell names: its words, without a number, a head count or `职责`."""
    return _name(words_of(cell))


def _name(words: str) -> str:
    words = re.sub(r"^(?:\d{1,3}[.、．]|[A-Za-z]?\d{5,14}[/／ -]?(?=[\u4e00-\u9fff]))", "", _HEADCOUNT.sub("", words))
    title = read_title(words)
    return title.name if title and title.sure and title.name else clean_name(words)


def names_of(cell: Cell | None) -> list[str]:
    """The departments or posts that a cell names, where several stand in it (`保安部、客服部`); one as it is."""
    parts = [
        part
        for part in _SEVERAL.split(words_of(cell) if cell is None else _JOINED.sub("、", cell.text))
        if part.strip()
    ]
    names = [_name(_SPACE.sub("", part)) for part in parts]
    if len(names) > 1 and all(2 <= len(name) <= _MAX_NAME and "（" not in name for name in names):
        return list(dict.fromkeys(names))
    return [name_of(cell)]


def cells_of(row: Sequence[Cell | None]) -> list[Cell]:
    """The different cells of a row that hold something."""
    return list({cell.start: cell for cell in row if cell is not None and cell.text.strip()}.values())


def share_named(cells: Sequence[Cell | None], known: Mapping[str, Names]) -> float:
    """The share of cells that name a department or a post."""
    filled = [cell for cell in cells if cell is not None and cell.text.strip()]
    names = [_kind(cell, known) for cell in filled]
    return sum(kind is not None for kind in names) / max(1, len(filled))


def _kind(cell: Cell, known: Mapping[str, Names]) -> Names | None:
    words = words_of(cell)
    if words.endswith("人员"):
        return Names.POSITION
    title = read_title(words, known)
    sure = title is not None and title.sure and title.names in (Names.DEPARTMENT, Names.POSITION)
    return title.names if title is not None and sure else None


def kind_of_posts(cells: Sequence[Cell | None], grid: Grid) -> Names:
    """Whether these cells name departments or positions: what most of the recognised ones are."""
    kinds = Counter(kind for cell in cells if cell is not None and (kind := _kind(cell, grid.known)))
    return Names.DEPARTMENT if kinds[Names.DEPARTMENT] > kinds[Names.POSITION] else Names.POSITION


def set_remainder(grid: Grid, cell: Cell | None) -> None:
    """A cell that says nothing of a duty."""
    grid.set(cell, Reading(noise="table-remark"))


def flat(cell: Cell | None) -> str:
    """The cell's text as one line, without a number before it."""
    return (
        re.sub(r"^\s*(?:\d{1,3}|[一二三四五六七八九十]+)[.、．](?!\d)\s*", "", "".join(cell.text.split("\n")).strip())
        if cell
        else ""
    )
