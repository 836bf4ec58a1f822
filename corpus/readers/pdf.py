"""PDF files with text, through pdfplumber: paragraphs, tables, and what is repeated on every page as boilerplate."""

import logging
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException

from corpus.errors import DocumentError
from corpus.grammar.numbering import find_marker
from corpus.readers import limits
from corpus.readers.archive import guarded
from corpus.source import Fact, RawCell, Source, SourceBuilder, plain_lines

_EDGE_LINES = 6  # so many lines at the top and at the bottom of a page may be a header or a footer
_REPEATED = 0.6  # on this share of the pages
_SAME_PLACE = 6  # points
_RIGHT_ANGLE = 18  # in steps of 5 degrees
_UPRIGHT = 0.2  # a page with this share of its characters upright is upright
_FULL = 2.2  # a line that ends within so many characters of the margin was cut by it
_ENDED = re.compile(r"[。；;：:！？!?]$")
_SENTENCE_END = re.compile(r"[。；;！？]$")


@dataclass(slots=True)
class _Line:
    text: str
    top: float
    bottom: float
    left: float
    right: float
    size: float
    noise: bool = False


@dataclass(slots=True)
class _Page:
    lines: list[_Line]
    tables: list[tuple[float, float, list[list[RawCell | None]]]]  # top, bottom, cells
    slanted: str  # text in another direction than most: watermarks, labels at the binding side


def read(path: Path) -> Source:
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(1024):
            raise DocumentError(f"{path.name}: not a PDF file. Save it as .pdf again, or rename it to its own type")
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    try:
        pdf = pdfplumber.open(path)
    except PdfminerException as error:
        if "Password" in repr(error):
            raise DocumentError(
                f"{path.name}: encrypted; allowed: files without a password. Save it without one"
            ) from None
        raise
    with pdf:
        limits.check_limit(path.name, "pages", len(pdf.pages), limits.MAX_PAGES)
        pages = []
        pictures = 0
        for page in pdf.pages:
            pages.append(_page(path.name, page))
            pictures += bool(page.images)
            page.close()
    if not any(page.lines or page.tables for page in pages):
        reason = "its pages are pictures (scanned)" if pictures else "it holds no text"
        raise DocumentError(
            f"{path.name}: {reason}; allowed: PDF files with text. Run text recognition (OCR) on it first"
        )
    _mark_repeated(pages)
    return _build(path.stem, pages)


def _page(name: str, page: Any) -> _Page:
    limits.check_limit(name, "characters on a page", len(page.chars), limits.MAX_CHARACTERS // 10)
    directions = Counter(direction for char in page.chars if (direction := _direction(char)) % _RIGHT_ANGLE == 0)
    upright = directions[0] >= _UPRIGHT * directions.total()
    main = 0 if upright else directions.most_common(1)[0][0]
    slanted = "".join(char["text"] for char in page.chars if _direction(char) != main)
    if slanted:
        page = page.filter(lambda item: item["object_type"] != "char" or _direction(item) == main)
    page = page.dedupe_chars()  # text drawn twice looks bold
    found = [table for table in page.find_tables() if len(table.rows) > 1 and _columns(table) > 1]
    tables = []
    for table in found:
        grid = _grid(page, table)
        tables.append((table.bbox[1], table.bbox[3], grid))
    lines = []
    for line in page.extract_text_lines(return_chars=True, x_tolerance=2):
        text = plain_lines(line["text"])[0]
        if text:
            size = sorted(char["size"] for char in line["chars"])[len(line["chars"]) // 2]
            lines.append(_Line(text, line["top"], line["bottom"], line["x0"], line["x1"], size))
    return _Page(lines, tables, slanted)


def _direction(char: Mapping[str, Any]) -> int:
    """The angle of a character's base line in steps of 5 degrees, from 0 to 71."""
    a, b = char["matrix"][:2]
    return round(math.degrees(math.atan2(b, a)) / 5) % (4 * _RIGHT_ANGLE)


def _columns(table: Any) -> int:
    return max(sum(cell is not None for cell in row.cells) for row in table.rows)


def _grid(page: Any, table: Any) -> list[list[RawCell | None]]:
    """The cells of a ruled table in every place that they cover, found by their edges."""
    edges_x = _edges(x for cell in table.cells for x in (cell[0], cell[2]))
    edges_y = _edges(y for cell in table.cells for y in (cell[1], cell[3]))
    raws = {cell: RawCell(_cell_text(page, cell)) for cell in table.cells}
    grid = []
    for top, bottom in pairwise(edges_y):
        middle_y = (top + bottom) / 2
        row: list[RawCell | None] = []
        for left, right in pairwise(edges_x):
            middle_x = (left + right) / 2
            cell = next((c for c in table.cells if c[0] <= middle_x <= c[2] and c[1] <= middle_y <= c[3]), None)
            row.append(raws[cell] if cell else None)
        grid.append(row)
    return grid


def _edges(values: Iterator[float]) -> list[float]:
    """Rising positions, those within 3 points of each other as one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 3:
            edges.append(value)
    return edges


def _cell_text(page: Any, box: tuple[float, float, float, float]) -> str:
    """A cell's paragraphs: its lines, joined where the cell's edge cut them."""
    words = page.within_bbox(box, strict=False).extract_text(x_tolerance=2) or ""
    paragraphs: list[str] = []
    for line in filter(None, plain_lines(words)):
        if paragraphs and find_marker(line) is None and not _SENTENCE_END.search(paragraphs[-1]):
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
    return "\n".join(paragraphs)


def _mark_repeated(pages: Sequence[_Page]) -> None:
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


def _edge_lines(page: _Page) -> list[_Line]:
    lines = sorted(page.lines, key=lambda line: line.top)
    return lines if len(lines) <= 2 * _EDGE_LINES else lines[:_EDGE_LINES] + lines[-_EDGE_LINES:]


def _shape(text: str) -> str:
    """What a header has in common on all pages: its words without the number of the page. Items are no headers."""
    if find_marker(text) and not text.strip().isdigit():
        return text
    return re.sub(r"\d+|\s+", "#", text)


def _build(name: str, pages: Sequence[_Page]) -> Source:
    writer = _Writer(name, _margin(pages))
    for page in pages:
        for item in _in_order(page):
            if isinstance(item, _Line):
                writer.line(item)
            else:
                writer.table(item)
        if page.slanted:
            writer.slanted(page.slanted)
    return writer.finish()


class _Writer:
    """Puts lines together into paragraphs, and tables that go on over a page's end into one."""

    def __init__(self, name: str, margin: float) -> None:
        self.builder = SourceBuilder(name, wrapped=False)
        self.margin = margin
        self.paragraph: list[_Line] = []
        self.rows: list[list[RawCell | None]] = []
        self.left_out: list[str] = []
        self.repeated: list[
            _Line
        ] = []  # headers and footers inside the paragraph or table that is open; they come after it

    def line(self, line: _Line) -> None:
        if line.noise:
            self.repeated.append(line)
            return
        if self.rows or (self.paragraph and not _goes_on(self.paragraph[-1], line, self.margin)) or not self.paragraph:
            self._flush()
        self.paragraph.append(line)

    def table(self, rows: list[list[RawCell | None]]) -> None:
        if self.paragraph or (self.rows and len(self.rows[0]) != len(rows[0])):
            self._flush()
        self.rows += rows

    def slanted(self, text: str) -> None:
        self.left_out.append(text)

    def _flush(self) -> None:
        if self.paragraph:
            self.builder.line(_joined(self.paragraph))
        if self.rows:
            self.builder.table(self.rows)
        for line in self.repeated:
            self.builder.line(line.text, Fact(noise="page-header"))
        self.paragraph, self.rows, self.repeated = [], [], []

    def finish(self) -> Source:
        self._flush()
        for text in dict.fromkeys(self.left_out):
            self.builder.left_out(text, "watermark")
        return self.builder.build()


def _in_order(page: _Page) -> list[_Line | list[list[RawCell | None]]]:
    """Lines and tables from top to bottom. A table whose lines are repeated on every page is lines."""
    items: list[tuple[float, _Line | list[list[RawCell | None]]]] = []
    inside: set[int] = set()
    for top, bottom, grid in page.tables:
        own = [line for line in page.lines if top - 1 <= (line.top + line.bottom) / 2 <= bottom + 1]
        if own and all(line.noise for line in own):
            continue
        inside.update(id(line) for line in own)
        items.append((top, grid))
    items += [(line.top, line) for line in page.lines if id(line) not in inside]
    return [item for _, item in sorted(items, key=lambda entry: entry[0])]


def _margin(pages: Sequence[_Page]) -> float:
    """Where full lines end: what one in twenty lines reaches or passes."""
    rights = sorted(line.right for page in pages for line in page.lines if not line.noise)
    return rights[int(len(rights) * 0.95)] if rights else 0


def _goes_on(line: _Line, following: _Line, margin: float) -> bool:
    """Whether a line was cut by the margin, and the next one goes on with it."""
    marker = find_marker(following.text)
    starts = marker is not None and not marker.style.damaged
    full = line.right > margin - _FULL * line.size
    return full and not starts and not _ENDED.search(line.text) and abs(line.size - following.size) < 1


def _joined(lines: Sequence[_Line]) -> str:
    text = ""
    for line in lines:
        seam = text and text[-1].isascii() and line.text[0].isascii() and (text[-1] + line.text[0]).isalnum()
        text += (" " if seam else "") + line.text
    return text
