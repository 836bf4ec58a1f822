"""How alike two clauses are, by the pairs of characters that they share, and which ones are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.model import Clause

OVERLAP = 0.6  # share of character bigrams from which two clauses count as saying nearly the same


def similar_clauses(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, Clause, float]]:
    """Pairs of clauses of different posts whose character bigrams overlap (Jaccard) by OVERLAP or more.

    Only pairs that share a rare bigram are compared, so that a large corpus is not compared all with all.
    """
    grams = [bigrams(clause.text) for clause in clauses]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(grams):
        for gram in own:
            holders[gram].append(index)
    for index, own in enumerate(grams):
        # Two sets with a Jaccard of OVERLAP differ in at most this many of one's members, so they share one of the
        # rarest.
        differing = int(len(own) * (1 - OVERLAP)) + 1
        rarest = sorted(own, key=lambda gram: (len(holders[gram]), gram))[:differing]
        for other in sorted({holder for gram in rarest for holder in holders[gram] if holder > index}):
            share = jaccard(own, grams[other])
            if share >= OVERLAP and clauses[index].post != clauses[other].post:
                yield clauses[index], clauses[other], share


def bigrams(text: str) -> frozenset[str]:
    """The character pairs of a text's letters and digits; a text of one character is its own."""
    letters = "".join(character for character in text if character.isalnum())
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1)) or frozenset({letters})


def jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    union = len(first | second)
    return len(first & second) / union if union else 0.0
