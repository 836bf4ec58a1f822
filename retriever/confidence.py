"""How sure the first post is: a logistic model over what the views look like, as one probability.

The weights are fitted on development gold questions, unanswerable ones included, by `python -m eval.calibrate`, which writes
calibration.json. Below its threshold the retriever abstains. A raw similarity cannot do this: the best cosine of an
answerable question and of one that nothing covers overlap widely.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.hits import Hits
from retriever.fuse import Views
from retriever.rank import ScoredPost

CALIBRATION_FILE = Path(__file__).with_name("calibration.json")


class Features(NamedTuple):
    """What the confidence is read from. Where there are no expected questions, clauses stand in for them."""

    nearest_clause: float  # best cosine to a clause
    nearest_question: float  # best cosine to an expected question
    nearest_five: float  # mean of the five best of these
    known_share: float  # share of the question's tokens that the lexicon knows
    explained: float  # share of the question that the words of one clause explain, at most
    best: float  # fused score of the best clause
    prominence: float  # how far it stands above all candidates, in their standard deviations
    lead: float  # how far the first post stands above the second, as a share of the first
    lead_of_three: float  # the same above the fourth
    outside: float  # how much nearer the best outside question is than nearest_question; 0 where there are none
    has_outside: float  # 1 where the document has outside questions, else 0
    agreement: float  # share of the views whose best clause is one of the first post's
    length: float  # log of the question's number of characters


def features(
    views: Views, outside: Hits, fused: Hits, ranked: list[ScoredPost], owners: NDArray[np.int64], query: str, known: float
) -> Features:
    """Features of one question; all zero when nothing was found. `outside` is the best outside question, if there is any."""
    if not ranked:
        return Features(*[0.0] * len(Features._fields))
    asked = views.questions if len(views.questions.scores) else views.clauses
    mean = float(fused.scores.sum()) / len(fused.scores)
    spread = math.sqrt(max(0.0, float(fused.scores @ fused.scores) / len(fused.scores) - mean * mean))
    best = float(fused.scores[0])
    bests = [int(owners[hits.ordinals[0]]) for hits in views if len(hits.ordinals)]
    return Features(
        nearest_clause=_first(views.clauses),
        nearest_question=_first(asked),
        nearest_five=sum(asked.scores[:5].tolist()) / max(1, len(asked.scores[:5])),
        known_share=known,
        explained=_first(views.lexical),
        best=best,
        prominence=(best - mean) / (spread or 1.0),
        lead=_lead(ranked, 1),
        lead_of_three=_lead(ranked, 3),
        outside=_first(outside) - _first(asked) if len(outside.scores) else 0.0,
        has_outside=float(len(outside.scores) > 0),
        agreement=sum(post == ranked[0].post for post in bests) / len(bests),
        length=math.log(len(query)),
    )


def _first(hits: Hits) -> float:
    """The best score; 0 when nothing was found."""
    return float(hits.scores[0]) if len(hits.scores) else 0.0


def _lead(ranked: list[ScoredPost], place: int) -> float:
    """How far the first post stands above the one `place` behind it, 0 to 1; 0 where there is none to stand above."""
    return (ranked[0].score - ranked[place].score) / ranked[0].score if len(ranked) > place else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model: probability = logistic(bias + sum of weights * features); abstain below `threshold`."""

    weights: Features
    bias: float
    threshold: float

    def confidence(self, found: Features) -> float:
        """The probability, 0 to 1, that the first post is right."""
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, found, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


# For measuring the ranking, and for fitting: everything is answered, and the confidence says nothing.
ANSWER_ALL = Calibration(Features(*[0.0] * len(Features._fields)), bias=0.0, threshold=0.0)


def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(Features(**content["weights"]), content["bias"], content["threshold"])
