"""Photographs and scans of pages (.png, .jpg, .tif and the like) through Pillow and text recognition."""

import warnings
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from corpus.errors import DocumentError
from corpus.readers import limits, ocr
from corpus.readers.archive import guarded
from corpus.readers.layout import Page, build
from corpus.source import Source

_WIDTH = 595.0  # points of a page of A4: how wide a photograph was is not known


def read(path: Path) -> Source:
    if not ocr.installed():
        raise DocumentError(f"{path.name}: it is a picture, and {ocr.MISSING}")
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    with warnings.catch_warnings(), Image.open(path) as file:
        warnings.simplefilter("ignore")
        pages: list[Page] = []
        for frame in ImageSequence.Iterator(file):
            limits.check_limit(path.name, "scanned pages", len(pages) + 1, limits.MAX_SCANNED_PAGES)
            limits.check_limit(path.name, "pixels", frame.width * frame.height, limits.MAX_PIXELS)
            pages.append(ocr.read_page(ImageOps.exif_transpose(frame), _WIDTH))
    return build(path.stem, pages)
