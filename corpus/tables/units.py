"""Tables -> units: duty tables, post descriptions and responsibility matrices, told apart by their labels and marks.

A module for each kind finds out what its cells are: matrix.py, post_form.py, duty_table.py, tasks_and_persons.py. A
table of one column, or one that lays out whole texts, is read as lines. Any other is kept as boilerplate, with a
finding.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from corpus.grammar.scan import Settled, Unit, make_unit, split_items
from corpus.grammar.titles import Names
from corpus.model import Finding, line_starts, split_lines
from corpus.source import Cell, Source
from corpus.tables.cells import Grid, Reading, cells_of, words_of
from corpus.tables.duty_table import read_duty_table, read_names_and_duties
from corpus.tables.matrix import read_legend, read_matrix
from corpus.tables.post_form import read_form
from corpus.tables.tasks_and_persons import read_tasks_and_persons

_BREAK = re.compile(r"(?<=<br>)|(?<=<br/>)|(?<=<br />)|(?<=<BR>)|(?<=</p>)|(?<=</li>)")
_SIGNED = re.compile(r"(?:编制|编写|拟制|起草|修订|校对|审核|审查|审定|审批|批准|核准|会签)人?$")
_VERSIONED = re.compile(r"(?:修订|更改|批准|生效|发布)?日期$|版次$|版本号?$")
_LAYOUT_LINES = 4  # a cell of so many lines holds a text, not a value


def read_tables(source: Source, given: Mapping[str, Names]) -> list[Grid]:
    """What the cells of each table are; `given` are names that the document's hints give."""
    legend = read_legend(source.text)
    grids = [Grid(index, table, given, legend) for index, table in enumerate(source.tables)]
    for grid in grids:
        grid.understood = _read(grid)
    return grids


def names_in(grids: Sequence[Grid]) -> dict[str, Names]:
    """The names that tables give to departments and posts, so that headings with the same words are known."""
    titles = (reading.title for grid in grids for reading in grid.readings.values() if reading.title is not None)
    names: dict[str, Names] = {}
    for title in titles:
        if title.names is not Names.TOPIC and not _is_number(title.name):
            names.setdefault(title.name, title.names)
    return names


def _is_number(name: str) -> bool:
    return name.isascii() and not any(character.isalpha() for character in name)


def table_units(source: Source, grids: Sequence[Grid], known: Mapping[str, Names]) -> tuple[list[Unit], list[Finding]]:
    """The units of all tables, and a finding for each table that is not understood."""
    starts = line_starts(source.text)
    units = [unit for grid in grids for unit in _units(source, grid, starts, known)]
    findings = [
        Finding(
            "table_not_understood",
            bisect_right(starts, grid.table.start),
            f"a table of {len(grid.table.rows)} rows and {grid.width()} columns",
        )
        for grid in grids
        if not grid.understood
    ]
    return units, findings


def _read(grid: Grid) -> bool:
    """Find out what the table's cells are; False when its kind is not known, and all of it is boilerplate."""
    if _is_of_versions(grid):
        _leave_out(grid, "document-attribute")
        return True
    if read_matrix(grid) or read_duty_table(grid) or read_form(grid) or read_names_and_duties(grid):
        return True
    if read_tasks_and_persons(grid) or _is_layout(grid):
        return True
    _leave_out(grid, "table")
    return False


def _leave_out(grid: Grid, noise: str) -> None:
    for row in grid.rows:
        for cell in cells_of(row):
            grid.set(cell, Reading(noise=noise))


def _is_of_versions(grid: Grid) -> bool:
    """A table of who wrote, checked and approved which version of the document, and when."""
    for row in grid.rows:
        words = {words_of(cell) for cell in cells_of(row)}
        if sum(map(bool, map(_SIGNED.match, words))) > 1 and any(map(_VERSIONED.match, words)):
            return True
    return False


def _units(source: Source, grid: Grid, starts: Sequence[int], known: Mapping[str, Names]) -> Iterator[Unit]:
    """The units of a table's cells; what stands between them is the table's rule."""
    at = grid.table.start
    cells = {cell.start: cell for row in grid.rows for cell in cells_of(row)}
    for start in sorted(cells):
        cell = cells[start]
        yield from _rule(source, at, cell.start, starts)
        yield from _cell_units(source, cell, grid.readings.get(start, Reading()), starts, known)
        at = cell.end
    yield from _rule(source, at, grid.table.end, starts)


def _rule(source: Source, start: int, end: int, starts: Sequence[int]) -> Iterator[Unit]:
    if end > start:
        yield Unit(bisect_right(starts, start), start, source.text[start:end], "", None, None, noise="table-rule")


def _cell_units(
    source: Source, cell: Cell, reading: Reading, starts: Sequence[int], known: Mapping[str, Names]
) -> Iterator[Unit]:
    start = cell.start
    before: Unit | None = None
    for line in _lines(source.text[cell.start : cell.end], markdown=source.markdown):
        unit = make_unit(bisect_right(starts, start), start, line, known, markdown=source.markdown)
        start += len(line)
        noise = reading.noise or (unit.noise if not reading.says else "")
        unit = replace(unit, noise=noise, place=reading.place, lead=reading.lead, says=reading.says, also=reading.also)
        if noise and reading.fact is not None:
            yield replace(unit, fact=reading.fact)
            reading = replace(reading, fact=None)  # a cell of several lines says one
        elif noise:
            yield unit
        elif reading.title is not None:
            yield replace(unit, title=reading.title, marker=None, settled=Settled.HEADING)
        elif reading.says:
            yield replace(unit, marker=None, settled=Settled.ITEM)
        else:
            for part in split_items(unit, before, known, alone=reading.place is not None):
                yield _duty(part, before, reading)
                before = part


def _lines(text: str, *, markdown: bool) -> list[str]:
    """The lines of a cell; in Markdown a <br> or the end of a paragraph or an item ends one too."""
    lines = split_lines(text)
    return [part for line in lines for part in _BREAK.split(line) if part] if markdown else lines


def _duty(unit: Unit, before: Unit | None, reading: Reading) -> Unit:
    """A line of a duty cell: an item, unless it goes on with the numbered one before it or is the list's own title."""
    if reading.place is None:
        return unit
    if unit.title is not None and unit.title.names in (Names.DUTIES, Names.NO_DUTIES):
        return replace(unit, settled=Settled.HEADING)
    continues = unit.marker is None and before is not None and before.marker is not None
    return replace(unit, settled=None if continues else Settled.ITEM)


def _is_layout(grid: Grid) -> bool:
    """A table of one column, or with whole texts in its cells: they are read as lines."""
    if grid.width() == 1:
        return True
    return any(cell.text.count("\n") >= _LAYOUT_LINES for row in grid.rows for cell in cells_of(row))
