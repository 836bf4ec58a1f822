"""PowerPoint slides through python-pptx: titles, paragraphs with their automatic numbers, tables, diagrams.

A slide is read as it is seen: its title, then its shapes from top to bottom and from left to right.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from corpus.readers import limits
from corpus.readers.archive import check_archive, guarded
from corpus.readers.word_numbers import number_text
from corpus.source import Fact, RawCell, Source, SourceBuilder

_MAIN = "ppt/presentation.xml"
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT)
_EDGES = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER)
# DrawingML's names of number formats (ST_TextAutonumberScheme) and Word's.
_FORMS = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "arabic": "decimal",
    "circleNum": "decimalEnclosedCircle",
    "ea1": "chineseCounting",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}
_AROUND = {"ParenBoth": "({})", "ParenR": "{})", "Period": "{}.", "Minus": "{}-"}
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_MAX_NESTING = 20
_LAST = 10**9  # beyond every place on a slide
_MAX_NUMBER = 32_767  # the largest that a list may begin with (ST_TextBulletStartAtNum)


def read(path: Path) -> Source:
    check_archive(path, lambda archive: _MAIN if _MAIN in archive.namelist() else None)
    return guarded(path, lambda: _Reader(path).read())


class _Reader:
    def __init__(self, path: Path) -> None:
        self.slides = list(pptx.Presentation(str(path)).slides)
        limits.check_limit(path.name, "slides", len(self.slides), limits.MAX_PAGES)
        self.builder = SourceBuilder(path.stem, wrapped=False)

    def read(self) -> Source:
        for slide in self.slides:
            _simplify(slide)
            if slide.element.get("show") in ("0", "false"):
                self.builder.finding("not_shown", "a hidden slide")
                for text in _texts(slide.element):
                    self.builder.left_out(text, "hidden")
                continue
            for shape in _in_order(slide.shapes):
                self._read(shape)
            if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
                self.builder.left_out(notes.text, "speaker-notes")
        return self.builder.build()

    def _read(self, shape: Any, nesting: int = 0) -> None:
        if _is_hidden(shape):
            self.builder.finding("not_shown", "a hidden shape")
            for text in _texts(shape.element):
                self.builder.left_out(text, "hidden")
        elif shape.element.tag == qn("p:grpSp"):
            for inside in _in_order(shape.shapes) if nesting < _MAX_NESTING else ():
                self._read(inside, nesting + 1)
        elif shape.has_text_frame:
            self._text(shape, _placeholder(shape))
        elif getattr(shape, "has_table", False):
            self._table(shape.table)
        elif (diagram := shape.element.find(f".//{{{_DIAGRAM}}}relIds")) is not None:
            data = parse_xml(shape.part.related_part(diagram.get(qn("r:dm"))).blob)
            for text in _texts(data):
                self.builder.line(text)

    def _table(self, table: Any) -> None:
        cells = [cell for row in table.rows for cell in row.cells if not cell.is_spanned]
        struck = [_shown(paragraph)[1] for cell in cells for paragraph in cell.text_frame.paragraphs]
        self._leave_out_struck("\n".join(filter(None, struck)))
        self.builder.table(_grid(table))

    def _leave_out_struck(self, text: str) -> None:
        if text:
            self.builder.finding("not_shown", f"struck out: {text[:40]}")
            self.builder.left_out(text, "struck-out")

    def _text(self, shape: Any, place: PP_PLACEHOLDER | None) -> None:
        if place in _EDGES:
            self.builder.left_out(shape.text_frame.text, "page-header")
            return
        numbers = _Numbers(bulleted=place in _LISTS)
        for paragraph in shape.text_frame.paragraphs:
            text, struck = _shown(paragraph)
            self._leave_out_struck(struck)
            if text.strip():
                mark = numbers.next(paragraph)
                self.builder.line(mark + text, Fact(heading=int(place in _TITLES), depth=paragraph.level + bool(mark)))


class _Numbers:
    """The marks before the paragraphs of one shape: bullets, and numbers that are counted by level."""

    def __init__(self, *, bulleted: bool) -> None:
        self._bulleted = bulleted  # where a paragraph says nothing of it
        self._counts: dict[int, tuple[str, int]] = {}

    def next(self, paragraph: Any) -> str:
        level, properties = paragraph.level, paragraph._p.pPr  # noqa: SLF001 - python-pptx has no bullets
        found = {} if properties is None else {child.tag: child for child in properties}
        for deeper in [other for other in self._counts if other > level]:
            del self._counts[deeper]
        automatic = found.get(qn("a:buAutoNum"))
        if automatic is None:
            self._counts.pop(level, None)
            bulleted = qn("a:buChar") in found or (self._bulleted and qn("a:buNone") not in found)
            return "• " if bulleted else ""
        scheme = automatic.get("type", "arabicPeriod")
        before, count = self._counts.get(level, ("", 0))
        start = automatic.get("startAt", "1")
        first = min(int(start), _MAX_NUMBER) if start.isdecimal() else 1
        count = count + 1 if before == scheme else first
        self._counts[level] = scheme, count
        return _number(scheme, count)


def _number(scheme: str, number: int) -> str:
    """
    >>> [_number(scheme, 3) for scheme in ("arabicPeriod", "ea1ChsPlain", "circleNumDbPlain", "alphaLcParenBoth")]
    ['3. ', '三、', '③', '(c)']
    """
    form = next((form for start, form in _FORMS.items() if scheme.startswith(start)), "decimal")
    around = next((around for end, around in _AROUND.items() if scheme.endswith(end)), "{}")
    text = around.format(number_text(number, form))
    if around != "{}" or form == "decimalEnclosedCircle":
        return text + " " * (text[-1] in ".-")
    return text + ("、" if form == "chineseCounting" else " ")


def _in_order(shapes: Any) -> list[Any]:
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    others = [shape for shape in shapes if _placeholder(shape) not in _TITLES]
    return titles + sorted(others, key=_place)


def _place(shape: Any) -> tuple[int, int]:
    """From top to bottom and from left to right; what has no place comes last."""
    return (_LAST, _LAST) if shape.top is None else (shape.top, shape.left)


def _placeholder(shape: Any) -> PP_PLACEHOLDER | None:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _is_hidden(shape: Any) -> bool:
    properties = next(shape.element.iter(qn("p:cNvPr")), None)  # its own come before those of shapes inside
    return properties is not None and properties.get("hidden") in ("1", "true")


def _simplify(slide: Any) -> None:
    """Leave what a program of today shows of choices with a fallback (mc:AlternateContent), and no ink."""
    for choice in list(slide.element.iter(f"{{{_COMPATIBILITY}}}AlternateContent")):
        for shown in list(choice[0]) if len(choice) else ():
            choice.addprevious(shown)
        choice.getparent().remove(choice)
    for ink in list(slide.element.iter(qn("p:contentPart"))):
        ink.getparent().remove(ink)


def _shown(paragraph: Any) -> tuple[str, str]:
    """A paragraph's text, and what is struck out of it."""
    shown, struck = "", ""
    for part in paragraph._p:  # noqa: SLF001 - runs, breaks and fields in their order
        text = "\v" if part.tag == qn("a:br") else "".join(node.text or "" for node in part.iter(qn("a:t")))
        run = part.find(qn("a:rPr"))
        if run is not None and run.get("strike", "noStrike") != "noStrike":
            struck += text
        else:
            shown += text
    return shown, struck


def _texts(element: Any) -> Iterator[str]:
    """The paragraphs inside any element."""
    for paragraph in element.iter(qn("a:p")):
        if text := "".join(node.text or "" for node in paragraph.iter(qn("a:t"))).strip():
            yield text


def _grid(table: Any) -> list[Sequence[RawCell | None]]:
    rows = list(table.rows)
    raws: dict[tuple[int, int], RawCell] = {}
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells.cells):
            if cell.is_spanned:
                continue
            raw = RawCell("\n".join(_shown(paragraph)[0] for paragraph in cell.text_frame.paragraphs))
            for below in range(row, min(row + cell.span_height, len(rows))):
                beside = range(column, min(column + cell.span_width, len(table.columns)))
                raws.update({(below, place): raw for place in beside})
    return [[raws.get((row, column)) for column in range(len(table.columns))] for row in range(len(rows))]
