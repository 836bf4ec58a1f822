"""`python -m bench.build`: a build of 10,000 clauses from nothing, and again after one of them changed.

The clauses are the shipped ones' parts put together anew, ten posts in each of fifty departments. Their vectors are
made up where they are built from nothing: what is measured is what a build does beside the encoder.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.load import load_corpus
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, Progress, Vectors, load_encoder

CLAUSES = 10_000


class _MadeUp:
    """The shipped encoder, which answers many texts at once with random unit vectors."""

    def __init__(self, inner: Encoder) -> None:
        self.name, self.identity, self.dimension = inner.name, inner.identity, inner.dimension
        self.encode_question = inner.encode_question

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:  # noqa: ARG002
        if len(texts) < 100:
            return np.array([self.encode_question(text) for text in texts], dtype=np.float32)
        vectors = np.random.default_rng(1).normal(size=(len(texts), self.dimension)).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def document(clauses: int = CLAUSES, seed: int = 1) -> str:
    """A document of so many clauses."""
    dice = random.Random(seed)
    parts = [part for clause in load_corpus().clauses for part in clause.text.rstrip("。").split("，")]
    lines = []
    for number in range(clauses):
        if number % (clauses // 50) == 0:
            lines.append(f"第{number}业务部主要职责")
        if number % (clauses // 500) == 0:
            lines.append(f"岗位：业务{number}组专员")
        lines.append(f"{number % (clauses // 500) + 1}.{'，'.join(dice.sample(parts, 3))}。")
    return "\n".join(lines)


def main() -> None:
    encoder = _MadeUp(load_encoder())
    with tempfile.TemporaryDirectory() as folder:
        path, home = Path(folder) / "large.txt", Path(folder) / "home"
        text = document()
        for what, content in (
            ("from nothing, vectors made up", text),
            ("nothing changed", text),
            ("one clause changed", text.replace("1.", "1.新增：", 1)),
        ):
            path.write_text(content, encoding="utf-8")
            start = time.perf_counter()
            corpus = load_corpus([path])
            read = time.perf_counter()
            build_index(corpus, encoder, home)
            end = time.perf_counter()
            print(f"{what}: {end - read:.2f} s beyond reading ({read - start:.2f} s), {len(corpus.clauses)} clauses")


if __name__ == "__main__":
    main()
