"""Plain text and Markdown: the file's text is the extracted text."""

import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from corpus.grammar.repair import plain_markdown
from corpus.model import split_lines
from corpus.readers.decode import read_text
from corpus.source import Cell, Fact, Source, Table

_RULER = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(\|\s*:?-{1,}:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?:\\\||`[^`\n]*`|[^|\n])+")
_FENCE = re.compile(r"\s*(```|~~~)")


def read(path: Path) -> Source:
    text = read_text(path)
    if path.suffix.lower() != ".md":
        return Source(text, path.stem)
    lines = split_lines(text)
    return Source(text, path.stem, _front_matter(lines), tuple(_tables(lines)), markdown=True)


def _front_matter(lines: list[str]) -> dict[int, Fact]:
    """The lines of a YAML head (--- to ---) and of code fences, which hold no duties."""
    noise: dict[int, Fact] = {}
    if lines and lines[0].strip() == "---":
        end = next((index for index, line in enumerate(lines[1:60], 2) if line.strip() == "---"), 0)
        noise.update((number, Fact(noise="front-matter")) for number in range(1, end + 1))
    noise.update((number, Fact(noise="code-fence")) for number, line in enumerate(lines, 1) if _FENCE.match(line))
    return noise


def _tables(lines: list[str]) -> Iterator[Table]:
    """Pipe tables: rows of cells, the second one a ruler."""
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
