"""Files -> sources: one module a format, each the only one that knows its library."""

import importlib
from pathlib import Path

from corpus.errors import DocumentError, NotFoundError
from corpus.readers import limits
from corpus.readers.child import run_in_child
from corpus.readers.kinds import kind_of
from corpus.readers.libreoffice import TARGETS, converted
from corpus.source import Source

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")
# The module of each file type. Only the process that reads a file imports it: the libraries are slow to load.
_READERS = {
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".mht": "mht",
    ".mhtml": "mht",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".csv": "csv",
    ".pptx": "pptx",
    ".pdf": "pdf",
    **dict.fromkeys(PICTURES, "picture"),
}
SUFFIXES = (*_READERS, *TARGETS)


def check_file(path: Path) -> None:
    """Refuse a file that is not there, of another type or too large, without reading it.

    Raises NotFoundError, DocumentError.
    """
    allowed = ", ".join(SUFFIXES)
    if not path.is_file():
        raise NotFoundError(f"no such document: {path}. Give the path of a file of type {allowed}")
    if path.suffix.lower() not in SUFFIXES:
        raise DocumentError(
            f"{path.name}: files of type {path.suffix or '(no suffix)'} are not read; allowed: {allowed}. "
            "Save it as one of these and try again"
        )
    limits.check_size(path)


def read_source(path: Path) -> Source:
    """Extract a document's text and what its format knows about it, in a process of its own.

    Raises NotFoundError when there is no such file, DocumentError when it is of another kind, damaged, or beyond a
    limit.
    """
    check_file(path)
    return run_in_child(path.name, extract, path)


def extract(path: Path) -> Source:
    """The same in this process, for a file that was checked."""
    kind = kind_of(path)
    if kind in TARGETS:
        with converted(path, TARGETS[kind]) as made:
            source = _read(made, TARGETS[kind])
    else:
        source = _read(path, kind)
    limits.check_limit(path.name, "characters of text", len(source.text), limits.MAX_CHARACTERS)
    if not source.text.strip():
        raise DocumentError(f"{path.name}: it holds no text; expected duties as text. Check that it was saved")
    return source


def _read(path: Path, kind: str) -> Source:
    read = importlib.import_module(f"corpus.readers.{_READERS[kind]}").read
    source: Source = read(path)
    return source
