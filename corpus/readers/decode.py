"""Text files: their bytes -> their text. The only place that knows about encodings."""

from pathlib import Path

from corpus.errors import DocumentError, NotFoundError
from corpus.readers.limits import check_size

TEXT_SUFFIXES = (".txt", ".md")

# Control characters that no text document holds; a file with them is binary under a wrong name.
_BINARY = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f\x0b\x1a")


def read_text(path: Path) -> str:
    """The text of a UTF-8 (with or without BOM) or GB18030 file.

    Raises NotFoundError when there is no such file, DocumentError when it is of another kind, too large, empty,
    binary or in another encoding.
    """
    if not path.is_file():
        raise NotFoundError(f"no such document: {path}. Give the path of a {_allowed()} file")
    if path.suffix.lower() not in TEXT_SUFFIXES:
        raise DocumentError(
            f"{path.name}: files of type {path.suffix or '(no suffix)'} are not read; allowed: {_allowed()}. "
            "Save it as text and try again"
        )
    check_size(path)
    return text_of(path)


def text_of(path: Path) -> str:
    """The text of any text file. Raises DocumentError when it is empty, binary or in another encoding."""
    text = decode(path)
    if not text.strip():
        raise DocumentError(f"{path.name}: the file is empty; expected duties as text. Check that it was saved")
    if found := _BINARY.intersection(text):
        raise DocumentError(
            f"{path.name}: not a text file (it holds the control character {min(found)!r}); "
            f"allowed: {_allowed()}. Export the document as text"
        )
    return text


def decode(path: Path) -> str:
    """The text of a file in UTF-8 (with or without BOM) or GB18030. Raises DocumentError for another encoding."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(f"{path.name}: neither UTF-8 nor GB18030 text; allowed: those two. Save the file as UTF-8")


def _allowed() -> str:
    return " or ".join(TEXT_SUFFIXES)
