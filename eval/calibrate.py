"""Fit the confidence on the development gold questions: `python -m eval.calibrate`.

A logistic regression from retrieval features to "the first post is right". Each question is asked three times: of the shipped
corpus, of the same without its outside questions, and without its expected questions too, so that the model also knows
documents that have none.
"""

import argparse
import dataclasses
import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from corpus.load import Corpus, load_corpus
from eval.gold import GoldQuestion, read_gold
from indexer.build import build_index
from indexer.encoder import Encoder, load_encoder
from indexer.index import open_index
from retriever.confidence import ANSWER_ALL, CALIBRATION_FILE, Features
from retriever.retriever import Retriever

DEV = Path(__file__).with_name("gold") / "dev.jsonl"
ANSWERED = 0.97  # share of answerable questions that the threshold lets through


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=DEV)
    parser.add_argument("--out", type=Path, default=CALIBRATION_FILE)
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    corpus, encoder = load_corpus(), load_encoder()
    variants = (corpus, dataclasses.replace(corpus, outside={}), dataclasses.replace(corpus, outside={}, asked_as={}))
    every = [_observe(variant, encoder, gold) for variant in variants]
    whole = every[0][0]
    observed, right = (np.concatenate(parts) for parts in zip(*every, strict=True))
    mean, deviation = observed.mean(axis=0), observed.std(axis=0)
    model = LogisticRegression(C=10, max_iter=1000).fit((observed - mean) / deviation, right)
    weights = model.coef_[0] / deviation
    bias = float(model.intercept_[0] - weights @ mean)
    probabilities = 1 / (1 + np.exp(-(whole @ weights + bias)))
    answerable = np.array([bool(question.relevant) for question in gold])
    threshold = float(np.quantile(probabilities[answerable], 1 - ANSWERED))
    content = {
        "weights": {name: round(float(weight), 4) for name, weight in zip(Features._fields, weights, strict=True)},
        "bias": round(bias, 4),
        "threshold": round(threshold, 4),
    }
    arguments.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(content))
    print(
        f"of {answerable.sum()} answerable questions {np.mean(probabilities[answerable] >= threshold):.1%} are answered, "
        f"of {(~answerable).sum()} others {np.mean(probabilities[~answerable] >= threshold):.1%}"
    )


def _observe(corpus: Corpus, encoder: Encoder, gold: list[GoldQuestion]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The features of each question, shape (questions, features), and whether its first post was right."""
    with tempfile.TemporaryDirectory() as home:
        build_index(corpus, encoder, Path(home))
        retriever = Retriever(open_index(Path(home), encoder), encoder, ANSWER_ALL)
        results = [retriever.ask(question.question, history=question.history) for question in gold]
    right = [bool(found.posts) and found.posts[0].post in question.posts for found, question in zip(results, gold, strict=True)]
    return np.array([result.features for result in results], dtype=np.float64), np.array(right)


if __name__ == "__main__":
    main()
