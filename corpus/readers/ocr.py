"""Pictures of pages -> lines and ruled tables, through RapidOCR where it is installed (the extra `ocr`).

Its models (PP-OCR, Apache-2.0) come with the package: nothing is downloaded.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from corpus.readers.layout import Box, Line, Page, Rows, paragraphs, rows_of
from corpus.source import plain_lines

if TYPE_CHECKING:
    from PIL.Image import Image

MISSING = "text recognition is not installed. Install it (pip install 'dutyfinder[ocr]'), or save them as text"
_UNSURE = 0.8  # a line that the recogniser trusts less may be misread
_SKEW = 0.4  # degrees from which a picture is turned straight before it is read
_SAME_SIZE = 0.3  # boxes of one size differ by so much of it
_SAME_ROW = 0.5  # of a line's height, by which boxes of one row differ at most
_RULE_GAP = 6  # points that rules may miss each other by
_LONG_RULE = 1 / 40  # of the picture's width or height is a rule of a table, and no stroke of a character


def installed() -> bool:
    return importlib.util.find_spec("rapidocr") is not None


def read_page(picture: "Image", width: float) -> Page:
    """The lines and tables of a page that is `width` points wide."""
    picture = picture.convert("RGB")
    scale = width / picture.width
    found = _recognised(picture)
    if abs(skew := _skew(found)) > _SKEW:
        picture = picture.rotate(skew, fillcolor="white")
        found = _recognised(picture)
    tables = []
    for cells in _tables(picture, scale):
        top, bottom = min(cell[1] for cell in cells), max(cell[3] for cell in cells)
        tables.append((top, bottom, _rows(cells, found, scale)))
    return Page(_lines(found, scale), tables, recognised=True)


# -- text --------------------------------------------------------------------------------------------------------------


class _Text:
    """A piece of text, the four corners of its box in pixels, clockwise from the upper left, and its trust, 0 to 1."""

    def __init__(self, corners: Any, text: str, score: float) -> None:
        self.left, self.top = map(float, corners.min(axis=0))
        self.right, self.bottom = map(float, corners.max(axis=0))
        self.height = self.bottom - self.top
        self.slope: tuple[float, float] = tuple((corners[1] - corners[0]).tolist())
        self.text, self.score = plain_lines(text)[0], score

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _recognised(picture: "Image") -> list[_Text]:
    import numpy as np

    result = _engine()(np.asarray(picture)[:, :, ::-1])  # as OpenCV has them: blue, green, red
    if result.boxes is None or result.txts is None:
        return []
    texts = [_Text(*one) for one in zip(result.boxes, result.txts, result.scores, strict=True)]
    return [text for text in texts if text.text]


def _skew(texts: Sequence[_Text]) -> float:
    """Degrees by which long lines fall to the right."""
    import math

    angles = [
        math.degrees(math.atan2(text.slope[1], text.slope[0])) for text in texts if text.slope[0] > 6 * text.height
    ]
    return float(median(angles)) if angles else 0.0


def _lines(texts: Sequence[_Text], scale: float) -> list[Line]:
    """Pieces of one row are one line, apart by a space."""
    usual = median(text.height for text in texts) if texts else 0.0
    rows: list[list[_Text]] = []
    for text in sorted(texts, key=lambda text: text.middle[1]):
        if rows and abs(rows[-1][0].middle[1] - text.middle[1]) < _SAME_ROW * min(text.height, rows[-1][0].height):
            rows[-1].append(text)
        else:
            rows.append([text])
    return [_line(sorted(row, key=lambda text: text.left), usual, scale) for row in rows]


def _line(row: Sequence[_Text], usual: float, scale: float) -> Line:
    height = median(text.height for text in row)
    return Line(
        text=" ".join(text.text for text in row),
        top=min(text.top for text in row) * scale,
        bottom=max(text.bottom for text in row) * scale,
        left=row[0].left * scale,
        right=row[-1].right * scale,
        size=(usual if abs(height - usual) < _SAME_SIZE * usual else height) * scale,
        unsure=any(text.score < _UNSURE for text in row),
    )


# -- tables ------------------------------------------------------------------------------------------------------------


def _tables(picture: "Image", scale: float) -> list[list[Box]]:
    """The cells of each ruled table, in points."""
    from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    edges = merge_edges(_rules(picture, scale), _RULE_GAP, _RULE_GAP, _RULE_GAP, _RULE_GAP)
    cells = intersections_to_cells(edges_to_intersections(edges, _RULE_GAP, _RULE_GAP))
    return [[(box[0], box[1], box[2], box[3]) for box in table] for table in cells_to_tables(cells)]


def _rules(picture: "Image", scale: float) -> list[dict[str, Any]]:
    """The rules of tables as pdfplumber has edges: what stays of dark pixels when short runs are taken away."""
    import cv2
    import numpy as np

    grey = np.asarray(picture.convert("L"))
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    edges = []
    for orientation, size in (("h", (int(grey.shape[1] * _LONG_RULE), 1)), ("v", (1, int(grey.shape[0] * _LONG_RULE)))):
        kept = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        contours, _ = cv2.findContours(kept, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for x, y, width, height in map(cv2.boundingRect, contours):
            middle_x, middle_y = (x + width / 2) * scale, (y + height / 2) * scale
            across = orientation == "h"
            edges.append(
                {
                    "orientation": orientation,
                    "object_type": "line",
                    "x0": x * scale if across else middle_x,
                    "x1": (x + width) * scale if across else middle_x,
                    "top": middle_y if across else y * scale,
                    "bottom": middle_y if across else (y + height) * scale,
                }
            )
    return edges


def _rows(cells: Sequence[Box], texts: Sequence[_Text], scale: float) -> Rows:
    def text_in(cell: Box) -> str:
        left, top, right, bottom = (edge / scale for edge in cell)
        inside = [text for text in texts if left <= text.middle[0] <= right and top <= text.middle[1] <= bottom]
        return paragraphs(line.text for line in _lines(inside, scale))

    return rows_of(cells, text_in)
