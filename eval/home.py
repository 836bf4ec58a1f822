"""A home for as long as something is measured."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.load import Corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder
from indexer.index import open_index
from retriever.confidence import Calibration
from retriever.retriever import Retriever


@contextmanager
def indexed(corpus: Corpus, encoder: Encoder, calibration: Calibration | None = None) -> Iterator[Retriever]:
    """A retriever on an index of the corpus, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        build_index(corpus, encoder, Path(home))
        retriever = Retriever(open_index(Path(home), encoder), encoder, calibration)
        try:
            yield retriever
        finally:
            retriever.index.store.close()
