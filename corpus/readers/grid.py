"""Sheets -> sources: what .xlsx, .xls and .csv share."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from corpus.readers import limits
from corpus.source import Fact, RawCell, SourceBuilder

_DEFAULT_NAME = re.compile(r"(sheet|工作表|表)\s*\d*$", re.IGNORECASE)


class SheetReader:
    """Collects the rows of one sheet, inside the limits; blank rows and columns at its end are left out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rows: list[list[str]] = []
        self._cells = 0

    def row(self, values: Iterable[object]) -> None:
        """Add a row. Raises DocumentError when the sheet has more rows, columns or cells than are read."""
        texts = [cell_text(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        limits.check_limit(self.file, "columns", len(texts), limits.MAX_COLUMNS)
        limits.check_limit(self.file, "rows", len(self.rows) + 1, limits.MAX_ROWS)
        self._cells += len(texts)
        limits.check_limit(self.file, "cells", self._cells, limits.MAX_CELLS)
        self.rows.append(texts)


def cell_text(value: object) -> str:
    """A cell's value as people see it: whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


Merged = Mapping[tuple[int, int], tuple[int, int]]


def add_sheet(builder: SourceBuilder, name: str, rows: Sequence[Sequence[str]], merged: Merged, *, named: bool) -> None:
    """A sheet as lines and tables; `merged` maps a covered cell to its first one.

    A row with a single cell before a table, or after a blank row, is a line: a title, or a note. Other blank rows do
    not end a table. `named` says that the sheet's name is a heading.
    """
    if named and any(any(row) for row in rows) and not _DEFAULT_NAME.match(name):
        builder.line(name, Fact(heading=1))
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
