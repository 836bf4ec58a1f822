"""The one form between readers and grammar: extracted text, and what the file's format knows about it.

A reader puts lines and tables together with a SourceBuilder; the grammar (corpus/parse.py) and the understanding of
tables (corpus/tables/units.py) see nothing else. A clause's `lines` and `source_text` refer to this text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.characters import ordinary
from corpus.model import Finding

CELL_SEPARATOR = " | "

_LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\ufffe\uffff]")
_SYMBOL_BULLET = re.compile("^[ \t\u3000]*[\ue000-\uf8ff]+[ \t\u3000\xa0]*(?=\\S)")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Fact:
    """What a format knows about a line.

    It is an outline `heading` level, a list `depth` (both from 1), or the name of its `noise`. `sheet` says that the
    heading is the name of a sheet.
    """

    heading: int = 0
    depth: int = 0
    noise: str = ""
    sheet: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell and where its text is: characters [start, end) of the source's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A grid, as wide as its widest row.

    A merged cell is the same Cell in every place that it covers; None is no cell.
    """

    rows: tuple[tuple[Cell | None, ...], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """`facts` by line number (from 1); `tables` in order of their place.

    `name` is the file's name without suffix, `markdown` says that words carry its marks, and `wrapped` that a line end
    may stand inside a sentence (else every line is a paragraph of its own). `findings` are the reader's own, and
    `recognised` are the lines that a program read from a picture.
    """

    text: str
    name: str = ""
    facts: Mapping[int, Fact] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    markdown: bool = False
    wrapped: bool = True
    findings: tuple[Finding, ...] = ()
    recognised: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class RawCell:
    """A cell as a reader finds it. The same object in several places of a grid is one merged cell."""

    text: str


class SourceBuilder:
    """Collects lines and tables in reading order."""

    def __init__(self, name: str, *, wrapped: bool) -> None:
        self._name = name
        self._wrapped = wrapped
        self._parts: list[str] = []
        self._length = 0
        self._lines = 0
        self._facts: dict[int, Fact] = {}
        self._tables: list[Table] = []
        self._findings: list[Finding] = []
        self.recognised = False  # whether what comes next was read from a picture
        self._recognised: set[int] = set()

    def left_out(self, text: str, reason: str) -> None:
        """Text that is in the file and that its readers do not see, on lines of its own."""
        self.line(text, Fact(noise=reason))

    def finding(self, kind: str, message: str) -> None:
        """Something about the line that comes next."""
        self._findings.append(Finding(kind, self._lines + 1, message))

    def line(self, text: str, fact: Fact | None = None) -> None:
        """A paragraph; line breaks inside it make further lines of the same fact."""
        for part in plain_lines(text):
            if part or not text:
                self._add(part + "\n")
                if fact is not None:
                    self._facts[self._lines] = fact

    def table(self, grid: Sequence[Sequence[RawCell | None]]) -> None:
        """A table: a row whose cells have one line each is one line, any other a line for each line of its cells."""
        start = self._length
        placed: dict[int, Cell] = {}
        for row in grid:
            self._row(row, placed)
        width = max(map(len, grid), default=0)
        cells = (tuple(None if raw is None else placed.get(id(raw)) for raw in row) for row in grid)
        rows = tuple((*row, *[None] * (width - len(row))) for row in cells)
        if placed:
            self._tables.append(Table(rows, start, self._length))

    def _row(self, row: Sequence[RawCell | None], placed: dict[int, Cell]) -> None:
        fresh: dict[int, list[str]] = {}
        for raw in row:
            if raw is not None and id(raw) not in placed and id(raw) not in fresh:
                fresh[id(raw)] = [line for line in plain_lines(raw.text) if line]
        fresh = {key: lines for key, lines in fresh.items() if lines}
        one_line = all(len(lines) == 1 for lines in fresh.values())
        separator = CELL_SEPARATOR if one_line else "\n"
        last = len(fresh) - 1
        for index, (key, lines) in enumerate(fresh.items()):
            start, text = self._length, "\n".join(lines)
            self._add(text + (separator if index < last else "\n"))
            placed[key] = Cell(text, start, start + len(text))

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self.recognised:
            self._recognised.update(range(self._lines + 1, self._lines + 1 + len(text.splitlines())))
        self._lines += text.count("\n")

    def build(self) -> Source:
        text, lines = "".join(self._parts), max(1, self._lines)
        findings = tuple(replace(finding, line=min(finding.line, lines)) for finding in self._findings)
        return Source(
            text,
            self._name,
            self._facts,
            tuple(self._tables),
            wrapped=self._wrapped,
            findings=findings,
            recognised=frozenset(self._recognised),
        )


def plain_lines(text: str) -> list[str]:
    """The lines of a text without what no reader sees; a symbol font's bullet becomes one that the grammar knows.

    >>> plain_lines("\\uf0b7 招聘\\ue004\\x0b培训")
    ['• 招聘', '培训']
    """
    lines = (_INVISIBLE.sub("", line) for line in _LINE_ENDS.split(ordinary(text)))
    return [_PRIVATE.sub("", _SYMBOL_BULLET.sub("• ", line)).replace("\xa0", " ").strip() for line in lines]
