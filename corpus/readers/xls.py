"""Excel workbooks from before 2007 through xlrd."""

import io
from pathlib import Path

import xlrd

from corpus.errors import DocumentError
from corpus.readers import limits
from corpus.readers.archive import guarded
from corpus.readers.grid import SheetReader, add_sheet, builder_for, covered
from corpus.source import Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(path: Path) -> Source:
    with path.open("rb") as file:
        if file.read(8) != _OLE:
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
            reader = SheetReader(path.name)
            for row in range(sheet.nrows):
                reader.row(sheet.row_values(row))
            add_sheet(builder, sheet.name, reader.rows, covered(sheet.merged_cells, reader.rows), named=len(sheets) > 1)
    return builder.build()
