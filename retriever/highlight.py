"""Where a clause answers: the sentence of a long one, the question's words in any other."""

from collections.abc import Iterable, Iterator

import numpy as np

from indexer.encoders.encoder import Vectors
from indexer.normalise import fold
from indexer.passages import sentences

Span = tuple[int, int]


def answering_sentence(text: str, passages: Vectors, question: Vectors) -> Span:
    """The span of the sentence nearest to a question; all of a text that is not long.

    `passages` has the vectors of the clause and, if it is long, of its sentences; shape (1 + sentences, dimension).
    """
    spans = sentences(text)
    return spans[int(np.argmax(passages[1:] @ question))] if len(spans) > 1 else spans[0]


def highlights(text: str, tokens: Iterable[str]) -> list[Span]:
    """Spans [start, end) of `text`, in order and apart, that hold one of the tokens."""
    folded = fold(text)
    spans = sorted(
        (start, start + len(token)) for token in tokens if token in folded for start in _occurrences(token, folded)
    )
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _occurrences(token: str, text: str) -> Iterator[int]:
    start = text.find(token)
    while start >= 0:
        yield start
        start = text.find(token, start + 1)
