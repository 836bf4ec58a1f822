"""Excel workbooks through openpyxl, row by row."""

import warnings
from pathlib import Path
from typing import Any

import openpyxl

from corpus.readers import limits
from corpus.readers.archive import check_archive, guarded
from corpus.readers.grid import SheetReader, add_sheet, builder_for, covered
from corpus.source import Source


def read(path: Path) -> Source:
    check_archive(path, "xl/workbook.xml")
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    builder = builder_for(path)
    _check_rows(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which hold no duties
        book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    limits.check_limit(path.name, "sheets", len(book.sheetnames), limits.MAX_SHEETS)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        reader = SheetReader(path.name)
        for row in sheet.iter_rows(values_only=True):
            reader.row(row)
        areas = [(area.min_row - 1, area.max_row, area.min_col - 1, area.max_col) for area in sheet.merged_cells.ranges]
        add_sheet(builder, sheet.title, reader.rows, covered(areas, reader.rows), named=len(sheets) > 1)
    return builder.build()


def _check_rows(path: Path) -> None:
    """Count rows and cells as they stream by, before the workbook is loaded with its merged cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book: Any = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            reader = SheetReader(path.name)
            for row in sheet.iter_rows(values_only=True):
                reader.row(row)
    book.close()
