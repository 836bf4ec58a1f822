"""Tune the shipped encoder: `python -m indexer.training.train --base FOLDER --out FOLDER`.

Everyday questions learn to find their official clauses, among clauses that the untuned system mistakes for them (hard
negatives). The tuned weights are then averaged with the base, so that documents of other organisations do not suffer,
and exported to int8. Reproducible: one seed, data identified by hash, versions written to the model card.
"""

import argparse
import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from corpus.load import load_corpus
from indexer.background import read_bank
from indexer.dense import DenseIndex
from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER, Encoder, Vectors, load_encoder
from indexer.encoders.transformer import fine_tune, training_precision
from indexer.lexical import LexicalIndex
from indexer.normalise import normalise
from indexer.passages import clause_text
from indexer.tokenise import Tokeniser
from indexer.topic import asked_text
from indexer.training.weights import (
    Weights,
    average,
    float_weights,
    read_float_model,
    save_float_model,
    write_float_model,
    write_int8_model,
)

SEED = 42
EPOCHS = 1
SHARE = 0.5  # of the tuned weights in the average with the base
TO_CLAUSE = 0.6  # share of the questions that are paired with their clause
HARD = 8  # hardest wrong clauses that a negative is drawn from


@dataclass(frozen=True, slots=True)
class Duty:
    """One clause as the encoder sees it, whose it is, and what people ask when they mean it."""

    organisation: str
    post: str
    text: str
    questions: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--base", type=Path, required=True, help="folder with the untuned int8 ONNX weights of bge-small-zh-v1.5"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED_FOLDER, help="where the tuned model goes")
    parser.add_argument(
        "--work", type=Path, help="folder that keeps the tuned float model, so that another share needs no training"
    )
    parser.add_argument("--share", type=float, default=SHARE, help="share of the tuned weights in the average")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = arguments.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        train(arguments.base, arguments.out, work, share=arguments.share, epochs=arguments.epochs)


def train(base: Path, out: Path, work: Path, *, share: float, epochs: int) -> None:
    """Tune, average, export, and record what was done in OUT/training.json.

    A model that was tuned before on the same data is found in WORK and used again.
    """
    duties = list(read_duties())
    shell = work / "shell"  # the shipped folder, whose tokeniser lower-cases, around the base weights
    if not shell.exists():
        shutil.copytree(SHIPPED_FOLDER, shell, ignore=shutil.ignore_patterns("onnx"))
        shutil.copytree(base / "onnx", shell / "onnx")
        write_float_model(work / "base", shell)
    columns = triples(duties, load_encoder(str(shell)))
    data = _digest(json.dumps(columns, ensure_ascii=False).encode())
    tuned = work / f"tuned-{data[:12]}-{epochs}"
    if not tuned.exists():
        fine_tune(str(work / "base"), columns, tuned, epochs=epochs, seed=SEED)
    averaged = average(float_weights(base / ONNX_WEIGHTS), read_float_model(tuned), share)
    write_int8_model(averaged, shell, out)
    agreement = _int8_agreement(averaged, out, work, duties)
    record = {
        "base_sha256": _digest((base / ONNX_WEIGHTS).read_bytes()),
        "sha256": _digest((out / ONNX_WEIGHTS).read_bytes()),
        "data_sha256": data,
        "organisations": len({duty.organisation for duty in duties}),
        "clauses": len(duties),
        "questions": sum(len(duty.questions) for duty in duties),
        "triples": len(columns["anchor"]),
        "seed": SEED,
        "epochs": epochs,
        "precision": training_precision(),
        "share_of_tuned_weights": share,
        "int8_agrees_with_float": agreement,
        "versions": {name: version(name) for name in ("torch", "sentence-transformers", "transformers", "numpy")},
    }
    (out / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))


def _int8_agreement(averaged: Weights, out: Path, work: Path, duties: Sequence[Duty]) -> float:
    """The share of questions whose nearest clause is the same by the int8 export as by the float32 weights."""
    exact = work / "averaged"
    shutil.rmtree(exact, ignore_errors=True)
    shutil.copytree(work / "base", exact)
    save_float_model(averaged, exact)
    exported = work / "exported"
    shutil.rmtree(exported, ignore_errors=True)
    shutil.copytree(work / "shell", exported)
    shutil.copy(out / ONNX_WEIGHTS, exported / ONNX_WEIGHTS)
    questions = [duty.questions[0] for duty in duties]
    nearest = []
    for folder in (exact, exported):
        encoder = load_encoder(str(folder))
        clauses = encoder.encode_passages([duty.text for duty in duties])
        nearest.append((encoder.encode_passages(questions) @ clauses.T).argmax(axis=1))
    return round(float((nearest[0] == nearest[1]).mean()), 4)


def read_duties() -> Iterator[Duty]:
    """The clauses of the shipped corpus with their expected questions, and those of the invented organisations.

    The invented ones are those of the bank.
    """
    corpus = load_corpus()
    for clause in corpus.clauses:
        yield _duty(clause.document, str(clause.post), clause_text(clause), corpus.asked_as.get(clause.id, ()))
    for duty in read_bank():
        yield _duty(duty.organisation, f"{duty.department}·{duty.position}", duty.text, duty.questions)


def _duty(organisation: str, post: str, text: str, questions: Iterable[str]) -> Duty:
    """A duty with its questions as they are searched for, each once."""
    return Duty(
        organisation, post, text, tuple(dict.fromkeys(asked_text(normalise(question)) for question in questions))
    )


def triples(duties: Sequence[Duty], encoder: Encoder) -> dict[str, list[str]]:
    """Columns anchor, positive, negative: every question with its clause or, by chance, another question of the clause.

    The index holds both, so a question must find both. Negatives are what the untuned dense and lexical search rank
    highest among the clauses of other posts of the same organisation; an organisation of one post has none, and gives
    no triples.
    """
    generator = random.Random(SEED)
    columns: dict[str, list[str]] = {"anchor": [], "positive": [], "negative": []}
    for organisation in dict.fromkeys(duty.organisation for duty in duties):
        own = [duty for duty in duties if duty.organisation == organisation]
        hardest = _hardest(own, encoder)
        for place, duty in enumerate(own):
            for question in duty.questions:
                if not hardest[place, question]:
                    continue
                wrong = own[generator.choice(hardest[place, question])]
                others = [other for other in duty.questions if other != question]
                like_clause = generator.random() < TO_CLAUSE or not others or not wrong.questions
                columns["anchor"].append(question)
                columns["positive"].append(duty.text if like_clause else generator.choice(others))
                columns["negative"].append(wrong.text if like_clause else generator.choice(wrong.questions))
    return columns


def _hardest(duties: Sequence[Duty], encoder: Encoder) -> dict[tuple[int, str], list[int]]:
    """For each question the places of the wrong clauses that rank highest; twins of its own clause are not wrong."""
    tokeniser = Tokeniser.full()
    texts = [duty.text for duty in duties]
    vectors = encoder.encode_passages(texts)
    dense = DenseIndex.build(vectors, np.arange(len(texts)))
    lexical = LexicalIndex.build([tokeniser.tokens(text) for text in texts])
    asked = [(place, question) for place, duty in enumerate(duties) for question in duty.questions]
    questions = encoder.encode_passages([question for _, question in asked])
    return {
        (place, question): _wrong(duties, place, _ranked(dense, lexical, vector, tokeniser.tokens(question)))
        for (place, question), vector in zip(asked, questions, strict=True)
    }


def _ranked(dense: DenseIndex, lexical: LexicalIndex, vector: Vectors, tokens: Sequence[str]) -> list[int]:
    """Places by turns from both searches."""
    both = zip(
        dense.search(vector, 4 * HARD).ordinals.tolist(),
        lexical.search(tokens, 4 * HARD).ordinals.tolist(),
        strict=False,
    )
    by_turns = [place for pair in both for place in pair]
    return list(dict.fromkeys([*by_turns, *dense.search(vector, 4 * HARD).ordinals.tolist()]))


def _wrong(duties: Sequence[Duty], place: int, ranked: Sequence[int]) -> list[int]:
    duty = duties[place].text.partition("：")[2]
    wrong = [
        other
        for other in ranked
        if duties[other].post != duties[place].post and duties[other].text.partition("：")[2] != duty
    ]
    return wrong[:HARD]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
