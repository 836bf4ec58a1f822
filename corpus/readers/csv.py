"""Comma, semicolon or tab separated values through the standard library."""

import csv
import io
from pathlib import Path

from corpus.readers.archive import guarded
from corpus.readers.decode import text_of
from corpus.readers.grid import SheetReader, add_sheet, builder_for
from corpus.source import Source

_SEPARATORS = ",;\t|"


def read(path: Path) -> Source:
    text = text_of(path)
    head = text[:10_000]
    separator = max(_SEPARATORS, key=lambda mark: (head.count(mark), -_SEPARATORS.index(mark)))
    return guarded(path, lambda: _read(path, text, separator))


def _read(path: Path, text: str, separator: str) -> Source:
    builder = builder_for(path)
    reader = SheetReader(path.name)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        reader.row(row)
    add_sheet(builder, "", reader, {}, named=False)
    return builder.build()
