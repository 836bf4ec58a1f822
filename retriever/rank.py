"""Clause scores -> post scores.

A post is worth its best clause, and a share of its second and third: a post with three fitting clauses beats one with a
single stray hit. A clause counts by how far it stands above the mean of all candidates, so that a post does not win by
having many clauses that fit no better than any other.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.hits import Hits

SHARES = (1.0, 0.3, 0.15)


class ScoredPost(NamedTuple):
    """Who holds clauses, the score, and those clauses that stand out (ordinal, by how much), best first."""

    holder: int
    score: float
    clauses: list[tuple[int, float]]


def rank(fused: Hits, holders: NDArray[np.int64]) -> list[ScoredPost]:
    """Posts, best first; `holders[i]` says who holds clause ordinal i.

    Ties keep the order of their best clauses.
    """
    # One more in the count than there are: the mean of one or two candidates must not swallow them.
    baseline = float(fused.scores.sum()) / (len(fused.scores) + 1)
    standing_out: dict[int, list[tuple[int, float]]] = {}
    count = int(np.count_nonzero(fused.scores > baseline))
    ordinals, excesses = fused.ordinals[:count], fused.scores[:count] - baseline
    for holder, ordinal, excess in zip(holders[ordinals].tolist(), ordinals.tolist(), excesses.tolist(), strict=True):
        standing_out.setdefault(holder, []).append((ordinal, excess))
    posts = [ScoredPost(holder, _post_score(clauses), clauses) for holder, clauses in standing_out.items()]
    posts.sort(key=lambda scored: -scored.score)
    return posts


def _post_score(clauses: list[tuple[int, float]]) -> float:
    score = 0.0
    for share, clause in zip(SHARES, clauses, strict=False):
        score += share * clause[1]
    return score
