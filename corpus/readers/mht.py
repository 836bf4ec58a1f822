"""Web archives (.mht, and the .doc files that web systems save as such): the pages inside, by the reader of pages."""

import email
import email.policy
import re
import tempfile
from email.message import Message
from pathlib import Path

from corpus.errors import DocumentError
from corpus.readers import html
from corpus.readers.archive import guarded
from corpus.readers.decode import decode
from corpus.source import Source

_FRAMES = re.compile(r"<frameset\b", re.IGNORECASE)  # a workbook's first page; each sheet is a page of its own


def read(path: Path) -> Source:
    return guarded(path, lambda: _read(path))


def _read(path: Path) -> Source:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / path.name
        texts = [text for part in pages if not _FRAMES.search(text := _text_of(part, inside))]
        if not texts:
            raise DocumentError(f"{path.name}: a web archive without a page. Save it as .html or .docx")
        inside.write_text("\n".join(texts), encoding="utf-8")
        return html.read(inside, encoding="utf-8")


def _text_of(part: Message, file: Path) -> str:
    content = part.get_payload(decode=True)
    file.write_bytes(content if isinstance(content, bytes) else b"")
    return decode(file, part.get_content_charset())
