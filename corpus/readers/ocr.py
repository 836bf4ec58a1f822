"""Pictures of pages -> lines and ruled tables, through RapidOCR where it is installed (the extra `ocr`).

Its models (PP-OCR, Apache-2.0) come with the package: nothing is downloaded.
"""

import importlib.util
import math
from collections.abc import Sequence
from functools import cache, partial
from statistics import median
from typing import TYPE_CHECKING, Any

from corpus.readers.layout import Box, Line, Page, Ruled, paragraphs, rows_of
from corpus.source import plain_lines

if TYPE_CHECKING:
    from PIL.Image import Image

MISSING = "text recognition is not installed. Install it (pip install 'dutyfinder[ocr]'), or save them as text"
_UNSURE = 0.8  # a line that the recogniser trusts less may be misread
_LEAST_SIDE = 64  # pixels of a picture,
_SLIMMEST = 2  # whose longer side is at most so many times the shorter one
_SKEW = 0.4  # degrees from which a picture is turned straight before it is read
_SMALL = 1000  # pixels of the longer side of the copy on which that is seen,
_LONG_LINE = 6  # by lines so many times as long as high
_SAME_SIZE = 0.3  # boxes of one size differ by so much of it
_SAME_ROW = 0.5  # of a line's height, by which boxes of one row differ at most
_RULE_GAP = 6  # points that rules may miss each other by
_LONG_RULE = 1 / 40  # of the picture's width or height is a rule of a table, and no stroke of a character


def installed() -> bool:
    return importlib.util.find_spec("rapidocr") is not None


def read_page(picture: "Image", width: float) -> Page:
    """The lines and tables of a page that is `width` points wide."""
    picture = _straight(_not_slim(_on_white(picture)))
    scale = width / picture.width
    texts = _recognised(picture)
    tables = []
    for cells in _tables(picture, scale):
        own = [text for text in texts if any(_is_in(text, cell, scale) for cell in cells)]
        texts = [text for text in texts if text not in own]
        rows = rows_of(cells, partial(_text_in, texts=own, scale=scale))
        tables.append(Ruled(min(cell[1] for cell in cells), rows, _lines(own, scale)))
    return Page(_lines(texts, scale), tables, recognised=True)


def _on_white(picture: "Image") -> "Image":
    """In colours of eight bits, what is transparent on white paper."""
    from PIL import Image

    if picture.mode.startswith("I"):  # grey of sixteen bits and more
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _not_slim(picture: "Image") -> "Image":
    """With white beside or below a narrow strip: RapidOCR enlarges until the shorter side is long enough for it."""
    from PIL import Image

    least = max(_LEAST_SIDE, max(picture.size) // _SLIMMEST)
    if min(picture.size) >= least:
        return picture
    wider = Image.new("RGB", (max(picture.width, least), max(picture.height, least)), "white")
    wider.paste(picture, (0, 0))
    return wider


# -- text --------------------------------------------------------------------------------------------------------------


class _Text:
    """A piece of text, the four corners of its box in pixels, clockwise from the upper left, and its trust, 0 to 1."""

    def __init__(self, corners: Any, text: str, score: float) -> None:
        self.left, self.top = map(float, corners.min(axis=0))
        self.right, self.bottom = map(float, corners.max(axis=0))
        self.height = self.bottom - self.top
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

    # As OpenCV has them: blue, green, red. The engine remembers what it was told to use.
    result = _engine()(np.asarray(picture)[:, :, ::-1], use_cls=True, use_rec=True)
    if result.boxes is None or result.txts is None:
        return []
    texts = [_Text(*one) for one in zip(result.boxes, result.txts, result.scores, strict=True)]
    return [text for text in texts if text.text]


def _straight(picture: "Image") -> "Image":
    """The picture turned so that its long lines do not fall or rise; how they do is seen on a small copy."""
    import numpy as np

    small = picture.copy()
    small.thumbnail((_SMALL, _SMALL))
    boxes = _engine()(np.asarray(small)[:, :, ::-1], use_cls=False, use_rec=False).boxes
    angles = [
        math.degrees(math.atan2(rise, run))
        for upper_left, upper_right, _, lower_left in (boxes if boxes is not None else ())
        for run, rise in [upper_right - upper_left]
        if run > _LONG_LINE * abs(lower_left[1] - upper_left[1])
    ]
    skew = float(median(angles)) if angles else 0.0
    return picture.rotate(skew, fillcolor="white") if abs(skew) > _SKEW else picture


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
    tables = [[(box[0], box[1], box[2], box[3]) for box in table] for table in cells_to_tables(cells)]
    return [table for table in tables if len({cell[0] for cell in table}) > 1]  # else the frame of a text


def _rules(picture: "Image", scale: float) -> list[dict[str, Any]]:
    """The rules of tables as pdfplumber has edges: what stays of dark pixels when short runs are taken away."""
    import cv2
    import numpy as np

    grey = np.asarray(picture.convert("L"))
    dark = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    height, width = grey.shape
    edges = []
    across, down = (max(1, int(width * _LONG_RULE)), 1), (1, max(1, int(height * _LONG_RULE)))
    for orientation, length in (("h", across), ("v", down)):
        kept = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, length))
        contours, _ = cv2.findContours(kept, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        edges += [_edge(orientation, cv2.boundingRect(contour), scale) for contour in contours]
    return edges


def _edge(orientation: str, box: Sequence[float], scale: float) -> dict[str, Any]:
    """The middle line of a rule that is a box of pixels: left, top, width, height."""
    x, y, width, height = box
    if orientation == "h":
        y, height = y + height / 2, 0
    else:
        x, width = x + width / 2, 0
    place = {"x0": x, "x1": x + width, "top": y, "bottom": y + height, "width": width, "height": height}
    return {"orientation": orientation, "object_type": "line", **{name: at * scale for name, at in place.items()}}


def _is_in(text: _Text, cell: Box, scale: float) -> bool:
    left, top, right, bottom = (edge / scale for edge in cell)
    return left <= text.middle[0] <= right and top <= text.middle[1] <= bottom


def _text_in(cell: Box, texts: Sequence[_Text], scale: float) -> str:
    inside = [text for text in texts if _is_in(text, cell, scale)]
    return paragraphs(line.text for line in _lines(inside, scale))
