"""Tables of duties: a column of duties beside columns of departments or posts, in any order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.grammar.scan import Place
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
    name_of,
    share_named,
    words_of,
)

_DITTO = re.compile(r"(同上|〃|\"|″)[。.]?$")


def read_duty_table(grid: Grid) -> bool:
    """A table whose header names a column of duties, and what the other columns are."""
    for index, row in enumerate(grid.rows[:6]):
        cells = cells_of(row)
        kinds = [label_of(cell) for cell in row]
        if len(cells) > 1 and Column.TOPIC in kinds and Column.DUTY not in kinds:
            last = max(column for column, kind in enumerate(kinds) if kind is Column.TOPIC)
            kinds[last] = Column.DUTY
        labelled = sum(label_of(cell) is not None for cell in cells)
        enough = labelled >= 2 and labelled >= 0.5 * len(cells)
        owned = any(
            kind in (Column.DEPARTMENT, Column.POSITION, Column.NUMBER, Column.SUPPORT, Column.TOPIC) for kind in kinds
        )
        if enough and owned and Column.DUTY in kinds:
            for cell in cells:
                grid.set(cell, Reading(noise="table-header"))
            _read_duty_rows(grid, index + 1, [kind or Column.OTHER for kind in kinds], row)
            return True
        if len(cells) > 1:
            return False
    return False


def read_names_and_duties(grid: Grid) -> bool:
    """A table without a header whose first column holds names, and another one their duties."""
    if grid.width() < 2 or not grid.rows:
        return False
    lengths = [sum(len(cell.text) for cell in grid.column(column)) for column in range(grid.width())]
    duty = max(range(grid.width()), key=lambda column: lengths[column])
    names = [
        column for column in range(duty) if grid.column(column) and share_named(grid.column(column), grid.known) >= 0.6
    ]
    if not names:
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
                grid.set(cell, Reading(noise="table-header"))
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
    grid: Grid,
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
    if position and not department and kind_of_posts([names[Column.POSITION]], grid) is Names.DEPARTMENT:
        department, position = position, ""
    owner_key = tuple(cell.start if cell else 0 for cell in names.values())
    place = Place(Post(department, position or None), (grid.index, *owner_key))
    for kind, cell in names.items():
        if cell is not None and any(cell is other for other in row):
            is_position = kind is Column.POSITION and position
            title = Title(Names.POSITION, position, True) if is_position else Title(Names.DEPARTMENT, department, True)
            grid.set(cell, Reading(title=title, place=replace(place, key=(*place.key, -1))))
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
            grid.set(cell, Reading(noise="table-remark") if nothing else Reading(place=place, lead=lead, says=says))
        elif kind is Column.SUPPORT:
            _set_support(grid, cell, row, kinds, header_words[column], (grid.index, number, column))
        elif kind is Column.TOPIC:
            grid.set(cell, Reading(noise="table-topic"))
        else:
            grid.set(cell, Reading(noise="table-remark"))


def _flat_text(cell: Cell) -> str:
    return "".join(line.strip() for line in cell.text.split("\n"))


def _set_support(
    grid: Grid, cell: Cell, row: Sequence[Cell | None], kinds: Sequence[Column], header: str, key: tuple[int, ...]
) -> None:
    """The department beside a duty that helps with it has a clause of its own; several in one cell are one name."""
    duty = next((other for column, other in enumerate(row) if kinds[column] is Column.DUTY and other is not None), None)
    word = LABELS[1][1].match(header)
    if duty is None or word is None or NOT_MARKED.match(words_of(cell)):
        grid.set(cell, Reading(noise="table-remark"))
        return
    says = f"{word['word']}：{_flat_text(duty)}"
    grid.set(cell, Reading(place=Place(Post(name_of(cell), None), key), lead=_flat_text(duty), says=says))
