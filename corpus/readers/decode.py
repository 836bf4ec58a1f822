"""Text files: their bytes -> their text. The only place that knows about encodings, through charset-normalizer."""

import codecs
import re
from pathlib import Path

from corpus.characters import ordinary
from corpus.errors import DocumentError

_DETECTED = ("utf_16", "utf_16_le", "utf_16_be", "gb18030", "big5")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}  # what holds all of it and more
_SAMPLE = 200_000  # bytes that tell the encoding; an even number, for UTF-16
_HAN = re.compile(r"[\u4e00-\u9fff]")

# Control characters that no text document holds; a file with them is binary under a wrong name.
_BINARY = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r\f\x0b\x1a")


def text_of(path: Path) -> str:
    """The text of any text file. Raises DocumentError when it is empty, binary or in another encoding."""
    text = decode(path)
    if not text.strip():
        raise DocumentError(f"{path.name}: the file is empty; expected duties as text. Check that it was saved")
    if found := _BINARY.intersection(text):
        raise DocumentError(
            f"{path.name}: not a text file (it holds the control character {min(found)!r}). "
            "Export the document as text, or give the file the ending of its type"
        )
    return text


def is_text(path: Path) -> bool:
    """Whether a file holds text in an encoding that is read."""
    try:
        return bool(text_of(path))
    except DocumentError:
        return False


def decode(path: Path, declared: str | None = None) -> str:
    """The text of a file in UTF-8, UTF-16, GB18030 or Big5, with or without a byte order mark, radicals made ordinary.

    `declared` is the encoding that the file itself names, as web pages do. Raises DocumentError for another encoding.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _declared(data, declared) or _detected(path.name, data)
    return ordinary(text)


def _declared(data: bytes, encoding: str | None) -> str | None:
    """The text in the encoding that the file names, if it is in that; GB2312 is read as GB18030, which holds it."""
    if encoding is None:
        return None
    try:
        name = codecs.lookup(encoding).name
        return data.decode(_WIDER.get(name, name))
    except (LookupError, UnicodeDecodeError):
        return None


def _detected(name: str, data: bytes) -> str:
    """Big5 and GB18030 accept each other's bytes: which it is, the words tell."""
    from charset_normalizer import from_bytes  # slow to load, and needed by few files

    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE and b"\0" not in sample:  # a character cut in two would rule out the right one
        sample = sample.rpartition(b"\n")[0] or sample
    best = from_bytes(sample, cp_isolation=list(_DETECTED)).best()
    for encoding in (best.encoding if best else "", "gb18030"):
        try:
            text = data.decode(_WIDER.get(encoding, encoding))
        except (LookupError, UnicodeDecodeError):
            continue
        if _HAN.search(text):
            return text.removeprefix("\ufeff")
    raise DocumentError(
        f"{name}: not text in an encoding that is read; allowed: UTF-8, UTF-16, GB18030, Big5. Save the file as UTF-8"
    )
