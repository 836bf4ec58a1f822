"""Fit the confidence on the development gold questions: `python -m eval.calibrate`.

Two logistic regressions over retrieval features: whether the question is answerable, and whether the first post of an
answerable one is right. Each question is asked three times: of the shipped
corpus, of the same without its outside questions, and without its expected questions too, so that the model also knows
documents that have none.
"""

import argparse
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from corpus.load import Corpus, load_corpus
from eval.gold import GoldQuestion, read_gold
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, load_encoder
from indexer.index import open_index
from retriever.confidence import ANSWER_ALL, CALIBRATION_FILE, Calibration, Features, Logistic, save_calibration
from retriever.retriever import Retriever

DEV = Path(__file__).with_name("gold") / "dev.jsonl"
ANSWERED = 0.98  # share of the answerable development questions that either threshold lets through


VARIANTS = ("the shipped document", "without outside questions", "without expected questions too")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=DEV)
    parser.add_argument("--out", type=Path, default=CALIBRATION_FILE)
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    corpus, encoder = load_corpus(), load_encoder()
    variants = (corpus, dataclasses.replace(corpus, outside={}), dataclasses.replace(corpus, outside={}, asked_as={}))
    every = [_observe(variant, encoder, gold) for variant in variants]
    answerable = np.array([bool(question.relevant) for question in gold])
    observed, right = (np.concatenate(parts) for parts in zip(*every, strict=True))
    asked = np.tile(answerable, len(variants))
    covered = _fit(observed, asked)
    coverage = np.array([covered.probability(Features(*row)) for row in observed.tolist()]).reshape(len(variants), -1)
    whole, _, bare = coverage[:, answerable]
    calibration = Calibration(
        covered=covered,
        right=_fit(observed[asked], right[asked]),
        threshold=round(float(np.quantile(whole, 1 - ANSWERED)), 4),
        threshold_without=round(float(np.quantile(bare, 1 - ANSWERED)), 4),
    )
    save_calibration(calibration, arguments.out)
    for variant, part, threshold in zip(
        VARIANTS, coverage, (calibration.threshold, *[calibration.threshold_without] * 2), strict=True
    ):
        print(
            f"{variant}: of {answerable.sum()} answerable questions "
            f"{np.mean(part[answerable] >= threshold):.1%} are answered, "
            f"of {(~answerable).sum()} others {np.mean(part[~answerable] >= threshold):.1%}"
        )


def _fit(observed: NDArray[np.float64], true: NDArray[np.bool_]) -> Logistic:
    """A logistic regression on standardised features, its weights for the features as they are."""
    mean, deviation = observed.mean(axis=0), observed.std(axis=0)
    model = LogisticRegression(C=1, max_iter=1000).fit((observed - mean) / deviation, true)
    weights = model.coef_[0] / deviation
    bias = float(model.intercept_[0] - weights @ mean)
    return Logistic(Features(*(round(float(weight), 4) for weight in weights)), round(bias, 4))


def _observe(
    corpus: Corpus, encoder: Encoder, gold: list[GoldQuestion]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The features of each question, shape (questions, features), and whether its first post was right."""
    with tempfile.TemporaryDirectory() as home:
        build_index(corpus, encoder, Path(home))
        retriever = Retriever(open_index(Path(home), encoder), encoder, ANSWER_ALL)
        results = [retriever.ask(question.question, history=question.history) for question in gold]
    right = [
        bool(found.posts) and found.posts[0].post in question.posts
        for found, question in zip(results, gold, strict=True)
    ]
    return np.array([result.features for result in results], dtype=np.float64), np.array(right)


if __name__ == "__main__":
    main()
