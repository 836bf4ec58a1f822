"""Word documents through python-docx: paragraphs with their automatic numbers, outline levels, tables."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from corpus.readers import limits
from corpus.readers.archive import check_archive, guarded
from corpus.readers.word_numbers import Level, Numbering
from corpus.readers.word_package import main_part, plain_package
from corpus.source import CELL_SEPARATOR, Fact, RawCell, Source, SourceBuilder

_SKIPPED = {qn("w:del"), qn("w:txbxContent"), qn("w:instrText"), qn("w:delText"), qn("w:pPr"), qn("w:moveFrom")}
_WRAPPERS = {
    qn(f"w:{name}")
    for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple")
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_SHOWN = (("w:vanish", "hidden"), ("w:strike", "struck-out"), ("w:dstrike", "struck-out"))
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_OFF = ("0", "false", "off")
_CONTENTS_STYLE = ("toc ", "目录")
_HEADING_STYLE = re.compile(r"(?:heading|标题) ([1-9])$")
_MAX_NESTING = 20


def read(path: Path) -> Source:
    check_archive(path, main_part)
    return guarded(path, lambda: _Reader(path).read())


class _Reader:
    def __init__(self, path: Path) -> None:
        self.name = path.name
        with zipfile.ZipFile(path) as archive:
            self.document = docx.Document(plain_package(archive))
        self.builder = SourceBuilder(path.stem, wrapped=False)
        self.styles = {
            style.get(qn("w:styleId")): style for style in self.document.styles.element.findall(qn("w:style"))
        }
        self.numbering = Numbering(_numbering_levels(self.document))
        self.left_out: list[tuple[str, str]] = []  # text that Word does not show, or shows struck out, and why

    def read(self) -> Source:
        self._read_blocks(self.document.element.body)
        return self.builder.build()

    def _read_blocks(self, parent: Any, nesting: int = 0) -> None:
        for block in _blocks(parent):
            if block[0].tag == qn("w:p"):
                text, fact = self._paragraph(block)
                self.builder.line(text, fact)
            elif nesting < _MAX_NESTING and _is_layout(block[0]):
                for row in _rows(block[0]):
                    for cell in _row_cells(row):
                        self._read_blocks(cell, nesting + 1)
            else:
                self.builder.table(self._grid(block[0], nesting))
            self._report_left_out()

    def _report_left_out(self) -> None:
        if self.left_out:
            self.builder.finding("not_shown", f"hidden or struck out: {self.left_out[0][0][:40]}")
        for text, reason in self.left_out:
            self.builder.left_out(text, reason)
        self.left_out = []

    def _paragraph(self, paragraphs: Sequence[Any]) -> tuple[str, Fact]:
        """A paragraph's text with its automatic number, and its outline level and list depth.

        It is several in the file where the mark between them was deleted.
        """
        paragraph = paragraphs[0]
        style = self._style_chain(paragraph)
        text = "".join(self._shown(part) for part in paragraphs).strip()
        name = next(
            (element.get(qn("w:val")) for entry in style if (element := entry.find(qn("w:name"))) is not None), ""
        ).lower()
        if name.startswith(_CONTENTS_STYLE):
            return text, Fact(noise="table-of-contents")
        number_id, level = self._number_of(paragraph, style)
        number = self.numbering.next(number_id, level) if number_id and text else ""
        heading = self._outline(paragraph, style, name)
        return number + text, Fact(heading=heading, depth=level + 1 if number else 0)

    def _shown(self, paragraph: Any) -> str:
        """A paragraph's text; what is hidden or struck out in it is kept aside."""
        shown: list[str] = []
        aside: dict[str, list[str]] = {}
        inherited = self._not_shown([entry.find(qn("w:rPr")) for entry in self._style_chain(paragraph)])
        for run, text in _texts(paragraph):
            properties = run.find(qn("w:rPr")) if run is not None else None
            own = [properties, *self._run_style(properties)]
            reason = self._not_shown(own, inherited)
            (aside.setdefault(reason, []) if reason else shown).append(text)
        for reason, parts in aside.items():
            if text := "".join(parts).strip():
                self.left_out.append((text, reason))
        return "".join(shown)

    def _run_style(self, properties: Any) -> list[Any]:
        """The properties of a run's style and of those that it is based on."""
        reference = properties.find(qn("w:rStyle")) if properties is not None else None
        return [entry.find(qn("w:rPr")) for entry in self._chain(reference)]

    def _not_shown(self, properties: Sequence[Any], inherited: str = "") -> str:
        """Why text with these properties, the nearest first, is not shown; '' where it is."""
        for tag, reason in _NOT_SHOWN:
            found = (entry.find(qn(tag)) for entry in properties if entry is not None)
            nearest = next((element for element in found if element is not None), None)
            if nearest is not None and nearest.get(qn("w:val")) not in _OFF:
                return reason
            if nearest is not None and inherited == reason:
                inherited = ""
        return inherited

    def _style_chain(self, paragraph: Any) -> list[Any]:
        """The paragraph's style and those that it is based on."""
        properties = paragraph.find(qn("w:pPr"))
        return self._chain(properties.find(qn("w:pStyle")) if properties is not None else None)

    def _chain(self, reference: Any) -> list[Any]:
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
        for row in _rows(table):
            limits.check_limit(self.name, "table rows", len(grid) + 1, limits.MAX_ROWS)
            above = grid[-1] if grid else []
            if _is_gone(row):
                continue
            if _row_property(row, "w:hidden"):
                texts = ["".join(self._shown(part) for part in cell.iter(qn("w:p"))) for cell in _row_cells(row)]
                self.left_out.append((CELL_SEPARATOR.join(filter(None, texts)), "hidden-row"))
                continue
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
            if block[0].tag == qn("w:p"):
                lines.append(self._paragraph(block)[0])
            elif nesting < _MAX_NESTING:
                rows = self._grid(block[0], nesting + 1)
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
            level.find(qn("w:isLgl")) is not None and level.find(qn("w:isLgl")).get(qn("w:val")) not in _OFF,
        )
    return levels


def _value(element: Any, tag: str, default: int) -> int:
    child = element.find(qn(tag)) if element is not None else None
    value = child.get(qn("w:val")) if child is not None else None
    return int(value) if value and value.lstrip("-").isdigit() else default


def _skipped_columns(row: Any) -> int:
    return min(_value(row.find(qn("w:trPr")), "w:gridBefore", 0), limits.MAX_COLUMNS)


def _blocks(parent: Any) -> Iterator[list[Any]]:
    """Paragraphs and tables in order, those inside content controls and insertions too.

    Paragraphs whose mark between them is deleted come together.
    """
    open_paragraphs: list[Any] = []
    for element in _unwrapped(parent, (qn("w:p"), qn("w:tbl"))):
        if element.tag == qn("w:tbl"):
            if open_paragraphs:
                yield open_paragraphs
            open_paragraphs = []
            yield [element]
            continue
        open_paragraphs.append(element)
        mark = element.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
        if mark is None or mark.find(qn("w:del")) is None:
            yield open_paragraphs
            open_paragraphs = []
    if open_paragraphs:
        yield open_paragraphs


def _unwrapped(parent: Any, tags: Sequence[str]) -> Iterator[Any]:
    """The elements with these tags in a parent, those inside content controls and the like too."""
    stack = list(reversed(list(parent)))
    while stack:
        element = stack.pop()
        if element.tag in tags:
            yield element
        elif element.tag in _WRAPPERS:
            stack.extend(reversed(list(element)))


def _rows(table: Any) -> Iterator[Any]:
    return _unwrapped(table, (qn("w:tr"),))


def _row_cells(row: Any) -> Iterator[Any]:
    return _unwrapped(row, (qn("w:tc"),))


def _row_property(row: Any, tag: str) -> bool:
    element = row.find(f"{qn('w:trPr')}/{qn(tag)}")
    return element is not None and element.get(qn("w:val")) not in _OFF


def _is_gone(row: Any) -> bool:
    """Whether a tracked change deleted the row."""
    return _row_property(row, "w:del")


def _is_layout(table: Any) -> bool:
    """Whether a table only frames other tables: a cell a row, with a table inside."""
    cells = [list(_row_cells(row)) for row in _rows(table)]
    return all(len(row) == 1 for row in cells) and any(
        cell.find(qn("w:tbl")) is not None for row in cells for cell in row
    )


def _texts(paragraph: Any) -> Iterator[tuple[Any, str]]:
    """The pieces of a paragraph's text, each with its run."""
    stack = [(None, element) for element in reversed(list(paragraph))]
    while stack:
        run, element = stack.pop()
        if element.tag in _SKIPPED or element.tag in (_FALLBACK, qn("w:rPr")):
            continue
        run = element if element.tag == qn("w:r") else run
        if element.tag == qn("w:t"):
            yield run, element.text or ""
        elif element.tag in _SIGNS:
            yield run, _SIGNS[element.tag]
        else:
            stack.extend((run, child) for child in reversed(list(element)))
