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

from indexer.hits import Hits
from retriever.fuse import Views
from retriever.rank import ScoredPost

CALIBRATION_FILE = Path(__file__).with_name("calibration.json")


class Features(NamedTuple):
    """What the confidence is read from."""

    nearest_clause: float  # best cosine to a clause
    nearest_question: float  # best cosine to an expected question; to a clause where there are none
    known_share: float  # share of the question's tokens that the lexicon knows
    lexical_strength: float  # log of 1 + the best BM25 score
    prominence: float  # how far the best clause stands above all candidates, in their standard deviations
    lead: float  # how far the first post stands above the second, as a share of the first


def features(views: Views, fused: Hits, ranked: list[ScoredPost], known_share: float) -> Features:
    """Features of one question; all zero when nothing was found."""
    if not ranked:
        return Features(*[0.0] * len(Features._fields))
    nearest = float(views.clauses.scores.max(initial=0))
    spread = float(fused.scores.std()) or 1.0
    second = ranked[1].score if len(ranked) > 1 else 0.0
    return Features(
        nearest_clause=nearest,
        nearest_question=float(views.questions.scores.max(initial=0)) or nearest,
        known_share=known_share,
        lexical_strength=math.log1p(float(views.lexical.scores.max(initial=0))),
        prominence=(float(fused.scores[0]) - float(fused.scores.mean())) / spread,
        lead=(ranked[0].score - second) / ranked[0].score if ranked[0].score else 0.0,
    )


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


def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(Features(**content["weights"]), content["bias"], content["threshold"])
