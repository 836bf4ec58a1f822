"""Sheets -> sources: what .xlsx, .xls and .csv share."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from corpus.readers import limits
from corpus.source import CELL_SEPARATOR, Fact, RawCell, SourceBuilder

_DEFAULT_NAME = re.compile(r"(sheet|工作表|表)\s*\d*$", re.IGNORECASE)


class SheetReader:
    """Collects the rows of one sheet, inside the limits; blank rows and columns at its end are left out.

    `hidden` are the columns that nobody sees. What is hidden or struck out goes to `left_out`, with the reason.
    """

    def __init__(self, file: str, hidden: Collection[int] = ()) -> None:
        self.file = file
        self.rows: list[list[str]] = []
        self.left_out: list[tuple[str, str]] = []
        self._hidden = hidden
        self._blank = 0
        self._filled = 0
        self._cells = 0

    def row(self, values: Iterable[object], *, hidden: bool = False) -> None:
        """Add a row. Raises DocumentError when the sheet has more rows, columns or cells than are read."""
        texts = [cell_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            self._blank += 1
            return
        limits.check_limit(self.file, "columns", len(texts), limits.MAX_COLUMNS)
        self._filled += 1
        limits.check_limit(self.file, "rows", self._filled, limits.MAX_ROWS)
        self._cells += len(texts)
        limits.check_limit(self.file, "cells", self._cells, limits.MAX_CELLS)
        if hidden:
            self.left_out.append(("hidden-row", CELL_SEPARATOR.join(filter(None, texts))))
            texts = []
        for column in self._hidden:
            if column < len(texts) and texts[column]:
                self.left_out.append(("hidden-column", texts[column]))
                texts[column] = ""
        self.rows += [[] for _ in range(self._blank)]
        self.rows.append(texts)
        self._blank = 0

    def struck_out(self, text: str) -> None:
        self.left_out.append(("struck-out", text))


def cell_text(value: object) -> str:
    """A cell's value as people see it: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


Merged = Mapping[tuple[int, int], tuple[int, int]]


def add_sheet(builder: SourceBuilder, name: str, reader: SheetReader, merged: Merged, *, named: bool) -> None:
    """A sheet as lines and tables, then what is left out of it; `merged` maps a covered cell to its first one.

    A row with a single cell before a table, or after a blank row, is a line: a title, or a note. Other blank rows do
    not end a table. `named` says that the sheet's name is a heading.
    """
    rows = reader.rows
    if named and any(any(row) for row in rows) and not _DEFAULT_NAME.match(name):
        builder.line(name, Fact(heading=1, sheet=True))
    cells: dict[tuple[int, int], RawCell] = {}
    block: list[list[RawCell | None]] = []
    after_blank = True
    for index, row in enumerate(rows):
        line = [_cell(cells, merged.get((index, column), (index, column)), rows) for column in range(len(row))]
        different = {id(cell): cell for cell in line if cell is not None}
        if len(different) > 1 or (different and block and not after_blank):
            block.append(line)
        elif different:
            _end(builder, block)
            block = []
            for cell in different.values():
                builder.line(cell.text)
        after_blank = not different
    _end(builder, block)
    if reader.left_out:
        builder.finding("not_shown", f"{len(reader.left_out)} rows or cells are hidden or struck out, and left out")
    for reason, text in reader.left_out:
        builder.left_out(text, reason)


def _end(builder: SourceBuilder, block: list[list[RawCell | None]]) -> None:
    if block:
        builder.table(block)


def _cell(
    cells: dict[tuple[int, int], RawCell], place: tuple[int, int], rows: Sequence[Sequence[str]]
) -> RawCell | None:
    if place not in cells:
        row, column = place
        text = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if not text:
            return None
        cells[place] = RawCell(text)
    return cells[place]


def covered(
    areas: Iterable[tuple[int, int, int, int]], rows: list[list[str]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """For merged areas (first row, row after, first column, column after), the first cell of each covered one.

    Rows are widened to hold the areas, so that a merged cell is seen in every place that it covers.
    """
    places = {}
    for top, bottom, left, right in areas:
        if (right - left) * (bottom - top) > limits.MAX_CELLS or right > limits.MAX_COLUMNS:
            continue
        for row in range(top, min(bottom, len(rows))):
            rows[row] += [""] * (right - len(rows[row]))
            places.update({(row, column): (top, left) for column in range(left, right)})
    return places


def builder_for(path: Path) -> SourceBuilder:
    return SourceBuilder(path.stem, wrapped=False)
