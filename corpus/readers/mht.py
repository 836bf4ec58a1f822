"""Web archives (.mht, and the .doc files that web systems save as such): the page inside, by the reader of pages."""

import email
import email.policy
import tempfile
from pathlib import Path

from corpus.errors import DocumentError
from corpus.readers import html
from corpus.source import Source


def read(path: Path) -> Source:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    content = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(content, bytes):
        raise DocumentError(f"{path.name}: a web archive without a page. Save it as .html or .docx")
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder) / f"{path.stem}.html"
        inside.write_bytes(content)
        return html.read(inside, encoding=page.get_content_charset())
