"""What becomes of the clauses from one version to another: added, removed, moved, reworded."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.model import Clause
from corpus.similar import bigrams, jaccard

LIKE = 0.5  # share of character bigrams from which two clauses of a post are one that was reworded
LIKE_IN_PLACE = 0.2  # the same, where the number is the same too
MAX_PAIRS = 250_000  # of one post's clauses; beyond, only those of the same number are compared

Pair = tuple[Clause, Clause]


@dataclass(frozen=True, slots=True)
class Changes:
    """`moved` clauses have their words but another number, post or document; `reworded` their post but other words."""

    added: tuple[Clause, ...]
    removed: tuple[Clause, ...]
    moved: tuple[Pair, ...]
    reworded: tuple[Pair, ...]


def diff(before: Iterable[Clause], after: Iterable[Clause]) -> Changes:
    """Each clause is in at most one pair; those that stay where and what they are, are in none."""
    gone, new = {clause.id: clause for clause in before}, {clause.id: clause for clause in after}
    _take(gone, new, ((clause, new[clause.id]) for clause in [*gone.values()] if _same(clause, new.get(clause.id))))
    moved = _take(gone, new, _alike(gone.values(), new.values(), lambda clause: (clause.text,), _nearness))
    reworded = _take(gone, new, _alike(gone.values(), new.values(), lambda clause: clause.post, _likeness))
    return Changes(tuple(new.values()), tuple(gone.values()), tuple(moved), tuple(reworded))


def _same(clause: Clause, other: Clause | None) -> bool:
    return other is not None and clause.text == other.text


def _take(gone: dict[str, Clause], new: dict[str, Clause], pairs: Iterable[Pair]) -> list[Pair]:
    """Of these pairs, first come first served, those whose clauses are both still there; they leave."""
    return [(gone.pop(one.id), new.pop(other.id)) for one, other in pairs if one.id in gone and other.id in new]


def _alike(
    gone: Iterable[Clause],
    new: Iterable[Clause],
    group: Callable[[Clause], tuple[object, ...]],
    score: Callable[[Clause, Clause], float],
) -> Iterator[Pair]:
    """Pairs inside each group with a score above zero, best first."""
    groups: defaultdict[tuple[object, ...], tuple[list[Clause], list[Clause]]] = defaultdict(lambda: ([], []))
    for side, clauses in enumerate((gone, new)):
        for clause in clauses:
            groups[group(clause)][side].append(clause)
    for before, after in groups.values():
        scored = [(score(*pair), place, pair) for place, pair in enumerate(_pairs(before, after))]
        yield from (pair for value, _, pair in sorted(scored, key=lambda entry: (-entry[0], entry[1])) if value > 0)


def _pairs(before: Sequence[Clause], after: Sequence[Clause]) -> Iterator[Pair]:
    if len(before) * len(after) <= MAX_PAIRS:
        return ((one, other) for one in before for other in after)
    numbers = defaultdict(list)
    for other in after:
        numbers[other.number].append(other)
    return ((one, other) for one in before for other in numbers[one.number])


def _nearness(one: Clause, other: Clause) -> float:
    """How much of its place a clause with the same words kept; always above zero."""
    kept = (one.document == other.document, one.department == other.department, one.position == other.position)
    return 1 + 2 * sum(kept) + (one.number == other.number)


def _likeness(one: Clause, other: Clause) -> float:
    """How much of its words a clause of the same post kept; zero where it is another clause."""
    share = jaccard(bigrams(one.text), bigrams(other.text))
    in_place = one.number == other.number
    return share + in_place if share >= (LIKE_IN_PLACE if in_place else LIKE) else 0
