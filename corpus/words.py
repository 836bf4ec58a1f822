"""The user dictionary: words of an organisation's trade, one a line in `NAME.words` beside the document."""

from collections.abc import Iterator
from pathlib import Path

from corpus.model import Document
from corpus.read import decode

SUFFIX = ".words"


def words_path(document: Path) -> Path:
    return document.with_suffix(SUFFIX)


def read_words(path: Path) -> list[str]:
    """The words of a file, comments (#) and blank lines left out; none when there is no file."""
    if not path.exists():
        return []
    lines = (line.strip() for line in decode(path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def names_of(document: Document) -> Iterator[str]:
    """The names of departments and positions, which people use in questions."""
    for post in document.posts:
        yield post.position or post.department
