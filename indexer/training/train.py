"""Tune the shipped encoder: `python -m indexer.training.train --base FOLDER --out FOLDER`.

Everyday questions learn to find their official clauses, among clauses that the untuned system mistakes for them (hard
negatives). The tuned weights are then averaged with the base, so that documents of other organisations do not suffer,
and exported to int8. Reproducible: one seed, data identified by hash, versions written to the model card.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from safetensors.numpy import load_file, save_file

from indexer.encoders.encoder import ONNX_WEIGHTS, SHIPPED_FOLDER, load_encoder
from indexer.training.triples import Duty, Hardest, hardest_negatives, read_duties
from indexer.training.tune import fine_tune, input_ranges, training_precision
from indexer.training.weights import (
    Weights,
    average,
    float_weights,
    save_float_model,
    write_float_model,
    write_int8_model,
)

SEED = 42
EPOCHS = 2
SHARE = 0.65  # of the tuned weights in the average with the base
SAMPLE = 300  # clauses from which the ranges of channels are taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--base", type=Path, required=True, help="folder with the untuned int8 ONNX weights of bge-small-zh-v1.5"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED_FOLDER, help="where the tuned model goes")
    parser.add_argument(
        "--work",
        type=Path,
        help="folder that keeps what a run has done: stopped, it goes on there, and another share needs no training",
    )
    parser.add_argument("--share", type=float, default=SHARE, help="share of the tuned weights in the average")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = arguments.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        train(arguments.base, arguments.out, work, share=arguments.share, epochs=arguments.epochs)


def train(base: Path, out: Path, work: Path, *, share: float, epochs: int) -> None:
    """Tune, average, export, and record what was done in OUT/training.json.

    What was tuned before on the same data is found in WORK and used again, or gone on with.
    """
    duties = list(read_duties())
    shell = work / "shell"  # the shipped folder, whose tokeniser lower-cases, around the base weights
    if not shell.exists():
        shutil.copytree(SHIPPED_FOLDER, shell, ignore=shutil.ignore_patterns("onnx"))
        shutil.copytree(base / "onnx", shell / "onnx")
        write_float_model(work / "base", shell)
    hardest = hardest_negatives(duties, load_encoder(str(shell)))
    data = _digest(json.dumps([[*map(asdict, duties)], [*hardest.items()]], ensure_ascii=False).encode())
    tuned = _tuned(work, work / f"tuned-{data[:12]}-{epochs}", duties, hardest, epochs)
    averaged = average(float_weights(base / ONNX_WEIGHTS), tuned, share)
    exact = work / "averaged"
    shutil.rmtree(exact, ignore_errors=True)
    shutil.copytree(work / "base", exact)
    save_float_model(averaged, exact)
    write_int8_model(averaged, shell, out, input_ranges(exact, _sample(duties)))
    agreement = _int8_agreement(exact, out, work, duties)
    record = {
        "base_sha256": _digest((base / ONNX_WEIGHTS).read_bytes()),
        "sha256": _digest((out / ONNX_WEIGHTS).read_bytes()),
        "data_sha256": data,
        "organisations": len({duty.organisation for duty in duties}),
        "clauses": len(duties),
        "questions": sum(len(duty.questions) for duty in duties),
        "seed": SEED,
        "epochs": epochs,
        "precision": training_precision(),
        "share_of_tuned_weights": share,
        "int8_agrees_with_float": agreement,
        "versions": {name: version(name) for name in ("torch", "transformers", "numpy")},
    }
    (out / "training.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))


def _tuned(work: Path, folder: Path, duties: Sequence[Duty], hardest: Hardest, epochs: int) -> Weights:
    """The tuned weights that `folder` keeps, or else those of a run, which goes on where it was stopped."""
    kept = folder / "weights.safetensors"
    if not kept.exists():
        folder.mkdir(exist_ok=True)
        weights = fine_tune(work / "base", duties, hardest, folder, epochs=epochs, seed=SEED)
        save_file(weights, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)
    return load_file(kept)


def _sample(duties: Sequence[Duty]) -> list[str]:
    """Some clauses, and a question of each."""
    some = duties[:: max(1, len(duties) // SAMPLE)]
    return [text for duty in some for text in (duty.text, *duty.questions[:1])]


def _int8_agreement(exact: Path, out: Path, work: Path, duties: Sequence[Duty]) -> float:
    """The share of questions whose nearest clause is the same by the int8 export as by the float32 weights."""
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


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
