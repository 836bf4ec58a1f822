"""Whether a clause says in so many words what is asked for, and whether it says that it does not cover it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from indexer.asking import only_asks
from indexer.normalise import normalise

SHORT = 12  # characters of a topic that may be literally in a clause; longer ones tell a story
EXCLUDED = 0.5  # share of the pairs of characters of what is excluded from which a question is about it


def says(words: Sequence[str], clause: str) -> bool:
    """Whether every word of a short topic that is about something is in a clause.

    A word that the index does not know is cut into characters: they must be there side by side. One character alone
    (公积金谁缴) tells too little to be missed.

    >>> says(["宿舍"], "负责宿舍管理。")
    True
    >>> says(["工", "资", "发放"], "负责物资发放。")
    False
    """
    telling = [word for word in _whole(words) if len(word) > 1]
    return bool(telling) and sum(map(len, telling)) <= SHORT and all(word in normalise(clause) for word in telling)


def _whole(words: Sequence[str]) -> Iterator[str]:
    """The words that do more than ask, with characters that stand side by side put together again."""
    for asks, run in groupby(words, key=only_asks):
        if not asks:
            for single, part in groupby(run, key=lambda word: len(word) == 1):
                if single:
                    yield "".join(part)
                else:
                    yield from part


def excludes(excluded: Sequence[str], topic: str) -> bool:
    """Whether a question is about something that a clause excludes."""
    asked = _pairs(topic)
    return any(len(pairs & asked) >= EXCLUDED * len(pairs) for pairs in map(_pairs, map(normalise, excluded)) if pairs)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[start : start + 2] for start in range(len(text) - 1))
