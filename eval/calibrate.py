"""Fit the confidence over many organisations: `python -m eval.calibrate --documents FOLDER...`

Two logistic regressions over retrieval features: whether the question is covered, and whether the first post of a
covered one is right. Their logits are added, the second at half its weight, and the sum is fitted to whether the first
post is right: one number that decides, and that is shown.

Organisations: those of eval/other/, the real documents among them where a folder has them, and the shipped document.
Each is asked as a user's document comes, with nothing but its text, and once more with twenty questions beside it that
it does not cover; the shipped one also with its expected questions, and with its outside questions too. Chatter and
noise (eval/other/noise.txt) is asked of all. Every organisation counts as much as any other, and so do covered and
uncovered questions. What is printed is measured on the same; python -m eval.other measures on organisations left out.
"""

import argparse
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from corpus.load import Corpus, load_corpus
from corpus.model import Post
from eval.gold import read_gold
from eval.home import indexed
from eval.organisations import Organisation, read_organisations
from indexer.encoders.encoder import Encoder, load_encoder
from retriever.confidence import (
    ANSWER_ALL,
    CALIBRATION_FILE,
    CEILING,
    NOTHING,
    Calibration,
    Features,
    Logistic,
    save_calibration,
)
from retriever.query import Turn

DEV = Path(__file__).with_name("gold") / "dev.jsonl"
NOISE = Path(__file__).with_name("other") / "noise.txt"
BARE, OUTSIDE, ASKED, WHOLE = "text only", "with outside questions", "with expected questions", "with both"
ANSWERED = {BARE: 0.95, OUTSIDE: 0.95, ASKED: 0.98, WHOLE: 0.98}  # share of covered questions that are to be answered
SURE = 0.5  # confidence from which an answer is given without a doubt in its words
FEW_OUTSIDE = 20  # outside questions that a document's owner may write down
NOISE_WEIGHT = 0.3  # what a string of noise counts, beside a question that nothing covers
SHIPPED_WEIGHT = 6.0  # the shipped document with what is beside it, in organisations
BOTH = 0.5  # weight of the doubt which post is right beside the doubt whether any is
FIELDS = {  # what each model may look at
    "covered": [name for name in Features._fields if name not in ("lead", "agreement")],
    "right": ["margin", "margin_five", "fused_margin", "explained", "lead", "agreement", "has_asked", "asked"],
}


class Question(NamedTuple):
    text: str
    history: tuple[Turn, ...]
    posts: frozenset[Post]
    covered: bool


@dataclasses.dataclass(frozen=True)
class Observed:
    """The questions of one organisation in one variant: features (questions, features), and what was true of each.

    `noise` has the features of what is no question; shape (strings, features).
    """

    organisation: str
    variant: str
    features: NDArray[np.float64]
    covered: NDArray[np.bool_]
    right: NDArray[np.bool_]
    noise: NDArray[np.float64]
    weight: float = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, nargs="*", default=(), help="folders with the real documents")
    parser.add_argument("--out", type=Path, default=CALIBRATION_FILE)
    arguments = parser.parse_args()
    observed = list(observe_all(arguments.documents, load_encoder()))
    calibration = calibrate(observed)
    save_calibration(calibration, arguments.out)
    for part in observed:
        answered = np.array([calibration.covers(Features(*row)) for row in part.features.tolist()])
        print(
            f"{part.organisation}, {part.variant}: {answered[part.covered].mean():.1%} of what it covers is answered, "
            f"{answered[~part.covered].mean():.1%} of what it does not"
        )


def observe_all(folders: Sequence[Path], encoder: Encoder) -> Iterator[Observed]:
    for organisation in read_organisations(folders):
        yield from observe_other(organisation, encoder)
    yield from observe_shipped(encoder)


def noise() -> list[Question]:
    """What is no question about any organisation's duties."""
    return [Question(text, (), frozenset(), False) for text in NOISE.read_text(encoding="utf-8").splitlines()]


def observe_other(organisation: Organisation, encoder: Encoder) -> Iterator[Observed]:
    """As it is; and with some of the questions that it does not cover beside it, which are then not asked."""
    asked = [Question(one.question, (), one.posts, one.covered) for one in organisation.questions]
    yield _observe(organisation.name, BARE, organisation.corpus, asked, encoder)
    uncovered = [question for question in asked if not question.covered]
    beside = uncovered[::2][:FEW_OUTSIDE]
    corpus = dataclasses.replace(
        organisation.corpus, outside={organisation.name: tuple(question.text for question in beside)}
    )
    rest = [question for question in asked if question not in beside]
    yield _observe(organisation.name, OUTSIDE, corpus, rest, encoder)


def observe_shipped(encoder: Encoder) -> Iterator[Observed]:
    corpus = load_corpus()
    gold = read_gold(DEV)
    asked = [Question(one.question, one.history, frozenset(one.posts), bool(one.relevant)) for one in gold]
    name = corpus.documents[0].slug
    bare = dataclasses.replace(corpus, outside={}, asked_as={})
    yield _observe(name, BARE, bare, asked, encoder)
    for variant, same in ((ASKED, dataclasses.replace(corpus, outside={})), (WHOLE, corpus)):
        yield dataclasses.replace(_observe(name, variant, same, asked, encoder), weight=SHIPPED_WEIGHT)


def _observe(name: str, variant: str, corpus: Corpus, asked: Sequence[Question], encoder: Encoder) -> Observed:
    with indexed(corpus, encoder, ANSWER_ALL) as retriever:
        results = [retriever.ask(question.text, history=question.history) for question in asked]
        heard = [retriever.posts(retriever.find(question.text)).features for question in noise()]
    right = [
        bool(result.posts) and result.posts[0].post in question.posts
        for result, question in zip(results, asked, strict=True)
    ]
    return Observed(
        organisation=name,
        variant=variant,
        features=np.array([result.features for result in results], dtype=np.float64),
        covered=np.array([question.covered for question in asked]),
        right=np.array(right),
        noise=np.array(heard, dtype=np.float64),
    )


def calibrate(observed: Sequence[Observed]) -> Calibration:
    """The model, and for each kind of document the confidence from which its covered questions are answered."""
    covered = _fit([(_with_noise(part), _balanced(part)) for part in observed], FIELDS["covered"])
    right = _fit([(_covered_only(part), part.weight) for part in observed], FIELDS["right"])
    both = _sum(covered, right)
    shown = _shown(both, observed)

    def threshold(*variants: str) -> float:
        confidence = [
            CEILING * shown.probability(Features(*row))
            for part in observed
            if part.variant in variants
            for row in part.features[part.covered].tolist()
        ]
        return round(float(np.quantile(confidence, 1 - ANSWERED[variants[0]])), 4) if confidence else 0.0

    return Calibration(shown, threshold(BARE, OUTSIDE), threshold(WHOLE, ASKED), SURE)


def left_out(observed: Sequence[Observed]) -> list[NDArray[np.float64]]:
    """For each part, the confidence in its questions by a model that never saw its organisation; shape (questions,)."""
    models = {
        name: calibrate([part for part in observed if part.organisation != name])
        for name in {part.organisation for part in observed}
    }
    return [
        np.array([models[part.organisation].confidence(Features(*row)) for row in part.features.tolist()])
        for part in observed
    ]


Rows = tuple[NDArray[np.float64], NDArray[np.bool_]]  # features (questions, features), and what was true of each


def _with_noise(part: Observed) -> Rows:
    return np.concatenate([part.features, part.noise]), np.append(part.covered, [False] * len(part.noise))


def _balanced(part: Observed) -> NDArray[np.float64]:
    """The weight of each question of a part, then of its noise: covered and uncovered ones count alike."""
    counts = np.where(part.covered, part.covered.sum(), max(1, (~part.covered).sum()))
    noise = np.full(len(part.noise), NOISE_WEIGHT / max(1, len(part.noise)))
    return part.weight * np.concatenate([1 / counts, noise]) / 2


def _covered_only(part: Observed) -> Rows:
    return part.features[part.covered], part.right[part.covered]


def _fit(parts: Iterable[tuple[Rows, NDArray[np.float64] | float]], fields: Sequence[str]) -> Logistic:
    """A logistic regression on standardised features, its weights for the features as they are.

    Each part comes with the weight of each of its questions, or with that of all of them.
    """
    found = list(parts)
    places = [Features._fields.index(name) for name in fields]
    x = np.concatenate([rows for (rows, _), _ in found])[:, places]
    y = np.concatenate([true for (_, true), _ in found])
    weight = np.concatenate(
        [np.full(len(true), weight / len(true)) if isinstance(weight, float) else weight for (_, true), weight in found]
    )
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=1, max_iter=2000)
    model.fit((x - mean) / deviation, y, sample_weight=weight * len(y) / weight.sum())
    weights = model.coef_[0] / deviation
    chosen = {name: float(value) for name, value in zip(fields, weights, strict=True)}
    return Logistic(NOTHING._replace(**chosen), float(model.intercept_[0] - weights @ mean))


def _sum(covered: Logistic, right: Logistic) -> Logistic:
    weights = Features(*(first + BOTH * second for first, second in zip(covered.weights, right.weights, strict=True)))
    return Logistic(weights, covered.bias + BOTH * right.bias)


def _shown(both: Logistic, observed: Sequence[Observed]) -> Logistic:
    """The same on the scale of probabilities that the first post is right (after Platt 1999), at most CEILING.

    With expected questions the right post comes first more often, at equal doubts.
    """
    rows = np.concatenate([part.features for part in observed])
    logits, has_asked = rows @ np.array(both.weights) + both.bias, rows[:, Features._fields.index("has_asked")]
    right = np.concatenate([part.right & part.covered for part in observed])

    def loss(parameters: NDArray[np.float64]) -> float:
        scale, bias, more = parameters
        likely = CEILING / (1 + np.exp(-(scale * logits + bias + more * has_asked)))
        return -float(np.mean(np.log(np.where(right, likely, 1 - likely))))

    scale, bias, more = minimize(loss, np.array([1.0, 0.0, 0.0]), method="Nelder-Mead").x.tolist()
    weights = Features(*(round(scale * weight, 4) for weight in both.weights))
    return Logistic(weights._replace(has_asked=round(weights.has_asked + more, 4)), round(scale * both.bias + bias, 4))


def refused_at(scores: NDArray[np.float64], covered: NDArray[np.bool_], answered: float) -> float:
    """The share of uncovered questions below the score from which this share of the covered ones is answered."""
    return float(np.mean(scores[~covered] < np.quantile(scores[covered], 1 - answered)))


if __name__ == "__main__":
    main()
