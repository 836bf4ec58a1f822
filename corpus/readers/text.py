"""Plain text and Markdown: the file's text is the extracted text."""

from pathlib import Path

from corpus.model import split_lines
from corpus.readers.decode import text_of
from corpus.readers.markdown import markdown_facts, markdown_tables
from corpus.source import Source


def read(path: Path) -> Source:
    text = text_of(path)
    if path.suffix.lower() != ".md":
        return Source(text, path.stem)
    return Source(text, path.stem, markdown_facts(split_lines(text)), markdown_tables(text), markdown=True)
