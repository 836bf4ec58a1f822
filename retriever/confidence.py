"""How sure the first post is: two logistic models over what the views look like, multiplied to one probability.

One says whether the corpus covers the question at all, the other whether the first post is right if it does. Their
weights are fitted on development gold questions, unanswerable ones included, by `python -m eval.calibrate`, which
writes calibration.json. The retriever abstains where coverage is below the threshold. A raw similarity cannot do this:
the best cosine of an answerable question and of one that nothing covers overlap widely. What helps most is to know some
questions that are not covered (outside questions) and to see which kind is nearer, as out-of-scope examples do for
intents (Larson et al. 2019, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction").
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

NEIGHBOURS = 10
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
    outside_share: float  # share of outside questions among the NEIGHBOURS nearest of both kinds, each clause once
    has_outside: float  # 1 where the document has outside questions, else 0
    agreement: float  # share of the views whose best clause is one of the first post's
    length: float  # log of the question's number of characters


def features(
    views: Views,
    outside: Hits,
    fused: Hits,
    ranked: list[ScoredPost],
    owners: NDArray[np.int64],
    query: str,
    known: float,
) -> Features:
    """Features of one question; all zero when nothing was found.

    `outside` are the nearest outside questions, if any.
    """
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
        outside_share=_share(outside.scores, asked.scores) if len(outside.scores) else 0.0,
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


def _share(some: NDArray[np.float32], others: NDArray[np.float32]) -> float:
    """The share of `some` among the NEIGHBOURS highest of both, each in falling order."""
    cut = np.sort(np.concatenate([some[:NEIGHBOURS], others[:NEIGHBOURS]]))[-NEIGHBOURS:][0]
    return float(np.count_nonzero(some[:NEIGHBOURS] >= cut)) / NEIGHBOURS


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted model: probability = logistic(bias + sum of weights * features)."""

    weights: Features
    bias: float

    def probability(self, found: Features) -> float:
        logit = self.bias + sum(weight * value for weight, value in zip(self.weights, found, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`covered`: the corpus covers the question. `right`: the first post is right, if it does.

    Abstain where coverage is below `threshold`; below `threshold_without` for a document that has no outside questions,
    where much less can be known.
    """

    covered: Logistic
    right: Logistic
    threshold: float
    threshold_without: float

    def covers(self, found: Features) -> bool:
        return self.covered.probability(found) >= (self.threshold if found.has_outside else self.threshold_without)

    def confidence(self, found: Features) -> float:
        """The probability, 0 to 1, that the first post is right."""
        return self.covered.probability(found) * self.right.probability(found)


# For measuring the ranking, and for fitting: everything is answered, and the confidence says nothing.
_EVEN = Logistic(Features(*[0.0] * len(Features._fields)), bias=0.0)
ANSWER_ALL = Calibration(covered=_EVEN, right=_EVEN, threshold=0.0, threshold_without=0.0)


def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    content = json.loads(path.read_text(encoding="utf-8"))
    covered, right = (
        Logistic(Features(**content[part]["weights"]), content[part]["bias"]) for part in ("covered", "right")
    )
    return Calibration(covered, right, content["threshold"], content["threshold_without"])


def save_calibration(calibration: Calibration, path: Path) -> None:
    content = {
        "covered": {"weights": calibration.covered.weights._asdict(), "bias": calibration.covered.bias},
        "right": {"weights": calibration.right.weights._asdict(), "bias": calibration.right.bias},
        "threshold": calibration.threshold,
        "threshold_without": calibration.threshold_without,
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
