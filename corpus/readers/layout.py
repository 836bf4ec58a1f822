"""Pages of lines and tables at their places -> a source: what PDF files and pictures of pages share.

Lines that the margin cut are joined to paragraphs, tables that go on over a page's end to one, and what most pages
repeat at their edges is boilerplate.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.grammar.numbering import find_marker
from corpus.source import Fact, RawCell, Source, SourceBuilder

_EDGE_LINES = 6  # so many lines at the top and at the bottom of a page may be a header or a footer
_REPEATED = 0.6  # on this share of the pages
_SAME_PLACE = 6  # points
_FULL = 2.2  # a line that ends within so many characters of the margin was cut by it
_ENDED = re.compile(r"[。；;：:！？!?]$")
_SENTENCE_END = re.compile(r"[。；;！？]$")

# Left, top, right and bottom, in points from the upper left corner of the page.
Box = tuple[float, float, float, float]
Rows = list[list[RawCell | None]]


@dataclass(slots=True)
class Line:
    """A line of text and where it is; `size` is that of its characters, and `unsure` says that it may be misread."""

    text: str
    top: float
    bottom: float
    left: float
    right: float
    size: float
    noise: bool = False
    unsure: bool = False


@dataclass(slots=True)
class Ruled:
    """A ruled table: where it begins, its rows, and the same text as lines."""

    top: float
    rows: Rows
    lines: list[Line]


@dataclass(slots=True)
class Page:
    """`lines` are those outside of the tables; `recognised` says that a program read a picture of the page.

    `slanted` is text in another direction than most: watermarks, labels at the binding side.
    """

    lines: list[Line]
    tables: list[Ruled]
    slanted: str = ""
    recognised: bool = False


def build(name: str, pages: Sequence[Page]) -> Source:
    _mark_repeated(pages)
    writer = _Writer(name, _margin(pages))
    for page in pages:
        writer.turn_to(page)
        for item in _in_order(page):
            if isinstance(item, Line):
                writer.line(item)
            else:
                writer.table(item)
        if page.slanted:
            writer.slanted(page.slanted)
    return writer.finish()


def rows_of(cells: Sequence[Box], text_in: Callable[[Box], str]) -> Rows:
    """The rows of a ruled table from its cells, each cell in every place that it covers."""
    edges_x = _edges(x for cell in cells for x in (cell[0], cell[2]))
    edges_y = _edges(y for cell in cells for y in (cell[1], cell[3]))
    raws = {cell: RawCell(text_in(cell)) for cell in cells}
    rows = []
    for top, bottom in pairwise(edges_y):
        middle_y = (top + bottom) / 2
        beside = [cell for cell in cells if cell[1] <= middle_y <= cell[3]]
        row: list[RawCell | None] = []
        for left, right in pairwise(edges_x):
            middle_x = (left + right) / 2
            found = next((cell for cell in beside if cell[0] <= middle_x <= cell[2]), None)
            row.append(raws[found] if found else None)
        rows.append(row)
    return rows


def _edges(values: Iterator[float]) -> list[float]:
    """Rising positions, those within 3 points of each other as one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 3:
            edges.append(value)
    return edges


def paragraphs(lines: Iterable[str]) -> str:
    """A cell's paragraphs: its lines, joined where the cell's edge cut them."""
    joined: list[str] = []
    for line in filter(None, lines):
        if joined and find_marker(line) is None and not _SENTENCE_END.search(joined[-1]):
            joined[-1] += line
        else:
            joined.append(line)
    return "\n".join(joined)


def _mark_repeated(pages: Sequence[Page]) -> None:
    """Headers and footers: lines near an edge that most pages have, numbers aside, in the same place."""
    if len(pages) < 2:
        return
    places: Counter[tuple[str, int]] = Counter()
    for page in pages:
        edge = _edge_lines(page)
        places.update({(_shape(line.text), round(line.top / _SAME_PLACE) + shift) for line in edge for shift in (0, 1)})
    for page in pages:
        for line in _edge_lines(page):
            most = max(places[_shape(line.text), round(line.top / _SAME_PLACE) + shift] for shift in (0, 1))
            line.noise = most >= max(2, _REPEATED * len(pages))


def _edge_lines(page: Page) -> list[Line]:
    own = [line for table in page.tables for line in table.lines]
    lines = sorted([*page.lines, *own], key=lambda line: line.top)
    return lines if len(lines) <= 2 * _EDGE_LINES else lines[:_EDGE_LINES] + lines[-_EDGE_LINES:]


def _shape(text: str) -> str:
    """What a header has in common on all pages: its words without the number of the page. Items are no headers."""
    if find_marker(text) and not text.strip().isdigit():
        return text
    return re.sub(r"\d+|\s+", "#", text)


class _Writer:
    """Puts lines together into paragraphs, and tables that go on over a page's end into one."""

    def __init__(self, name: str, margin: float) -> None:
        self.builder = SourceBuilder(name, wrapped=False)
        self.margin = margin
        self.paragraph: list[Line] = []
        self.rows: Rows = []
        self.unsure = False  # whether something in the open table may be misread
        self.left_out: list[str] = []
        self.repeated: list[Line] = []  # headers and footers inside what is open, which come after it

    def turn_to(self, page: Page) -> None:
        if page.recognised != self.builder.recognised:
            self._flush()
            self.builder.recognised = page.recognised

    def line(self, line: Line) -> None:
        if line.noise:
            self.repeated.append(line)
            return
        if self.rows or (self.paragraph and not _goes_on(self.paragraph[-1], line, self.margin)) or not self.paragraph:
            self._flush()
        self.paragraph.append(line)

    def table(self, table: Ruled) -> None:
        if self.paragraph or (self.rows and len(self.rows[0]) != len(table.rows[0])):
            self._flush()
        self.rows += table.rows
        self.unsure = self.unsure or any(line.unsure for line in table.lines)

    def slanted(self, text: str) -> None:
        self.left_out.append(text)

    def _flush(self) -> None:
        if self.paragraph:
            self._find_unsure(any(line.unsure for line in self.paragraph))
            self.builder.line(_joined(self.paragraph))
        if self.rows:
            self._find_unsure(self.unsure)
            self.builder.table(self.rows)
        for line in self.repeated:
            self.builder.line(line.text, Fact(noise="page-header"))
        self.paragraph, self.rows, self.repeated, self.unsure = [], [], [], False

    def _find_unsure(self, unsure: bool) -> None:
        if unsure:
            self.builder.finding("unsure_recognition", "text recognition is not sure of what begins here")

    def finish(self) -> Source:
        self._flush()
        for text in dict.fromkeys(self.left_out):
            self.builder.left_out(text, "watermark")
        return self.builder.build()


def _in_order(page: Page) -> list[Line | Ruled]:
    """Lines and tables from top to bottom. A table whose lines are repeated on every page is lines."""
    items: list[Line | Ruled] = [*page.lines]
    for table in page.tables:
        repeated = table.lines and all(line.noise for line in table.lines)
        items += table.lines if repeated else [table]
    return sorted(items, key=lambda item: item.top)


def _margin(pages: Sequence[Page]) -> float:
    """Where full lines end: what one in twenty lines reaches or passes."""
    rights = sorted(line.right for page in pages for line in page.lines if not line.noise)
    return rights[int(len(rights) * 0.95)] if rights else 0


def _goes_on(line: Line, following: Line, margin: float) -> bool:
    """Whether a line was cut by the margin, and the next one goes on with it."""
    marker = find_marker(following.text)
    starts = marker is not None and not marker.style.damaged
    full = line.right > margin - _FULL * line.size
    return full and not starts and not _ENDED.search(line.text) and abs(line.size - following.size) < 1


def _joined(lines: Sequence[Line]) -> str:
    text = ""
    for line in lines:
        seam = text and text[-1].isascii() and line.text[0].isascii() and (text[-1] + line.text[0]).isalnum()
        text += (" " if seam else "") + line.text
    return text
