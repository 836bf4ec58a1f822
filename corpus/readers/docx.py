"""Word documents through python-docx: paragraphs with their automatic numbers, outline levels, tables."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from corpus.readers import limits
from corpus.readers.archive import check_archive, guarded
from corpus.readers.word_numbers import Level, Numbering
from corpus.source import Fact, RawCell, Source, SourceBuilder

_SKIPPED = {qn("w:del"), qn("w:txbxContent"), qn("w:instrText"), qn("w:pPr"), qn("w:rPr"), qn("w:moveFrom")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CONTENTS_STYLE = ("toc ", "目录")
_HEADING_STYLE = re.compile(r"(?:heading|标题) ([1-9])$")
_MAX_NESTING = 20


def read(path: Path) -> Source:
    check_archive(path, "word/document.xml")
    return guarded(path, lambda: _Reader(path).read())


class _Reader:
    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.document = docx.Document(str(path))
        self.builder = SourceBuilder(path.stem, wrapped=False)
        self.styles = {
            style.get(qn("w:styleId")): style for style in self.document.styles.element.findall(qn("w:style"))
        }
        self.numbering = Numbering(_numbering_levels(self.document))

    def read(self) -> Source:
        for block in _blocks(self.document.element.body):
            if block.tag == qn("w:tbl"):
                self.builder.table(self._grid(block, 0))
            else:
                text, fact = self._paragraph(block)
                self.builder.line(text, fact)
        return self.builder.build()

    def _paragraph(self, paragraph: Any) -> tuple[str, Fact]:
        """A paragraph's text with its automatic number, and its outline level and list depth."""
        text = "".join(_texts(paragraph)).strip()
        style = self._style_chain(paragraph)
        name = next(
            (element.get(qn("w:val")) for entry in style if (element := entry.find(qn("w:name"))) is not None), ""
        ).lower()
        if name.startswith(_CONTENTS_STYLE):
            return text, Fact(noise="table-of-contents")
        number_id, level = self._number_of(paragraph, style)
        number = self.numbering.next(number_id, level) if number_id and text else ""
        heading = self._outline(paragraph, style, name)
        return number + text, Fact(heading=heading, depth=level + 1 if number else 0)

    def _style_chain(self, paragraph: Any) -> list[Any]:
        """The paragraph's style and those that it is based on."""
        properties = paragraph.find(qn("w:pPr"))
        reference = properties.find(qn("w:pStyle")) if properties is not None else None
        chain: list[Any] = []
        style_id = reference.get(qn("w:val")) if reference is not None else None
        while style_id in self.styles and self.styles[style_id] not in chain:
            chain.append(self.styles[style_id])
            base = self.styles[style_id].find(qn("w:basedOn"))
            style_id = base.get(qn("w:val")) if base is not None else None
        return chain

    def _number_of(self, paragraph: Any, style: Sequence[Any]) -> tuple[str, int]:
        """The list that numbers a paragraph ('' for none) and the level in it, from the paragraph or from its style."""
        number_id, level = "", None
        for owner in (paragraph, *style):
            properties = owner.find(qn("w:pPr"))
            number = properties.find(qn("w:numPr")) if properties is not None else None
            if number is None:
                continue
            id_element, level_element = number.find(qn("w:numId")), number.find(qn("w:ilvl"))
            if level is None and level_element is not None:
                level = int(level_element.get(qn("w:val")))
            if not number_id and id_element is not None:
                number_id = id_element.get(qn("w:val"))
        return ("" if number_id == "0" else number_id), level or 0

    def _outline(self, paragraph: Any, style: Sequence[Any], name: str) -> int:
        if match := _HEADING_STYLE.match(name):
            return int(match[1])
        for owner in (paragraph, *style):
            properties = owner.find(qn("w:pPr"))
            outline = properties.find(qn("w:outlineLvl")) if properties is not None else None
            if outline is not None:
                level = int(outline.get(qn("w:val")))
                return level + 1 if level < 9 else 0
        return 1 if name in ("title", "标题") else 0

    def _grid(self, table: Any, nesting: int) -> list[list[RawCell | None]]:
        grid: list[list[RawCell | None]] = []
        cells = 0
        for row in table.iterchildren(qn("w:tr")):
            limits.check_limit(self.name, "table rows", len(grid) + 1, limits.MAX_ROWS)
            above = grid[-1] if grid else []
            line: list[RawCell | None] = [None] * _skipped_columns(row)
            for cell in _row_cells(row):
                properties = cell.find(qn("w:tcPr"))
                span = min(_value(properties, "w:gridSpan", 1), limits.MAX_COLUMNS)
                merge = properties.find(qn("w:vMerge")) if properties is not None else None
                goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
                column = len(line)
                raw = above[column] if goes_on and column < len(above) else None
                raw = raw or RawCell(self._cell_text(cell, nesting))
                line += [raw] * span
                cells += span
            limits.check_limit(self.name, "table cells", cells, limits.MAX_CELLS)
            grid.append(line)
        return grid

    def _cell_text(self, cell: Any, nesting: int) -> str:
        lines = []
        for block in _blocks(cell):
            if block.tag == qn("w:p"):
                lines.append(self._paragraph(block)[0])
            elif nesting < _MAX_NESTING:
                rows = self._grid(block, nesting + 1)
                lines += [raw.text for row in rows for raw in dict.fromkeys(row) if raw is not None]
        return "\n".join(lines)


def _numbering_levels(document: Any) -> dict[str, tuple[str, dict[int, Level]]]:
    """For each list id, the id of its counters and its levels."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    abstract = {element.get(qn("w:abstractNumId")): element for element in root.findall(qn("w:abstractNum"))}
    lists = {}
    for number in root.findall(qn("w:num")):
        base = number.find(qn("w:abstractNumId"))
        abstract_id = base.get(qn("w:val")) if base is not None else ""
        levels = _levels(abstract.get(abstract_id))
        overrides = number.findall(qn("w:lvlOverride"))
        for override in overrides:
            levels |= _levels(override)
            start = _value(override, "w:startOverride", 0)
            index = int(override.get(qn("w:ilvl")))
            if start and index in levels:
                levels[index] = levels[index]._replace(start=start)
        number_id = number.get(qn("w:numId"))
        lists[number_id] = (number_id if overrides else f"abstract {abstract_id}", levels)
    return lists


def _levels(element: Any) -> dict[int, Level]:
    if element is None:
        return {}
    levels = {}
    for level in element.findall(qn("w:lvl")):
        form, text = level.find(qn("w:numFmt")), level.find(qn("w:lvlText"))
        levels[int(level.get(qn("w:ilvl")))] = Level(
            form.get(qn("w:val")) if form is not None else "decimal",
            (text.get(qn("w:val")) or "") if text is not None else "",
            _value(level, "w:start", 1),
        )
    return levels


def _value(element: Any, tag: str, default: int) -> int:
    child = element.find(qn(tag)) if element is not None else None
    value = child.get(qn("w:val")) if child is not None else None
    return int(value) if value and value.lstrip("-").isdigit() else default


def _skipped_columns(row: Any) -> int:
    return min(_value(row.find(qn("w:trPr")), "w:gridBefore", 0), limits.MAX_COLUMNS)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those inside content controls and insertions too."""
    stack = list(reversed(list(parent)))
    while stack:
        element = stack.pop()
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag"), qn("w:customXml")):
            stack.extend(reversed(list(element)))


def _row_cells(row: Any) -> Iterator[Any]:
    for element in row.iterchildren():
        if element.tag == qn("w:tc"):
            yield element
        elif element.tag == qn("w:sdt"):
            yield from element.iter(qn("w:tc"))


def _texts(paragraph: Any) -> Iterator[str]:
    stack = list(reversed(list(paragraph)))
    while stack:
        element = stack.pop()
        if element.tag in _SKIPPED or element.tag == _FALLBACK:
            continue
        if element.tag == qn("w:t"):
            yield element.text or ""
        elif element.tag == qn("w:tab"):
            yield "\t"
        elif element.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        elif element.tag == qn("w:noBreakHyphen"):
            yield "-"
        else:
            stack.extend(reversed(list(element)))
