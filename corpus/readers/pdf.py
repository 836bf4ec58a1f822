"""PDF files through pdfplumber: lines and ruled tables; pages that are pictures through text recognition."""

import logging
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pdfplumber
from pdfplumber.utils.exceptions import PdfminerException

from corpus.errors import DocumentError
from corpus.model import Finding
from corpus.readers import limits, ocr
from corpus.readers.archive import guarded
from corpus.readers.layout import Box, Line, Page, Ruled, build, paragraphs, rows_of
from corpus.source import Source, plain_lines

_RIGHT_ANGLE = 18  # in steps of 5 degrees
_UPRIGHT = 0.2  # a page with this share of its characters upright is upright
_STAMP = 40  # characters that may be written over a page that is a picture,
_MOSTLY = 0.5  # which then covers this share of it
_RESOLUTION = 200  # dots per inch of the picture that is made of a scanned page


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
        pages, scanned = [], []
        for index, page in enumerate(pdf.pages):
            pages.append(_page(path.name, page))
            if _is_scanned(page):
                scanned.append(index)
            page.close()
        if ocr.installed():
            limits.check_limit(path.name, "scanned pages", len(scanned), limits.MAX_SCANNED_PAGES)
            for index in scanned:
                pages[index] = replace(_recognised(path.name, pdf.pages[index]), slanted=pages[index].slanted)
                pdf.pages[index].close()
    unread = [] if ocr.installed() else scanned
    if unread and not any(page.lines or page.tables for index, page in enumerate(pages) if index not in unread):
        raise DocumentError(f"{path.name}: its pages are pictures (scanned), and {ocr.MISSING}")
    if not any(page.lines or page.tables for page in pages):
        raise DocumentError(f"{path.name}: it holds no text; expected duties as text. Check that it was saved")
    source = build(path.stem, pages)
    if unread:
        numbers = ", ".join(str(index + 1) for index in unread[:20])
        message = f"pages that are pictures are not read ({numbers}): {ocr.MISSING}"
        source = replace(source, findings=(*source.findings, Finding("pictures_not_read", 1, message)))
    return source


def _is_scanned(page: Any) -> bool:
    """Whether a page is a picture; a page number or a stamp may be written over it."""
    pictures = sum(float(picture["width"]) * float(picture["height"]) for picture in page.images)
    return len(page.chars) < _STAMP and pictures > _MOSTLY * float(page.width) * float(page.height)


def _recognised(name: str, page: Any) -> Page:
    pixels = float(page.width) * float(page.height) * (_RESOLUTION / 72) ** 2
    limits.check_limit(name, "pixels", int(pixels), limits.MAX_PIXELS)
    return ocr.read_page(page.to_image(resolution=_RESOLUTION).original, float(page.width))


def _page(name: str, page: Any) -> Page:
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
        rows = rows_of(table.cells, lambda box: _text_in(page, box))
        tables.append(Ruled(table.bbox[1], rows, _lines(page.within_bbox(table.bbox, strict=False))))
    outside = page
    for table in found:
        outside = outside.outside_bbox(table.bbox, strict=False)
    return Page(_lines(outside), tables, slanted)


def _lines(page: Any) -> list[Line]:
    lines = []
    for line in page.extract_text_lines(return_chars=True, x_tolerance=2):
        text = plain_lines(line["text"])[0]
        if text:
            size = sorted(char["size"] for char in line["chars"])[len(line["chars"]) // 2]
            lines.append(Line(text, line["top"], line["bottom"], line["x0"], line["x1"], size))
    return lines


def _direction(char: Mapping[str, Any]) -> int:
    """The angle of a character's base line in steps of 5 degrees, from 0 to 71."""
    a, b = char["matrix"][:2]
    return round(math.degrees(math.atan2(b, a)) / 5) % (4 * _RIGHT_ANGLE)


def _columns(table: Any) -> int:
    return max(sum(cell is not None for cell in row.cells) for row in table.rows)


def _text_in(page: Any, box: Box) -> str:
    words = page.within_bbox(box, strict=False).extract_text(x_tolerance=2) or ""
    return paragraphs(plain_lines(words))
