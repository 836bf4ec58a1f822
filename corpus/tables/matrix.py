"""Responsibility matrices: posts across and duties down, or the other way, with a mark where they meet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.characters import simplified
from corpus.grammar.scan import Place
from corpus.grammar.titles import Names, Title, read_title
from corpus.model import Post
from corpus.source import Cell
from corpus.tables.cells import (
    NOT_MARKED,
    NUMBER,
    Column,
    Grid,
    Reading,
    cells_of,
    flat,
    kind_of_posts,
    label_of,
    name_of,
    set_remainder,
    share_named,
    words_of,
)

# What each mark of a matrix says, unless a legend says otherwise. √ alone is plain ownership, and says nothing more.
_MARKS: Mapping[str, str] = {
    **dict.fromkeys("√✓✔☑■●★◆▣◉主Y是有", "负责"),
    **dict.fromkeys("▲◎协配辅▼", "配合"),
    **dict.fromkeys("△○〇◯☆◇□▽参", "参与"),
    **dict.fromkeys("审批", "审批"),
    "知": "知会",
    "R": "负责",
    "A": "批准",
    "C": "提供咨询",
    "I": "知会",
    "S": "支持",
}
_WORD = (
    r"负责|主办|牵头|主责|主控|主要|承办|领导|组织|实施|执行|配合|协办|协助|协同|协作|支持|支撑|辅助|次要|备份|参与|参加|批准|审批|审核|会签|监督|检查"
    r"|咨询|知会|通知|告知|知情|备案"
)
_ONE = rf"(?:[{''.join(_MARKS)}]|{_WORD})"
_MARK = re.compile(rf"{_ONE}(?:[/／、,，+]?{_ONE}){{0,2}}$", re.IGNORECASE)
_SIGNS = "√✓✔☑■●★◆▣◉▲◎▼△○〇◯☆◇□▽"
_LEGEND = re.compile(
    rf"[“\"'（(]?(?P<mark>[{_SIGNS}]|(?<![A-Za-z])[RACISPE](?![A-Za-z]))[”\"'）)]?"
    r"\s{0,4}(?:[-—–:：=为]|表示|代表|指){0,3}\s{0,4}[“\"]?(?P<word>[\u4e00-\u9fff]{2,8})"
)
_LEGEND_WORDS = re.compile(_WORD)
_TIME = re.compile(
    r"(?:每|半|双|第?[一二三四五六七八九十\d]{1,3}个?)?(?:小时|[日天周月季旬年]度?|星期|学期|号)(?:[一二三四五六日末初底])?|.{0,4}频率|事件.{0,4}|必要时|不定期|随时"
)
_PLAIN = {"主要": "负责", "主责": "负责", "次要": "配合", "备份": "配合"}


def read_legend(text: str) -> dict[str, str]:
    """What the document says that its marks mean, in its own words: ■ 主办 ▲ 会签."""
    found: dict[str, str] = {}
    for match in _LEGEND.finditer(simplified(text)):
        if word := _LEGEND_WORDS.search(match["word"]):
            found.setdefault(match["mark"], _PLAIN.get(word.group(), word.group()))
    return found if len(found) > 1 else {}


def _is_mark(cell: Cell | None) -> bool:
    return bool(_MARK.match(simplified(words_of(cell))))


def _is_time(head: Cell | None) -> bool:
    """Whether a column's head says when, not who: a plan of what is due each week."""
    return bool(_TIME.fullmatch(simplified(words_of(head))))


def _word_of(mark: str, legend: Mapping[str, str]) -> str:
    """The part that a mark gives: by the legend, by its sign, or the word that it is."""
    sign = mark[0].upper()
    word = _LEGEND_WORDS.match(mark)
    return legend.get(sign) or (word.group() if word else _MARKS.get(sign, ""))


def read_matrix(grid: Grid) -> bool:
    """A matrix: at least two columns whose cells are marks, beside labels."""
    marked = _mark_columns(grid)
    if len(marked) < 2 or marked[0] == 0:
        return False
    first_row = next(index for index, row in enumerate(grid.rows) if any(_is_mark(row[column]) for column in marked))
    heads = {column: _head(grid, column, first_row) for column in range(grid.width())}
    labels = [column for column in range(marked[0]) if not _numbers(grid, column, heads[column], first_row)]
    if not labels or first_row == 0 or all(_is_time(heads[column]) for column in marked):
        return False
    for row in grid.rows[:first_row]:
        cells = cells_of(row)
        for cell in cells:
            if (
                cell.start not in {head.start for head in heads.values() if head}
                and len(cells) > 1
                and not _department_over(cell)
            ):
                grid.set(cell, Reading(noise="table-header"))
    if _posts_are_rows(grid, heads, labels, marked, first_row):
        _read_rows_of_posts(grid, heads, labels, marked, first_row)
    else:
        _read_columns_of_posts(grid, heads, labels, marked, first_row)
    return True


def _numbers(grid: Grid, column: int, head: Cell | None, first_row: int) -> bool:
    """Whether a column counts the rows, or names the chapters of a standard (4.1)."""
    rows = [row for row in grid.rows[first_row:] if len(cells_of(row)) > 1]
    cells = [cell for row in rows if (cell := row[column]) is not None and cell.text.strip()]
    return label_of(head) is Column.NUMBER or (bool(cells) and all(NUMBER.match(words_of(cell)) for cell in cells))


def _mark_columns(grid: Grid) -> list[int]:
    columns = []
    rows = [
        row for row in grid.rows if len(cells_of(row)) > 1
    ]  # a caption or a note over all columns says nothing of one
    for column in range(grid.width()):
        filled = [cell for row in rows if (cell := row[column]) is not None and cell.text.strip()]
        marks = sum(map(_is_mark, filled))
        blank = sum(bool(NOT_MARKED.match(words_of(cell))) for cell in filled)
        if marks and marks + blank >= 0.5 * max(1, len(filled) - 1):
            columns.append(column)
    return columns


def _head(grid: Grid, column: int, first_row: int) -> Cell | None:
    """The lowest cell above the first marks that names the column."""
    for row in reversed(grid.rows[:first_row]):
        if (cell := row[column]) is not None and cell.text.strip() and len(cells_of(row)) > 1:
            return cell
    return None


def _department_over(cell: Cell) -> bool:
    title = read_title(words_of(cell))
    return title is not None and title.names is Names.DEPARTMENT


def _posts_are_rows(
    grid: Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> bool:
    across = [heads[column] for column in marked]
    down = [row[labels[-1]] for row in grid.rows[first_row:]]
    corner = label_of(heads[labels[-1]])
    if corner in (Column.POSITION, Column.DEPARTMENT):
        return share_named(across, grid.known) < 0.5 or share_named(down, grid.known) > share_named(across, grid.known)
    return corner is None and share_named(down, grid.known) > share_named(across, grid.known) + 0.3


def _read_columns_of_posts(
    grid: Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> None:
    kind = kind_of_posts([heads[column] for column in marked], grid)
    owners: dict[int, Place] = {}
    for column in marked:
        head = heads[column]
        over = [cell for row in grid.rows[:first_row] if (cell := row[column]) is not None and cell is not head]
        department = next((name_of(cell) for cell in over if _department_over(cell)), "")
        post = Post(department, name_of(head)) if kind is Names.POSITION else Post(name_of(head), None)
        owners[column] = Place(post, (grid.index, -1, column))
        if head is not None:
            grid.set(head, Reading(title=Title(kind, name_of(head), True), place=owners[column]))
    for column in range(grid.width()):
        if column not in marked:
            grid.set(heads[column], Reading(noise="table-header"))
    several = _several_marks(grid, marked, first_row)
    topics = [""] * len(labels)
    for number, row in enumerate(grid.rows[first_row:]):
        for index, column in enumerate(labels):
            topics[index] = flat(row[column]) or ("" if index == len(labels) - 1 else topics[index])
            grid.set(row[column], Reading(noise="matrix-duty"))
        for column in range(grid.width()):
            cell = row[column]
            if cell is None or column in labels:
                continue
            if topics[-1] and column in owners and _is_mark(cell):
                place = replace(owners[column], key=(grid.index, number, column))
                grid.set(cell, _mark_reading(grid, cell, topics, place, several=several))
            else:
                set_remainder(grid, cell)


def _read_rows_of_posts(
    grid: Grid, heads: Mapping[int, Cell | None], labels: Sequence[int], marked: Sequence[int], first_row: int
) -> None:
    for column in range(grid.width()):
        grid.set(heads[column], Reading(noise="matrix-duty" if column in marked else "table-header"))
    kind = kind_of_posts([row[labels[-1]] for row in grid.rows[first_row:]], grid)
    several = _several_marks(grid, marked, first_row)
    department = ""
    for number, row in enumerate(grid.rows[first_row:]):
        cell = row[labels[-1]]
        if len(labels) > 1 and row[labels[0]] is not None:
            department = name_of(row[labels[0]])
            grid.set(row[labels[0]], Reading(noise="table-department"))
        post = Post(department, name_of(cell)) if kind is Names.POSITION else Post(name_of(cell), None)
        place = Place(post, (grid.index, number, 0))
        if cell is not None and name_of(cell) and cells_of(row) != [cell]:
            grid.set(cell, Reading(title=Title(kind, name_of(cell), True), place=place))
        for column in range(grid.width()):
            mark = row[column]
            if mark is not None and cell is not None and column in marked and _is_mark(mark) and flat(heads[column]):
                grid.set(mark, _mark_reading(grid, mark, [flat(heads[column])], place, several=several))
            elif mark is not cell:
                set_remainder(grid, mark)


def _several_marks(grid: Grid, marked: Sequence[int], first_row: int) -> bool:
    marks = {
        simplified(words_of(row[column])) for row in grid.rows[first_row:] for column in marked if _is_mark(row[column])
    }
    return len({_word_of(mark, grid.legend) for mark in marks}) > 1


def _mark_reading(grid: Grid, cell: Cell, topics: Sequence[str], place: Place, *, several: bool) -> Reading:
    """A mark's clause: the duty of its row, and what kind of part the mark gives the post in it."""
    duty = "·".join(filter(None, topics))
    word = _word_of(simplified(words_of(cell)), grid.legend)
    return Reading(place=place, lead=topics[-1], says=f"{word}：{duty}" if several and word else duty)
