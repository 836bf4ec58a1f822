"""Excel workbooks from before 2007 through xlrd."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd

from corpus.errors import DocumentError
from corpus.readers import limits
from corpus.readers.archive import OLE, guarded
from corpus.readers.grid import SheetReader, add_sheet, builder_for, covered
from corpus.source import Source


def read(path: Path) -> Source:
    with path.open("rb") as file:
        if file.read(8) != OLE:
            raise DocumentError(
                f"{path.name}: not a .xls file. If it is a newer workbook or a web page, rename or save it as that"
            )
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    builder = builder_for(path)
    with io.StringIO() as log:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=log)
        limits.check_limit(path.name, "sheets", book.nsheets, limits.MAX_SHEETS)
        sheets = [sheet for sheet in book.sheets() if sheet.visibility == 0]
        for sheet in sheets:
            reader = SheetReader(path.name, [column for column, info in sheet.colinfo_map.items() if info.hidden])
            for row in range(sheet.nrows):
                info = sheet.rowinfo_map.get(row)
                reader.row(list(_values(book, sheet, row, reader)), hidden=bool(info and info.hidden))
            add_sheet(builder, sheet.name, reader, covered(sheet.merged_cells, reader.rows), named=len(sheets) > 1)
    return builder.build()


def _values(book: Any, sheet: Any, row: int, reader: SheetReader) -> Iterator[object]:
    """The cells' values without what is struck out."""
    for column, value in enumerate(sheet.row_values(row)):
        runs = sheet.rich_text_runlist_map.get((row, column), [])
        first = book.xf_list[sheet.cell_xf_index(row, column)].font_index
        fonts = [(0, first), *runs]
        if not isinstance(value, str) or not any(book.font_list[font].struck_out for _, font in fonts):
            yield value
            continue
        shown = ""
        for (start, font), end in zip(fonts, [*(start for start, _ in runs), len(value)], strict=True):
            if book.font_list[font].struck_out and start < end:
                reader.struck_out(value[start:end])
            else:
                shown += value[start:end]
        yield shown
