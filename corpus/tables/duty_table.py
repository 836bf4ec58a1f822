"""Tables of duties: a column of duties beside columns of departments or posts, in any order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from corpus.characters import simplified
from corpus.grammar.scan import Place
from corpus.grammar.tasks import TASK
from corpus.grammar.titles import Names, Title
from corpus.model import Post
from corpus.source import Cell
from corpus.tables.cells import (
    LABELS,
    NOT_MARKED,
    Column,
    Grid,
    Reading,
    cells_of,
    flat,
    kind_of_posts,
    label_of,
    names_of,
    share_named,
    words_of,
)

_HELPS = "协助"  # what the second of several responsible people does
_DITTO = re.compile(r"(同上|〃|\"|″)[。.]?$")


_MAX_HEAD = 20  # characters of a column's head
_HEADER_ROWS = 12  # a header is one of so many
_OWNERS = frozenset([Column.DEPARTMENT, Column.POSITION, Column.PERSON])
_TELLING = 0.3  # where they name owners and duties
_LABELLED = 0.6  # of its cells are labels
_HOLDERS = re.compile("职能|专业|条线")
_MAX_HOLDER = 8  # characters of a name in a column that is not called one of names
_SENTENCE = 8  # characters that a cell has on the average that says what somebody does
_TASKS = 0.4  # of the cells without a header say what somebody does


def read_duty_table(grid: Grid) -> bool:
    """A table whose header names a column of duties, and what the other columns are.

    Above the header may stand captions, and facts about the document.
    """
    first = True
    for index, row in enumerate(grid.rows[:_HEADER_ROWS]):
        cells = cells_of(row)
        if len(cells) < 2:
            continue
        if columns := _header(grid, index, row, first=first):
            for cell in cells:
                grid.set(cell, Reading(noise="table-header"))
            for above in grid.rows[:index]:
                for cell in cells_of(above) if len(cells_of(above)) > 1 else ():
                    grid.set(cell, Reading(noise="document-attribute"))
            _read_duty_rows(grid, index + 1, columns, row)
            return True
        first = False
    return False


def _header(grid: Grid, index: int, row: Sequence[Cell | None], *, first: bool) -> list[Column] | None:
    """The columns that a row announces; None where it is no header of a table of duties.

    One that is not the first row must name owners and duties.
    """
    cells = cells_of(row)
    kinds = [label_of(cell) for cell in row]
    labelled = sum(label_of(cell) is not None for cell in cells)
    short = all(len(words_of(cell)) <= _MAX_HEAD for cell in cells)
    telling = Column.DUTY in kinds and not _OWNERS.isdisjoint(kinds) and short
    if labelled < 2 or labelled < (_TELLING if telling else _LABELLED) * len(cells) or not (first or telling):
        return None
    for column, kind in enumerate(kinds[:-1]):  # a head over two columns of names, written over the first of them
        if row[column + 1] is None and kind in _OWNERS:
            kinds[column + 1] = kind
    return _columns(kinds, _holders(grid, index + 1, kinds), letters=_lettered(grid, index + 1, kinds))


def _holders(grid: Grid, first_row: int, kinds: Sequence[Column | None]) -> int | None:
    """The first of several columns of duties, where it holds names: 职能 | 内容."""
    duties = [column for column, kind in enumerate(kinds) if kind is Column.DUTY]
    if len(duties) < 2 or not _HOLDERS.fullmatch(words_of(grid.rows[first_row - 1][duties[0]])):
        return None
    texts = [words_of(cell) for cell in grid.column(duties[0], first_row)]
    return duties[0] if texts and max(map(len, texts)) <= _MAX_HOLDER and not any(map(TASK.match, texts)) else None


def _lettered(grid: Grid, first_row: int, kinds: Sequence[Column | None]) -> bool:
    """Whether the column of roles only has letters for them."""
    columns = [column for column, kind in enumerate(kinds) if kind is Column.POSITION]
    texts = [words_of(cell) for column in columns for cell in grid.column(column, first_row)]
    return bool(texts) and all(text.isascii() and len(text) <= 2 for text in texts)


def _columns(kinds: Sequence[Column | None], holders: int | None, *, letters: bool) -> list[Column] | None:
    """The columns of a table of duties; None where the labels are those of another table."""
    columns = [kind or Column.OTHER for kind in kinds]
    if holders is not None and not {Column.DEPARTMENT, Column.POSITION, Column.PERSON}.intersection(columns):
        columns[holders] = Column.POSITION
    owners = [kind for kind in columns if kind in (Column.DEPARTMENT, Column.POSITION)]
    if not owners and Column.PERSON in columns:
        columns[columns.index(Column.PERSON)] = Column.POSITION
        owners = [Column.POSITION]
    if letters and Column.PERSON in columns and Column.POSITION in columns:  # 角色 A | 成员 张三
        columns[columns.index(Column.POSITION)] = Column.OTHER
        columns[columns.index(Column.PERSON)] = Column.POSITION
    columns = [Column.OTHER if kind is Column.PERSON else kind for kind in columns]
    if Column.DUTY not in columns and Column.TOPIC in columns:
        columns[max(column for column, kind in enumerate(columns) if kind is Column.TOPIC)] = Column.DUTY
    counted = Column.NUMBER in columns or Column.TOPIC in columns or Column.SUPPORT in columns
    return columns if Column.DUTY in columns and (owners or counted) else None


def read_names_and_duties(grid: Grid) -> bool:
    """A table without a header whose first column holds names, and another one their duties."""
    if grid.width() < 2 or not grid.rows:
        return False
    lengths = [sum(len(cell.text) for cell in grid.column(column)) for column in range(grid.width())]
    duty = max(range(grid.width()), key=lambda column: lengths[column])
    names = [
        column for column in range(duty) if grid.column(column) and share_named(grid.column(column), grid.known) >= 0.6
    ]
    texts = [simplified(cell.text.lstrip("•-· 0123456789.、（）()")) for cell in grid.column(duty)]
    if not names or not _say_tasks(texts):
        return False
    kinds = [Column.OTHER] * grid.width()
    kinds[duty] = Column.DUTY
    for column in names[:2]:
        kinds[column] = (
            Column.DEPARTMENT if kind_of_posts(grid.column(column), grid) is Names.DEPARTMENT else Column.POSITION
        )
    _read_duty_rows(grid, 0, kinds, [None] * grid.width())
    return True


def _read_duty_rows(grid: Grid, first_row: int, kinds: Sequence[Column], header: Sequence[Cell | None]) -> None:
    header_words = [words_of(cell) for cell in header]
    carried: dict[int, Cell] = {}
    above: dict[int, str] = {}
    number = 0
    for row, below in zip_longest(grid.rows[first_row:], grid.rows[first_row + 1 :], fillvalue=()):
        cells = cells_of(row)
        if (
            len(cells) == 1
            and grid.width() > 1
            and not any(kinds[c] is Column.DUTY for c, cell in enumerate(row) if cell is cells[0])
        ):
            carried.clear()  # a caption inside the table: the lines below it are its own
            continue
        if len(cells) == 1 and all(cell is cells[0] for cell in row):
            carried.clear()
            continue
        if any(header_words) and [words_of(cell) for cell in row] == header_words:
            for cell in cells:
                grid.set(cell, Reading(noise="table-header"))
            continue
        number += 1
        if _is_parent(row, below, kinds):
            carried.clear()
            for kind, part in zip(kinds, row, strict=True):
                grid.set(part, Reading(noise="table-topic" if kind is Column.DUTY else "table-remark"))
            continue
        _carry(row, kinds, carried)
        _read_duty_row(grid, row, kinds, carried, above, header_words, number)


def _is_parent(row: Sequence[Cell | None], below: Sequence[Cell | None], kinds: Sequence[Column]) -> bool:
    """Whether the number of the row below says that it is a part of this one (1.2 and 1.2.1): this is no task."""
    column = next((column for column, kind in enumerate(kinds) if kind is Column.NUMBER), None)
    if column is None or column >= len(row) or column >= len(below):
        return False
    number, part = words_of(row[column]), words_of(below[column])
    return bool(number) and part.startswith(number) and part[len(number) : len(number) + 1] in ("-", ".", "．")


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
    grid: Grid,
    row: Sequence[Cell | None],
    kinds: Sequence[Column],
    carried: Mapping[int, Cell],
    above: dict[int, str],
    header_words: Sequence[str],
    number: int,
) -> None:
    owners = {
        kind: next((cell for column, cell in carried.items() if kinds[column] is kind), None)
        for kind in (Column.DEPARTMENT, Column.POSITION)
    }
    posts = _posts(grid, owners)
    posts += _further(carried, kinds, header_words, posts[0])
    owner_key = tuple(cell.start if cell else 0 for cell in owners.values())
    place, also = Place(posts[0], (grid.index, *owner_key)), tuple(posts[1:])
    for kind, owner in owners.items():
        if owner is not None and any(owner is other for other in row):
            is_position = kind is Column.POSITION and posts[0].position
            name = (posts[0].position or "") if is_position else posts[0].department
            title = Title(Names.POSITION if is_position else Names.DEPARTMENT, name, True)
            grid.set(owner, Reading(title=title, place=replace(place, key=(*place.key, -1))))
    topics = [flat(cell) for column, cell in carried.items() if kinds[column] is Column.TOPIC]
    duties = [column for column, kind in enumerate(kinds) if kind is Column.DUTY]
    for column, cell in enumerate(row):
        if cell is None or not cell.text.strip():
            continue
        kind = kinds[column]
        lead = topics[-1] if topics else (header_words[column] if len(duties) > 1 and column != duties[0] else "")
        if kind is Column.DUTY:
            says = above.get(column, "") if _DITTO.match(words_of(cell)) else ""
            above[column] = says or _flat_text(cell)
            nothing = bool(NOT_MARKED.match(words_of(cell)))
            duty = Reading(place=place, also=also, lead=lead, says=says)
            grid.set(cell, Reading(noise="table-remark") if nothing else duty)
        elif kind is Column.SUPPORT:
            _set_support(grid, cell, row, kinds, header_words[column], (grid.index, number, column))
        elif kind is Column.TOPIC:
            grid.set(cell, Reading(noise="table-topic"))
        else:
            grid.set(cell, Reading(noise="table-remark"))


def _further(
    carried: Mapping[int, Cell], kinds: Sequence[Column], header_words: Sequence[str], first: Post
) -> list[Post]:
    """The owners in columns without a head of their own, beside one of owners."""
    cells = [
        cell for column, cell in carried.items() if kinds[column] in _OWNERS and column and not header_words[column]
    ]
    names = [name for cell in cells for name in names_of(cell)]
    return [Post(first.department, name) if first.position else Post(name, None) for name in names]


def _say_tasks(texts: Sequence[str]) -> bool:
    """Whether a column without a header holds duties, and not names, numbers or dates."""
    tasks = sum(bool(TASK.match(text)) for text in texts)
    letters = sum(sum(not character.isascii() for character in text) for text in texts)
    return tasks >= _TASKS * len(texts) or letters >= _SENTENCE * len(texts)


def _posts(grid: Grid, owners: Mapping[Column, Cell | None]) -> list[Post]:
    """Who owns a row: the posts of its cells, several where a cell names several."""
    departments = names_of(owners[Column.DEPARTMENT])
    positions = names_of(owners[Column.POSITION])
    if positions[0] and not departments[0] and kind_of_posts([owners[Column.POSITION]], grid) is Names.DEPARTMENT:
        departments, positions = positions, [""]
    if len(positions) > 1:
        return [Post(departments[0], position) for position in positions]
    return [Post(department, positions[0] or None) for department in departments]


def _flat_text(cell: Cell) -> str:
    return "".join(line.strip() for line in cell.text.split("\n"))


def _set_support(
    grid: Grid, cell: Cell, row: Sequence[Cell | None], kinds: Sequence[Column], header: str, key: tuple[int, ...]
) -> None:
    """The departments or posts beside a duty that help with it have a clause each."""
    duty = next((other for column, other in enumerate(row) if kinds[column] is Column.DUTY and other is not None), None)
    label = LABELS[1][1].match(simplified(header))
    if duty is None or label is None or NOT_MARKED.match(words_of(cell)):
        grid.set(cell, Reading(noise="table-remark"))
        return
    says = f"{label['word'] or _HELPS}：{_flat_text(duty)}"
    is_position = kind_of_posts([cell], grid) is Names.POSITION
    posts = [Post("", name) if is_position else Post(name, None) for name in names_of(cell)]
    grid.set(cell, Reading(place=Place(posts[0], key), also=tuple(posts[1:]), lead=_flat_text(duty), says=says))
