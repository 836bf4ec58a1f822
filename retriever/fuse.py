"""Three views of one question -> one score a clause.

The views are the clauses' own vectors, the vectors of their expected questions, and BM25. Fused score = weighted mean
of the two cosines + LEXICAL_WEIGHT * the share of the question that the clause's words explain. BM25 is scaled by the
most that this question could reach (a theoretical bound, as Bruch et al. 2023 advise in "An Analysis of Fusion
Functions for Hybrid Retrieval"), not by its best hit: where the words explain little, as in everyday questions to
official text, they weigh little.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.hits import Hits

ASKED_WEIGHT = 0.65
LEXICAL_WEIGHT = 2.0
MAX_FUSED = 1 + LEXICAL_WEIGHT


class Views(NamedTuple):
    clauses: Hits
    questions: Hits
    lexical: Hits


def fuse(views: Views, bonus: NDArray[np.float32]) -> Hits:
    """All clauses that some view found, best first; `bonus[i]`, added to the score, is that of clause ordinal i.

    Scores reach up to MAX_FUSED and the bonus. A clause that no expected question brought up is scored by its own
    vector in that view's place.
    """
    ordinals = np.unique(np.concatenate([hits.ordinals for hits in views]))
    own = _scores_of(views.clauses, ordinals, views.clauses.scores.min(initial=1))
    asked = _scores_of(views.questions, ordinals, own)
    lexical = _scores_of(views.lexical, ordinals, 0)
    scores = (1 - ASKED_WEIGHT) * own + ASKED_WEIGHT * asked + LEXICAL_WEIGHT * lexical + bonus[ordinals]
    order = np.argsort(-scores, kind="stable")
    return Hits(ordinals[order], scores[order])


def _scores_of(hits: Hits, ordinals: NDArray[np.int64], missing: NDArray[np.float32] | float) -> NDArray[np.float32]:
    """The scores of `hits` in the order of `ordinals` (sorted), `missing` for those that were not found."""
    scores = np.empty(len(ordinals), dtype=np.float32)
    scores[:] = missing
    scores[np.searchsorted(ordinals, hits.ordinals)] = hits.scores
    return scores
