"""Lists that are kept beside a document, one entry a line.

`NAME.words` is the user dictionary: words of the organisation's trade that the tokeniser must not cut apart.
`NAME.outside` holds outside questions: what people ask that no clause of this document covers, so that the like is
refused.
"""

from collections.abc import Iterator
from pathlib import Path

from corpus.model import Document
from corpus.readers.decode import decode


def words_path(document: Path) -> Path:
    return document.with_suffix(".words")


def outside_path(document: Path) -> Path:
    return document.with_suffix(".outside")


def read_list(path: Path) -> list[str]:
    """The entries of a file, comments (#) and blank lines left out; none when there is no file."""
    if not path.exists():
        return []
    lines = (line.strip() for line in decode(path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def names_of(document: Document) -> Iterator[str]:
    """The names of departments and positions, which people use in questions."""
    for post in document.posts:
        yield post.position or post.department
