"""The leak check: no gold question may be a near-copy of a question that the system was given."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus.similar import bigrams, jaccard
from eval.gold import GoldQuestion

NEAR_COPY = 0.6  # Jaccard of character bigrams


class Leak(NamedTuple):
    gold_id: str
    gold: str
    given: str
    similarity: float


def leaks(gold: Iterable[GoldQuestion], given: Iterable[str]) -> Iterator[Leak]:
    """Gold questions with their near-copies among the questions that were given (expected, training)."""
    texts = list(dict.fromkeys(given))
    grams = [_grams(text) for text in texts]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(grams):
        for gram in own:
            holders[gram].append(number)
    for question in gold:
        own = _grams(question.question)
        for number in sorted({holder for gram in own for holder in holders.get(gram, ())}):
            similarity = jaccard(own, grams[number])
            if similarity >= NEAR_COPY:
                yield Leak(question.id, question.question, texts[number], similarity)


def _grams(text: str) -> frozenset[str]:
    return bigrams(unicodedata.normalize("NFKC", text).lower())
