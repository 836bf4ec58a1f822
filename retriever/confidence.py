"""How sure the first post is: a logistic model over what the views look like.

It adds up two doubts, whether the corpus covers the question at all and, less, whether the first post is right if it
does; its weights are fitted over many organisations by `python -m eval.calibrate`, which writes calibration.json. A raw
similarity cannot do this: the best cosine of an answerable question and of one that nothing covers overlap widely. What
helps is to hold the question against duties of other organisations and against chatter (indexer/background.py), and,
where a document has them, against questions that it is known not to cover, as out-of-scope examples do for intents
(Larson et al. 2019, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction"). Nothing here tells
how long a question is, or how many posts or clauses there are.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.encoders.encoder import Vectors
from indexer.hits import Hits
from retriever.fuse import Views
from retriever.rank import ScoredPost

NEIGHBOURS = 10
BACKGROUND = 5
LEAST = 0.5
CEILING = 0.94  # however well a question fits, of so many first posts one in seventeen is not the right one
CALIBRATION_FILE = Path(__file__).with_name("calibration.json")


class Features(NamedTuple):
    """What the confidence is read from: differences of cosines, and shares of 0 to 1."""

    margin: float  # the best cosine to a clause less that to a duty of another organisation
    margin_five: float  # the same less the mean of the five best of those duties
    fused_margin: float  # the fused score of the best clause less that mean
    level: float  # that mean, at least LEAST: what nobody does is no nearer to being covered
    chatter: float  # how much nearer what is no question is than any clause or duty, if at all
    known_share: float  # share of the question's tokens that the lexicon knows
    literal: float  # 1 where the best clause says in so many words what is asked for
    explained: float  # share of the question that the words of one clause explain, at most
    lead: float  # how far the first post stands above the second, as a share of the first
    agreement: float  # share of the views whose best clause is one of the first post's
    has_asked: float  # 1 where the best clause's document has expected questions; else 0, and the next two too
    asked: float  # the best cosine to an expected question less the mean of the five best other duties
    asked_five: float  # the same with the mean of the five best expected questions
    has_outside: float  # 1 where the best clause's document has outside questions; else 0, and the next three too
    outside: float  # how much nearer the best outside question is than the best clause or expected question, if at all
    asked_outside: float  # how much nearer it is than the best expected question; 0 where there are none
    outside_share: float  # share of outside questions among the NEIGHBOURS nearest of both kinds, each clause once


NOTHING = Features(*[0.0] * len(Features._fields))


class Beside(NamedTuple):
    """What else is near to a question: what the best clause's document has beside it, and what others do and say."""

    asked: Hits  # expected questions; none where that document has none
    outside: Hits  # questions that it does not cover
    background: NDArray[np.float32]  # cosines to the nearest duties of other organisations, the best first
    chatter: float  # best cosine to what is no question


def best_cosines(vectors: Vectors, vector: Vectors, count: int) -> NDArray[np.float32]:
    """The highest cosines of a vector to others, the best first."""
    cosines = vectors @ vector
    return np.sort(np.partition(cosines, -count)[-count:])[::-1]


def features(
    views: Views,
    beside: Beside,
    fused: Hits,
    ranked: list[ScoredPost],
    holders: NDArray[np.int64],
    known: float,
    *,
    literal: bool,
) -> Features:
    """Features of one question; all zero when nothing was found."""
    if not ranked or not len(fused.ordinals):
        return NOTHING
    clause, asked, outside = _first(views.clauses), _first(beside.asked), _first(beside.outside)
    has_asked, has_outside = len(beside.asked.scores) > 0, len(beside.outside.scores) > 0
    five = float(beside.background.mean())
    bests = [int(holders[hits.ordinals[0]]) for hits in views if len(hits.ordinals)]
    return Features(
        margin=clause - float(beside.background[0]),
        margin_five=clause - five,
        fused_margin=float(fused.scores[0]) - five,
        level=max(LEAST, five),
        chatter=max(0.0, beside.chatter - max(clause, float(beside.background[0]))),
        known_share=known,
        literal=float(literal),
        explained=_first(views.lexical),
        lead=_lead(ranked),
        agreement=sum(holder == ranked[0].holder for holder in bests) / len(bests),
        has_asked=float(has_asked),
        asked=asked - five if has_asked else 0.0,
        asked_five=float(beside.asked.scores[:5].mean()) - five if has_asked else 0.0,
        has_outside=float(has_outside),
        outside=max(0.0, outside - max(clause, asked)) if has_outside else 0.0,
        asked_outside=outside - asked if has_outside and has_asked else 0.0,
        outside_share=_share(beside.outside.scores, beside.asked.scores) if has_outside and has_asked else 0.0,
    )


def _first(hits: Hits) -> float:
    """The best score; 0 when nothing was found."""
    return float(hits.scores[0]) if len(hits.scores) else 0.0


def _lead(ranked: list[ScoredPost]) -> float:
    """How far the first post stands above the second, 0 to 1; 0 where there is none to stand above."""
    return (ranked[0].score - ranked[1].score) / ranked[0].score if len(ranked) > 1 else 0.0


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
    """`right`: the first post is right, and thereby that the corpus covers the question.

    Abstain where that is below `threshold`; below `threshold_asked` for a document that has expected questions. What a
    clause says in so many words is answered. Below `sure` an answer says that it is a guess.
    """

    right: Logistic
    threshold: float
    threshold_asked: float
    sure: float

    def confidence(self, found: Features) -> float:
        """The probability that the first post is right, 0 to CEILING."""
        return CEILING * self.right.probability(found)

    def covers(self, found: Features, *, asks: bool = True) -> bool:
        """Whether to answer; what asks nothing only where everything is answered."""
        if not asks:
            return self.threshold <= 0
        threshold = self.threshold_asked if found.has_asked else self.threshold
        return bool(found.literal) or self.confidence(found) >= threshold

    def is_sure(self, found: Features) -> bool:
        """Whether the answer may be given without a doubt in its words."""
        return self.confidence(found) >= self.sure


# For measuring the ranking, and for fitting: everything is answered, and the confidence says nothing.
ANSWER_ALL = Calibration(Logistic(NOTHING, bias=0.0), threshold=0.0, threshold_asked=0.0, sure=0.0)


def load_calibration(path: Path = CALIBRATION_FILE) -> Calibration:
    content = json.loads(path.read_text(encoding="utf-8"))
    right = Logistic(Features(**content.pop("weights")), content.pop("bias"))
    return Calibration(right, **content)


def save_calibration(calibration: Calibration, path: Path) -> None:
    content = {
        "weights": calibration.right.weights._asdict(),
        "bias": calibration.right.bias,
        "threshold": calibration.threshold,
        "threshold_asked": calibration.threshold_asked,
        "sure": calibration.sure,
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
