"""Documents that tests write down as text."""

from corpus.model import Document
from corpus.parse import parse_source
from corpus.source import Source


def parse(text: str, slug: str) -> Document:
    return parse_source(Source(text), slug)
