"""What Markdown knows of its lines, and its tables: pipes, or HTML written into it."""

import html
import re
from collections.abc import Iterator
from itertools import accumulate

from corpus.grammar.repair import plain_markdown
from corpus.model import split_lines
from corpus.readers.limits import MAX_COLUMNS, MAX_ROWS
from corpus.source import Cell, Fact, Table

_RULER = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*$")
_CELL = re.compile(r"(?:\\\||`[^`\n]*`|[^|\n])+")
_FENCE = re.compile(r"\s*(```|~~~)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PROSE = 0.3  # of the characters between fences are Chinese where people set apart words, not code
_TAG = re.compile(r"<(?P<end>/?)(?P<name>table|tr|td|th)\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_SPAN = re.compile(r"(?P<name>row|col)span\s*=\s*[\"']?(?P<count>\d{1,4})", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/li|/div)\s*/?>", re.IGNORECASE)
_INSIDE = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]\n]{1,200}\]\(#[^()\n]{0,300}\)\s*$")
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+•]|(?P<number>\d{1,3})[.)、])(?=\s|[^\x00-\x7f])")
_NESTED = 2  # columns that an item stands further in than the one that it is below
_ANY_TAG = re.compile(r"<[^<>]{0,300}>")


def markdown_facts(lines: list[str]) -> dict[int, Fact]:
    """How deep list items are nested; the lines that hold no duties: a YAML head (--- to ---), code and its fences."""
    return {number: Fact(depth=depth) for number, depth in _list_depths(lines)} | _noise(lines)


def _list_depths(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The items of lists inside lists: the line, and how many items it is below. What is outermost is left out."""
    above: list[int] = []  # the columns of the items that the next one may be below
    for number, line in enumerate(lines, 1):
        item = _ITEM.match(line)
        if item is None:
            above = above if not line.strip() or line[0].isspace() else []
            continue
        column = len(item["indent"].expandtabs(4))
        siblings = False
        while above and column < above[-1] + _NESTED:
            siblings = above.pop() <= column + _NESTED
        if above and not siblings and item["number"] not in (None, "1"):
            continue  # the outer list goes on, badly indented
        if above:
            yield number, len(above)
        above.append(column)


def _noise(lines: list[str]) -> dict[int, Fact]:
    """The lines of a YAML head (--- to ---), of links inside the page, of code fences and of the code between them."""
    noise = {number: Fact(noise="table-of-contents") for number, line in enumerate(lines, 1) if _INSIDE.match(line)}
    if lines and lines[0].strip() == "---":
        end = next((index for index, line in enumerate(lines[1:60], 2) if line.strip() == "---"), 0)
        noise.update((number, Fact(noise="front-matter")) for number in range(1, end + 1))
    fences = [number for number, line in enumerate(lines, 1) if _FENCE.match(line)]
    noise.update((number, Fact(noise="code-fence")) for number in fences)
    for first, last in zip(fences[::2], fences[1::2], strict=False):
        code = "".join(lines[first : last - 1])
        if len(_HAN.findall(code)) < _PROSE * len(code):
            noise.update((number, Fact(noise="code")) for number in range(first + 1, last))
    return noise


def markdown_tables(text: str) -> tuple[Table, ...]:
    """Pipe tables and tables written as HTML, in order."""
    html = list(_html_tables(text))
    piped = [table for table in _pipe_tables(split_lines(text)) if not any(_overlap(table, other) for other in html)]
    return tuple(sorted([*html, *piped], key=lambda table: table.start))


def _overlap(table: Table, other: Table) -> bool:
    return table.start < other.end and other.start < table.end


def _pipe_tables(lines: list[str]) -> Iterator[Table]:
    """Rows of cells, the second one a ruler."""
    starts = list(accumulate(map(len, lines), initial=0))
    index = 0
    while index + 1 < len(lines):
        if "|" not in lines[index] or "|" not in lines[index + 1] or not _RULER.match(lines[index + 1]):
            index += 1
            continue
        end = index + 2
        while end < len(lines) and "|" in lines[end] and lines[end].strip():
            end += 1
        rows = [_cells(lines[row], starts[row]) for row in range(index, end) if row != index + 1]
        width = max(map(len, rows))
        yield Table(tuple((*row, *[None] * (width - len(row))) for row in rows), starts[index], starts[end])
        index = end


def _cells(line: str, start: int) -> tuple[Cell | None, ...]:
    body = line.rstrip("\r\n")
    cells: list[Cell | None] = []
    edge = 1 if body.lstrip().startswith("|") else 0
    at = body.index("|") + 1 if edge else 0
    while at <= len(body):
        match = _CELL.match(body, at)
        words = match.group() if match else ""
        text = words.strip()
        if text:
            first = at + words.index(text)
            cells.append(Cell(plain_markdown(text), start + first, start + first + len(text)))
        elif match or at < len(body):
            cells.append(None)
        at = (match.end() if match else at) + 1
    return tuple(cells)


# -- tables written as HTML --------------------------------------------------------------------------------------------


def _html_tables(text: str) -> Iterator[Table]:
    """The innermost tables; a tag that is not closed ends where the next one begins."""
    start = -1
    rows: list[list[tuple[Cell | None, int, int]]] = []
    cell: tuple[int, re.Match[str]] | None = None
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if cell is not None and rows:
            rows[-1].append((_html_cell(text, cell[0], tag.start()), *_spans(cell[1])))
        cell = None
        if name == "table" and not tag["end"]:
            start, rows = tag.start(), []
        elif start < 0:
            continue
        elif name == "table":
            if any(rows):
                line_end = text.find("\n", tag.end()) + 1 or len(text)
                yield Table(_grid(rows), text.rfind("\n", 0, start) + 1, line_end)
            start = -1
        elif name == "tr" and not tag["end"]:
            rows.append([])
        elif name in ("td", "th") and not tag["end"]:
            cell = (tag.end(), tag)


def _spans(tag: re.Match[str]) -> tuple[int, int]:
    """How many rows and columns a cell covers."""
    found = {match["name"].lower(): int(match["count"]) for match in _SPAN.finditer(tag["attributes"])}
    return max(1, min(found.get("row", 1), MAX_ROWS)), max(1, min(found.get("col", 1), MAX_COLUMNS))


def _html_cell(text: str, start: int, end: int) -> Cell | None:
    words = text[start:end]
    shown = html.unescape(_ANY_TAG.sub("", _BREAK.sub("\n", plain_markdown(words)))).strip()
    if not shown:
        return None
    start += len(words) - len(words.lstrip())
    return Cell("\n".join(filter(None, map(str.strip, shown.split("\n")))), start, start + len(words.strip()))


def _grid(rows: list[list[tuple[Cell | None, int, int]]]) -> tuple[tuple[Cell | None, ...], ...]:
    """The cells in every place that they cover."""
    places: dict[tuple[int, int], Cell | None] = {}
    for row, cells in enumerate(rows):
        column = 0
        for cell, down, across in cells:
            while (row, column) in places:
                column += 1
            places.update(
                {(row + r, column + c): cell for r in range(min(down, len(rows) - row)) for c in range(across)}
            )
            column += across
    width = max((column for _, column in places), default=-1) + 1
    return tuple(tuple(places.get((row, column)) for column in range(width)) for row in range(len(rows)))
