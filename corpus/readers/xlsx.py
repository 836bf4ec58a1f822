"""Excel workbooks through openpyxl, row by row."""

import warnings
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.escape import unescape

from corpus.readers import limits
from corpus.readers.archive import check_archive, guarded
from corpus.readers.grid import SheetReader, add_sheet, builder_for, covered
from corpus.source import Source

_WORKBOOK = "xl/workbook.xml"


def read(path: Path) -> Source:
    check_archive(path, _workbook)
    return guarded(path, lambda: _read(path))


def _workbook(archive: zipfile.ZipFile) -> str | None:
    return _WORKBOOK if _WORKBOOK in archive.namelist() else None


def _read(path: Path) -> Source:
    builder = builder_for(path)
    formulas = _formulas(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which hold no duties
        book = openpyxl.load_workbook(path, data_only=True, keep_links=False, rich_text=True)
    limits.check_limit(path.name, "sheets", len(book.sheetnames), limits.MAX_SHEETS)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        reader = SheetReader(path.name, _hidden_columns(sheet))
        for row in sheet.iter_rows():
            hidden = bool(sheet.row_dimensions[row[0].row].hidden) if row else False
            reader.row(list(_values(row, reader)), hidden=hidden)
        areas = [(area.min_row - 1, area.max_row, area.min_col - 1, area.max_col) for area in sheet.merged_cells.ranges]
        for place in formulas.get(sheet.title, ()):
            if sheet[place].value is None:
                builder.finding("formula_without_value", f"{sheet.title}!{place}: a formula whose value was not saved")
        add_sheet(builder, sheet.title, reader, covered(areas, reader.rows), named=len(sheets) > 1)
    return builder.build()


def _values(row: Any, reader: SheetReader) -> Iterator[str]:
    """The cells' values without what is struck out."""
    for cell in row:
        value = cell.value
        if value is None:
            yield ""
        elif isinstance(value, CellRichText):
            shown = "".join(str(run) for run in value if not _is_struck(run))
            if struck := "".join(str(run) for run in value if _is_struck(run)).strip():
                reader.struck_out(struck)
            yield unescape(shown)
        elif cell.has_style and cell.font.strike:
            reader.struck_out(str(value))
            yield ""
        else:
            yield unescape(value) if isinstance(value, str) else value


def _is_struck(run: object) -> bool:
    return isinstance(run, TextBlock) and bool(run.font.strike)


def _hidden_columns(sheet: Any) -> Collection[int]:
    """From 0; one entry of the sheet may stand for several columns."""
    hidden: set[int] = set()
    for column in sheet.column_dimensions.values():
        if column.hidden:
            hidden.update(range(column.min - 1, min(column.max, limits.MAX_COLUMNS)))
    return hidden


def _formulas(path: Path) -> dict[str, list[str]]:
    """The places of formulas by sheet. Counts rows and cells as they stream by, before the workbook is loaded."""
    found: dict[str, list[str]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book: Any = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            reader = SheetReader(path.name)
            for row in sheet.iter_rows():
                reader.row([cell.value for cell in row])
                found.setdefault(sheet.title, []).extend(cell.coordinate for cell in row if cell.data_type == "f")
    book.close()
    return found
