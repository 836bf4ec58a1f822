"""Tables -> units: duty tables, post descriptions and responsibility matrices, told apart by their labels and marks.

A table of duties has a column of duties beside columns of departments or posts, in any order. A post description (岗位说明书)
has labels beside their values. A matrix has posts across and duties down (or the other way), with a mark where they meet. A
table of one column, or one that lays out whole texts, is read as lines. Any other is kept as boilerplate, with a finding.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from corpus.model import Finding, Post, split_lines
from corpus.scan import Place, Settled, Unit, line_starts, make_unit, split_items
from corpus.source import Cell, Source, Table
from corpus.titles import Names, Title, read_title

_SPACE = re.compile(r"\s+")
_HEADCOUNT = re.compile(r"[（(]\s*\d+\s*[人名个]\s*[)）]$")
_NUMBER = re.compile(r"[\d.．]+[、.．]?$")
_DITTO = re.compile(r"(同上|〃|\"|″)[。.]?$")
_LAYOUT_LINES = 4  # a cell of so many lines holds a text, not a value


class Column(StrEnum):
    """What the cells of a column, or the values beside a label, are."""

    NUMBER = "number"
    DEPARTMENT = "department"
    POSITION = "position"
    TOPIC = "topic"
    DUTY = "duty"
    SUPPORT = "support"
    OTHER = "other"


_LABELS: tuple[tuple[Column, re.Pattern[str]], ...] = (
    (Column.NUMBER, re.compile(r"(序号|编号|项次|No\.?|#|序)$", re.IGNORECASE)),
    (Column.SUPPORT, re.compile(r"(?P<word>配合|协办|协助|支持|参与|协同|会签)(?:责任)?(部门|科室|单位|岗位|处室|人员|人|方)?$")),
    (
        Column.DEPARTMENT,
        re.compile(
            r"(所属|所在|责任|归口|主管|主办|牵头|承办|负责|管理|职能|内设)*"
            r"(部门|科室|单位|处室|机构|班组|车间|部室|股室)(名称)?$"
        ),
    ),
    (
        Column.POSITION,
        re.compile(
            r"(责任|负责|工作|成员|职员|主责|设置)*(岗位|职位|职务|角色|岗|工种|责任人|负责人)(名称|角色|[/／]?职[位务])?$"
        ),
    ),
    (
        Column.OTHER,
        re.compile(r".*(备注|说明人|签字|签名|日期|版本|编制人|审核人|依据|频次|频率|时限|标准|资格|条件|要求|方式|上级|下级)$"),
    ),
    (Column.TOPIC, re.compile(r".*(类别|分类|模块|项目|类型|领域|板块|方面|大类|职责项|事项名称|业务名称|要项)$")),
    (
        Column.DUTY,
        re.compile(
            r".*(职责|职能|任务|工作内容|工作事项|事项|权限|职权)(描述|表述|内容|范围|概述|明细|说明|清单|及?要求|[与和及]任务|[与和及]权限)*$"
            r"|(主要|具体|工作|岗位|职位)*(内容|描述|目的|概要|概述)$|职责[一二三四五六七八九十\d]+$"
        ),
    ),
)
_ATTRIBUTE = re.compile(
    r"(直接|直属|间接)?(上级|下级|上司|下属)(岗位|人数)?$|.*(任职|资格|学历|经验|技能|知识|能力|素质|年龄|性别|专业|培训|证书|薪|待遇|职级|职等|编制"
    r"|定员|人数|编号|编码|日期|版本|签字|签名|审核|批准|时间|地点|环境|条件|关系|联系|沟通|要求|考核|指标|绩效|晋升|设备|工具|备注|姓名|类别|性质)"
    r".{0,4}$"
)

# What each mark of a matrix says, unless a legend says otherwise. √ alone is plain ownership, and says nothing more.
_MARKS: Mapping[str, str] = {
    **dict.fromkeys("√✓✔☑■●★◆主Y是有", "负责"),
    **dict.fromkeys("▲◎协配辅", "配合"),
    **dict.fromkeys("△○☆◇参", "参与"),
    "R": "负责",
    "A": "批准",
    "C": "提供咨询",
    "I": "知会",
}
_NOT_MARKED = re.compile(r"[-—–/／×✗✕xX否无]+$")
_MARK = re.compile(rf"[{''.join(_MARKS)}]([/／、,，]?[{''.join(_MARKS)}])?$", re.IGNORECASE)
_LEGEND = re.compile(
    r"[“\"'（(]?(?P<mark>[√✓✔☑■●★◆▲◎△○☆◇RACI主协配参])[”\"'）)]?\s*(?:[-—–:：=为]|表示|代表|指)*\s*[“\"]?(?P<word>[\u4e00-\u9fff]{2,6})"
)
_LEGEND_WORDS = re.compile(r"负责|主办|牵头|主责|主要|配合|协办|协助|支持|支撑|参与|参加|批准|审批|咨询|知会")


@dataclass(slots=True)
class _Reading:
    """What a cell is: boilerplate by `noise`, a `title`, an item of `place`; else a line like any other."""

    noise: str = ""
    title: Title | None = None
    place: Place | None = None
    lead: str = ""
    says: str = ""


@dataclass(slots=True)
class _Grid:
    """A table with what was found about its cells; `index` counts the document's tables."""

    index: int
    table: Table
    known: Mapping[str, Names]
    legend: Mapping[str, str]
    readings: dict[int, _Reading] = field(default_factory=dict)

    @property
    def rows(self) -> Sequence[Sequence[Cell | None]]:
        return self.table.rows

    def set(self, cell: Cell | None, reading: _Reading) -> None:
        if cell is not None:
            self.readings.setdefault(cell.start, reading)

    def column(self, index: int, first_row: int = 0) -> list[Cell]:
        """The different cells of a column from a row on."""
        cells = {row[index].start: row[index] for row in self.rows[first_row:] if row[index] is not None}  # type: ignore[union-attr]
        return [cell for cell in cells.values() if cell is not None]

    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def words_of(cell: Cell | None) -> str:
    """The cell's text without spaces and the colon of a label."""
    return _SPACE.sub("", cell.text).rstrip(":：") if cell else ""


def label_of(cell: Cell | None) -> Column | None:
    """The kind of column or value that a cell's words announce."""
    words = words_of(cell)
    if not words or len(words) > 14 or words[-1] in "。；，":
        return None
    words = re.sub(r"[（(].*[)）]$", "", words)
    return next((kind for kind, pattern in _LABELS if pattern.match(words)), None)


def name_of(cell: Cell | None) -> str:
    """The department or post that a cell names: its words, without a head count or `职责`."""
    words = _HEADCOUNT.sub("", words_of(cell))
    title = read_title(words)
    return title.name if title and title.sure and title.name else re.sub(r"^\d{1,3}[.、．]", "", words)


def cells_of(row: Sequence[Cell | None]) -> list[Cell]:
    """The different cells of a row that hold something."""
    return list({cell.start: cell for cell in row if cell is not None and cell.text.strip()}.values())


# -- all tables of a document ------------------------------------------------------------------------------------------


def known_names(source: Source) -> dict[str, Names]:
    """The names that tables give to departments and posts, so that headings with the same words are known."""
    names: dict[str, Names] = {}
    for index, table in enumerate(source.tables):
        grid = _Grid(index, table, {}, {})
        _read(grid)
        for reading in grid.readings.values():
            if reading.title is not None and reading.title.names is not Names.TOPIC and not _is_number(reading.title.name):
                names.setdefault(reading.title.name, reading.title.names)
    return names


def _is_number(name: str) -> bool:
    return name.isascii() and not any(character.isalpha() for character in name)


def table_units(source: Source, known: Mapping[str, Names]) -> tuple[list[Unit], list[Finding]]:
    """The units of all tables, and a finding for each table that is not understood."""
    starts = line_starts(source.text)
    legend = _legend(source.text)
    units: list[Unit] = []
    findings = []
    for index, table in enumerate(source.tables):
        grid = _Grid(index, table, known, legend)
        if not _read(grid):
            first = bisect_right(starts, table.start)
            findings.append(
                Finding("table_not_understood", first, f"a table of {len(table.rows)} rows and {grid.width()} columns")
            )
        units += _units(source, grid, starts)
    return units, findings


def _read(grid: _Grid) -> bool:
    """Find out what the table's cells are; False when its kind is not known, and all of it is boilerplate."""
    if _read_matrix(grid) or _read_form(grid) or _read_duty_table(grid) or _read_names_and_duties(grid) or _is_layout(grid):
        return True
    for row in grid.rows:
        for cell in cells_of(row):
            grid.set(cell, _Reading(noise="table"))
    return False


def _units(source: Source, grid: _Grid, starts: Sequence[int]) -> Iterator[Unit]:
    """The units of a table's cells; what stands between them is the table's rule."""
    at = grid.table.start
    cells = {cell.start: cell for row in grid.rows for cell in cells_of(row)}
    for start in sorted(cells):
        cell = cells[start]
        yield from _rule(source, at, cell.start, starts)
        yield from _cell_units(source, cell, grid.readings.get(start, _Reading()), grid, starts)
        at = cell.end
    yield from _rule(source, at, grid.table.end, starts)


def _rule(source: Source, start: int, end: int, starts: Sequence[int]) -> Iterator[Unit]:
    if end > start:
        yield Unit(bisect_right(starts, start), start, source.text[start:end], "", None, None, noise="table-rule")


def _cell_units(source: Source, cell: Cell, reading: _Reading, grid: _Grid, starts: Sequence[int]) -> Iterator[Unit]:
    start = cell.start
    before: Unit | None = None
    for line in split_lines(source.text[cell.start : cell.end]):
        unit = make_unit(bisect_right(starts, start), start, line, grid.known, markdown=source.markdown)
        start += len(line)
        noise = reading.noise or (unit.noise if not reading.says else "")
        unit = replace(unit, noise=noise, place=reading.place, lead=reading.lead, says=reading.says)
        if noise:
            yield unit
        elif reading.title is not None:
            yield replace(unit, title=reading.title, marker=None, settled=Settled.HEADING)
        elif reading.says:
            yield replace(unit, marker=None, settled=Settled.ITEM)
        else:
            for part in split_items(unit, before, grid.known, alone=reading.place is not None):
                yield _duty(part, before, reading)
                before = part


def _duty(unit: Unit, before: Unit | None, reading: _Reading) -> Unit:
    """A line of a duty cell: an item, unless it goes on with the numbered one before it or is the list's own title."""
    if reading.place is None:
        return unit
    if unit.title is not None and unit.title.names is Names.DUTIES:
        return replace(unit, settled=Settled.HEADING)
    continues = unit.marker is None and before is not None and before.marker is not None
    return replace(unit, settled=None if continues else Settled.ITEM)


def _legend(text: str) -> dict[str, str]:
    """What the document says that its marks mean: ■ 负责 ▲ 配合."""
    found = {
        match["mark"]: "负责" if word[0].startswith("主要") or word[0] == "主责" else word[0]
        for match in _LEGEND.finditer(text)
        if (word := _LEGEND_WORDS.match(match["word"])) and match["mark"] not in "主协配参"
    }
    return found if len(found) > 1 else {}


# -- matrices ----------------------------------------------------------------------------------------------------------


def _is_mark(cell: Cell | None) -> bool:
    return bool(_MARK.match(words_of(cell)))


def _read_matrix(grid: _Grid) -> bool:
    """A matrix: at least two columns whose cells are marks, beside labels."""
    marked = _mark_columns(grid)
    if len(marked) < 2 or marked[0] == 0:
        return False
    first_row = next(index for index, row in enumerate(grid.rows) if any(_is_mark(row[column]) for column in marked))
    heads = {column: _head(grid, column, first_row) for column in range(grid.width())}
    labels = [column for column in range(marked[0]) if not _numbers(grid, column, heads[column], first_row)]
    if not labels or first_row == 0:
        return False
    for row in grid.rows[:first_row]:
        cells = cells_of(row)
        for cell in cells:
            if (
                cell.start not in {head.start for head in heads.values() if head}
                and len(cells) > 1
                and not _department_over(cell)
            ):
                grid.set(cell, _Reading(noise="table-header"))
    if _posts_are_rows(grid, heads, labels, marked, first_row):
        _read_rows_of_posts(grid, heads, labels, marked, first_row)
    else:
        _read_columns_of_posts(grid, heads, labels, marked, first_row)
    return True


def _numbers(grid: _Grid, column: int, head: Cell | None, first_row: int) -> bool:
    """Whether a column counts the rows, or names the chapters of a standard (4.1)."""
    rows = [row for row in grid.rows[first_row:] if len(cells_of(row)) > 1]
    cells = [cell for row in rows if (cell := row[column]) is not None and cell.text.strip()]
    return label_of(head) is Column.NUMBER or (bool(cells) and all(_NUMBER.match(words_of(cell)) for cell in cells))


def _mark_columns(grid: _Grid) -> list[int]:
    columns = []
    rows = [row for row in grid.rows if len(cells_of(row)) > 1]  # a caption or a note over all columns says nothing of one
    for column in range(grid.width()):
        filled = [cell for row in rows if (cell := row[column]) is not None and cell.text.strip()]
        marks = sum(map(_is_mark, filled))
        blank = sum(bool(_NOT_MARKED.match(words_of(cell))) for cell in filled)
        if marks and marks + blank >= 0.5 * max(1, len(filled) - 1):
            columns.append(column)
    return columns


def _head(grid: _Grid, column: int, first_row: int) -> Cell | None:
    """The lowest cell above the first marks that names the column."""
    for row in reversed(grid.rows[:first_row]):
        if (cell := row[column]) is not None and cell.text.strip() and len(cells_of(row)) > 1:
            return cell
    return None


def _department_over(cell: Cell) -> bool:
    title = read_title(words_of(cell))
    return title is not None and title.names is Names.DEPARTMENT


def _posts_are_rows(
    grid: _Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> bool:
    across = [heads[column] for column in marked]
    down = [row[labels[-1]] for row in grid.rows[first_row:]]
    corner = label_of(heads[labels[-1]])
    if corner in (Column.POSITION, Column.DEPARTMENT):
        return _named(across, grid.known) < 0.5 or _named(down, grid.known) > _named(across, grid.known)
    return corner is None and _named(down, grid.known) > _named(across, grid.known) + 0.3


def _named(cells: Sequence[Cell | None], known: Mapping[str, Names]) -> float:
    """The share of cells that name a department or a post."""
    filled = [cell for cell in cells if cell is not None and cell.text.strip()]
    names = [_kind(cell, known) for cell in filled]
    return sum(kind is not None for kind in names) / max(1, len(filled))


def _kind(cell: Cell, known: Mapping[str, Names]) -> Names | None:
    title = read_title(words_of(cell), known)
    sure = title is not None and title.sure and title.names in (Names.DEPARTMENT, Names.POSITION)
    return title.names if title is not None and sure else None


def _posts(cells: Sequence[Cell | None], grid: _Grid) -> Names:
    """Whether these cells name departments or positions: what most of the recognised ones are."""
    kinds = Counter(kind for cell in cells if cell is not None and (kind := _kind(cell, grid.known)))
    return Names.DEPARTMENT if kinds[Names.DEPARTMENT] > kinds[Names.POSITION] else Names.POSITION


def _read_columns_of_posts(
    grid: _Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> None:
    kind = _posts([heads[column] for column in marked], grid)
    owners: dict[int, Place] = {}
    for column in marked:
        head = heads[column]
        over = [cell for row in grid.rows[:first_row] if (cell := row[column]) is not None and cell is not head]
        department = next((name_of(cell) for cell in over if _department_over(cell)), "")
        post = Post(department, name_of(head)) if kind is Names.POSITION else Post(name_of(head), None)
        owners[column] = Place(post, (grid.index, -1, column))
        if head is not None:
            grid.set(head, _Reading(title=Title(kind, name_of(head), True), place=owners[column]))
    for column in range(grid.width()):
        if column not in marked:
            grid.set(heads[column], _Reading(noise="table-header"))
    several = _several_marks(grid, marked, first_row)
    topics = [""] * len(labels)
    for number, row in enumerate(grid.rows[first_row:]):
        for index, column in enumerate(labels):
            topics[index] = _flat(row[column]) or ("" if index == len(labels) - 1 else topics[index])
            grid.set(row[column], _Reading(noise="matrix-duty"))
        for column in range(grid.width()):
            cell = row[column]
            if cell is None or column in labels:
                continue
            if topics[-1] and column in owners and _is_mark(cell):
                place = replace(owners[column], key=(grid.index, number, column))
                grid.set(cell, _mark_reading(grid, cell, topics, place, several=several))
            else:
                _set_remainder(grid, cell)


def _read_rows_of_posts(
    grid: _Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> None:
    for column in range(grid.width()):
        grid.set(heads[column], _Reading(noise="matrix-duty" if column in marked else "table-header"))
    kind = _posts([row[labels[-1]] for row in grid.rows[first_row:]], grid)
    several = _several_marks(grid, marked, first_row)
    department = ""
    for number, row in enumerate(grid.rows[first_row:]):
        cell = row[labels[-1]]
        if len(labels) > 1 and row[labels[0]] is not None:
            department = name_of(row[labels[0]])
            grid.set(row[labels[0]], _Reading(noise="table-department"))
        post = Post(department, name_of(cell)) if kind is Names.POSITION else Post(name_of(cell), None)
        place = Place(post, (grid.index, number, 0))
        if cell is not None and name_of(cell) and cells_of(row) != [cell]:
            grid.set(cell, _Reading(title=Title(kind, name_of(cell), True), place=place))
        for column in range(grid.width()):
            mark = row[column]
            if mark is not None and cell is not None and column in marked and _is_mark(mark) and _flat(heads[column]):
                grid.set(mark, _mark_reading(grid, mark, [_flat(heads[column])], place, several=several))
            elif mark is not cell:
                _set_remainder(grid, mark)


def _set_remainder(grid: _Grid, cell: Cell | None) -> None:
    grid.set(cell, _Reading(noise="table-remark"))


def _flat(cell: Cell | None) -> str:
    return (
        re.sub(r"^\s*(?:\d{1,3}|[一二三四五六七八九十]+)[.、．](?!\d)\s*", "", "".join(cell.text.split("\n")).strip())
        if cell
        else ""
    )


def _several_marks(grid: _Grid, marked: Sequence[int], first_row: int) -> bool:
    marks = {words_of(row[column])[0] for row in grid.rows[first_row:] for column in marked if _is_mark(row[column])}
    return len({grid.legend.get(mark, _MARKS.get(mark.upper(), mark)) for mark in marks}) > 1


def _mark_reading(grid: _Grid, cell: Cell, topics: Sequence[str], place: Place, *, several: bool) -> _Reading:
    """A mark's clause: the duty of its row, and what kind of part the mark gives the post in it."""
    duty = "·".join(filter(None, topics))
    mark = words_of(cell)[0].upper()
    word = grid.legend.get(mark) or _MARKS.get(mark, "")
    return _Reading(place=place, lead=topics[-1], says=f"{word}：{duty}" if several and word else duty)


# -- post descriptions -------------------------------------------------------------------------------------------------


def _form_label(cell: Cell | None) -> Column | None:
    label = label_of(cell)
    words = words_of(cell)
    if label in (Column.POSITION, Column.DEPARTMENT, Column.DUTY):
        return label
    return (
        Column.OTHER if label or (words and len(words) <= 10 and words[-1] not in "。；，" and _ATTRIBUTE.match(words)) else None
    )


def _read_form(grid: _Grid) -> bool:
    """A post description: labels for the post and its duties, each with its value beside or below it."""
    labelled = [[_form_label(cell) for cell in cells_of(row)] for row in grid.rows]
    named = any(label is Column.POSITION and following is None for row in labelled for label, following in pairwise(row))
    duties = [row for row in labelled if Column.DUTY in row]
    beside = [row for row in labelled if len(row) > 1 and row[0] is not None and None in row[1:]]
    if not duties or not (
        named or (len(beside) >= 2 and len(beside) >= 0.5 * len(labelled) and any(row[0] is Column.DUTY for row in beside))
    ):
        return False
    form, owner, seen_duty = 0, Post("", None), False
    forms: list[tuple[int, Cell, Column | None]] = []
    owners: dict[int, Post] = {}
    current: Column | None = None
    placed: set[int] = set()
    for row in grid.rows:
        for cell in cells_of(row):
            if cell.start in placed:  # a merged label goes on with its value
                current = _form_label(cell) or current
                continue
            placed.add(cell.start)
            label = _form_label(cell)
            if label is Column.POSITION and seen_duty:
                form, owner, seen_duty = form + 1, Post("", None), False
            if label is not None:
                seen_duty = seen_duty or label is Column.DUTY
                current = label
                forms.append((form, cell, None))
                continue
            if current is Column.POSITION and owner.position is None:
                owner = Post(owner.department, name_of(cell))
            elif current is Column.DEPARTMENT and not owner.department:
                owner = Post(name_of(cell), owner.position)
            owners[form] = owner
            forms.append((form, cell, current))
    for form, cell, kind in forms:
        _set_form_cell(grid, cell, kind, Place(owners.get(form, Post("", None)), (grid.index, form, 0)))
    return True


def _set_form_cell(grid: _Grid, cell: Cell, kind: Column | None, place: Place) -> None:
    title = {Column.POSITION: Names.POSITION, Column.DEPARTMENT: Names.DEPARTMENT}
    name = place.post.position if kind is Column.POSITION else place.post.department
    if _form_label(cell) is not None:
        grid.set(cell, _Reading(noise="table-label"))
    elif kind is None:
        grid.set(cell, _Reading())  # a caption above all labels
    elif _NUMBER.match(words_of(cell)):
        grid.set(cell, _Reading(noise="table-number"))
    elif kind is Column.DUTY:
        grid.set(cell, _Reading(place=place))
    elif kind in title and name == name_of(cell):
        grid.set(cell, _Reading(title=Title(title[kind], name or "", True), place=place))
    else:
        grid.set(cell, _Reading(noise="job-attribute"))


# -- duty tables -------------------------------------------------------------------------------------------------------


def _read_duty_table(grid: _Grid) -> bool:
    """A table whose header names a column of duties, and what the other columns are."""
    for index, row in enumerate(grid.rows[:6]):
        cells = cells_of(row)
        kinds = [label_of(cell) for cell in row]
        if len(cells) > 1 and Column.TOPIC in kinds and Column.DUTY not in kinds:
            last = max(column for column, kind in enumerate(kinds) if kind is Column.TOPIC)
            kinds[last] = Column.DUTY
        labelled = sum(label_of(cell) is not None for cell in cells)
        enough = labelled >= 2 and labelled >= 0.5 * len(cells)
        owned = any(kind in (Column.DEPARTMENT, Column.POSITION, Column.NUMBER, Column.SUPPORT, Column.TOPIC) for kind in kinds)
        if enough and owned and Column.DUTY in kinds:
            for cell in cells:
                grid.set(cell, _Reading(noise="table-header"))
            _read_duty_rows(grid, index + 1, [kind or Column.OTHER for kind in kinds], row)
            return True
        if len(cells) > 1:
            return False
    return False


def _read_names_and_duties(grid: _Grid) -> bool:
    """A table without a header whose first column holds names, and another one their duties."""
    if grid.width() < 2 or not grid.rows:
        return False
    lengths = [sum(len(cell.text) for cell in grid.column(column)) for column in range(grid.width())]
    duty = max(range(grid.width()), key=lambda column: lengths[column])
    names = [column for column in range(duty) if grid.column(column) and _named(grid.column(column), grid.known) >= 0.6]
    if not names:
        return False
    kinds = [Column.OTHER] * grid.width()
    kinds[duty] = Column.DUTY
    for column in names[:2]:
        kinds[column] = Column.DEPARTMENT if _posts(grid.column(column), grid) is Names.DEPARTMENT else Column.POSITION
    _read_duty_rows(grid, 0, kinds, [None] * grid.width())
    return True


def _read_duty_rows(grid: _Grid, first_row: int, kinds: Sequence[Column], header: Sequence[Cell | None]) -> None:
    header_words = [words_of(cell) for cell in header]
    carried: dict[int, Cell] = {}
    above: dict[int, str] = {}
    number = 0
    for row in grid.rows[first_row:]:
        cells = cells_of(row)
        if (
            len(cells) == 1
            and grid.width() > 1
            and not any(kinds[c] is Column.DUTY for c, cell in enumerate(row) if cell is cells[0])
        ):
            carried.clear()  # a caption inside the table: the lines below it are its own
            continue
        if len(cells) == 1 and grid.width() > 2 and all(cell is cells[0] for cell in row):
            carried.clear()
            continue
        if any(header_words) and [words_of(cell) for cell in row] == header_words:
            for cell in cells:
                grid.set(cell, _Reading(noise="table-header"))
            continue
        number += 1
        _carry(row, kinds, carried)
        _read_duty_row(grid, row, kinds, carried, above, header_words, number)


def _carry(row: Sequence[Cell | None], kinds: Sequence[Column], carried: dict[int, Cell]) -> None:
    """Names and topics hold on below, until another one stands in their column or in one before it of the same kind."""
    order = (Column.DEPARTMENT, Column.POSITION, Column.TOPIC)
    for rank, kind in enumerate(order):
        for column, cell in enumerate(row):
            if kinds[column] is not kind or cell is None or not cell.text.strip() or _DITTO.match(words_of(cell)):
                continue
            if carried.get(column) is not cell:
                for below in [other for other in carried if kinds[other] in order[rank + 1 :]]:
                    del carried[below]
            carried[column] = cell


def _read_duty_row(
    grid: _Grid,
    row: Sequence[Cell | None],
    kinds: Sequence[Column],
    carried: Mapping[int, Cell],
    above: dict[int, str],
    header_words: Sequence[str],
    number: int,
) -> None:
    names = {
        kind: next((cell for column, cell in carried.items() if kinds[column] is kind), None)
        for kind in (Column.DEPARTMENT, Column.POSITION)
    }
    department, position = name_of(names[Column.DEPARTMENT]), name_of(names[Column.POSITION])
    if position and not department and _posts([names[Column.POSITION]], grid) is Names.DEPARTMENT:
        department, position = position, ""
    owner_key = tuple(cell.start if cell else 0 for cell in names.values())
    place = Place(Post(department, position or None), (grid.index, *owner_key))
    for kind, cell in names.items():
        if cell is not None and any(cell is other for other in row):
            is_position = kind is Column.POSITION and position
            title = Title(Names.POSITION, position, True) if is_position else Title(Names.DEPARTMENT, department, True)
            grid.set(cell, _Reading(title=title, place=replace(place, key=(*place.key, -1))))
    topics = [_flat(cell) for column, cell in carried.items() if kinds[column] is Column.TOPIC]
    duties = [column for column, kind in enumerate(kinds) if kind is Column.DUTY]
    for column, cell in enumerate(row):
        if cell is None or not cell.text.strip():
            continue
        kind = kinds[column]
        lead = topics[-1] if topics else (header_words[column] if len(duties) > 1 and column != duties[0] else "")
        if kind is Column.DUTY:
            says = above.get(column, "") if _DITTO.match(words_of(cell)) else ""
            above[column] = says or _flat_text(cell)
            nothing = bool(_NOT_MARKED.match(words_of(cell)))
            grid.set(cell, _Reading(noise="table-remark") if nothing else _Reading(place=place, lead=lead, says=says))
        elif kind is Column.SUPPORT:
            _set_support(grid, cell, row, kinds, header_words[column], (grid.index, number, column))
        elif kind is Column.TOPIC:
            grid.set(cell, _Reading(noise="table-topic"))
        else:
            grid.set(cell, _Reading(noise="table-remark"))


def _flat_text(cell: Cell) -> str:
    return "".join(line.strip() for line in cell.text.split("\n"))


def _set_support(
    grid: _Grid, cell: Cell, row: Sequence[Cell | None], kinds: Sequence[Column], header: str, key: tuple[int, ...]
) -> None:
    """The department beside a duty that helps with it has a clause of its own; several in one cell are one name."""
    duty = next((other for column, other in enumerate(row) if kinds[column] is Column.DUTY and other is not None), None)
    word = _LABELS[1][1].match(header)
    if duty is None or word is None or _NOT_MARKED.match(words_of(cell)):
        grid.set(cell, _Reading(noise="table-remark"))
        return
    says = f"{word['word']}：{_flat_text(duty)}"
    grid.set(cell, _Reading(place=Place(Post(name_of(cell), None), key), lead=_flat_text(duty), says=says))


# -- tables that lay out texts -----------------------------------------------------------------------------------------


def _is_layout(grid: _Grid) -> bool:
    """A table of one column, or with whole texts in its cells: they are read as lines."""
    if grid.width() == 1:
        return True
    return any(cell.text.count("\n") >= _LAYOUT_LINES for row in grid.rows for cell in cells_of(row))
