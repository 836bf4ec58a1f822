"""What a search in an index gives back."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


class Hits(NamedTuple):
    """Clause ordinals, best first and each once, with their scores (float32, higher is better)."""

    ordinals: NDArray[np.int64]
    scores: NDArray[np.float32]


NO_HITS = Hits(np.empty(0, np.int64), np.empty(0, np.float32))


def best(scores: NDArray[np.float32], limit: int, allowed: Mask | None = None) -> Hits:
    """The `limit` highest scores above zero among the allowed, ties in ordinal order."""
    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(0))
    candidates = np.flatnonzero(scores > 0)
    if len(candidates) > limit:
        cut = np.partition(scores[candidates], -limit)[-limit]
        candidates = candidates[scores[candidates] >= cut]
    order = np.argsort(-scores[candidates], kind="stable")[:limit]
    return Hits(candidates[order], scores[candidates[order]])
