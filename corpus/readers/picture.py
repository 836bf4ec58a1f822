"""Photographs and scans of pages (.png, .jpg, .tif and the like) through Pillow and text recognition."""

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from corpus.errors import DocumentError
from corpus.readers import limits, ocr
from corpus.readers.archive import guarded
from corpus.readers.layout import build
from corpus.source import Source

_WIDTH = 595.0  # points of a page of A4: how wide a photograph was is not known
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")  # Pillow would run programs for others, whatever the name


def read(path: Path) -> Source:
    if not ocr.installed():
        raise DocumentError(f"{path.name}: it is a picture, and {ocr.MISSING}")
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    with warnings.catch_warnings(), Image.open(path, formats=_FORMATS) as file:
        warnings.simplefilter("ignore")
        # Further pictures are pages in a TIFF; elsewhere they are previews.
        count = getattr(file, "n_frames", 1) if file.format == "TIFF" else 1
        limits.check_limit(path.name, "scanned pages", count, limits.MAX_SCANNED_PAGES)
        pages = []
        for number in range(count):
            file.seek(number)
            limits.check_limit(path.name, "pixels", file.width * file.height, limits.MAX_PIXELS)
            pages.append(ocr.read_page(ImageOps.exif_transpose(file), _WIDTH))
    return build(path.stem, pages)
