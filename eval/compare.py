"""Ablations: the same questions through configurations that each lack something.

It also says which differences are more than noise.
"""

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from corpus.load import Corpus
from eval.gold import GoldQuestion
from eval.run import Outcome, run_gold
from eval.significance import paired_randomisation
from indexer.build import build_index
from indexer.encoders.encoder import Encoder, Vectors
from indexer.hits import NO_HITS
from indexer.index import open_index
from retriever.confidence import ANSWER_ALL
from retriever.fuse import Views
from retriever.query import Query
from retriever.retriever import Retriever

COMPARED = ("hit@1", "hit@3", "MRR@10", "nDCG@5", "clause recall@5", "clause recall@10")


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of a configuration against the full one.

    It has both means, p of the paired test, and the questions that changed.
    """

    metric: str
    full: float
    other: float
    p: float
    lost: tuple[str, ...]
    won: tuple[str, ...]


class OneSided(Retriever):
    """A retriever that looks through some of its views only, and never abstains: ranking is compared."""

    def __init__(self, inner: Retriever, keep: Callable[[Views], Views]) -> None:
        super().__init__(inner.index, inner.encoder, ANSWER_ALL)
        self._keep = keep

    def views(self, query: Query, tokens: Sequence[str], vector: Vectors, limit: int) -> Views:
        return self._keep(super().views(query, tokens, vector, limit))


def lexical_only(views: Views) -> Views:
    return Views(NO_HITS, NO_HITS, views.lexical)


def dense_only(views: Views) -> Views:
    return views._replace(lexical=NO_HITS)


def run_configurations(
    gold: Sequence[GoldQuestion], corpus: Corpus, encoders: dict[str, Encoder], report: Callable[[str, int, int], None]
) -> dict[str, list[Outcome]]:
    """Outcomes by configuration; the first is the full one. `encoders` by name, the one in use first."""
    variants = {"expected questions": corpus, "no expected questions": dataclasses.replace(corpus, asked_as={})}
    sides = {"hybrid": lambda views: views, "dense only": dense_only, "BM25 only": lexical_only}
    outcomes = {}
    with ExitStack() as stack:
        for model, encoder in encoders.items():
            for variant, documents in variants.items():
                home = Path(stack.enter_context(TemporaryDirectory()))
                build_index(documents, encoder, home, report)
                retriever = Retriever(open_index(home, encoder), encoder)
                for side, keep in sides.items():
                    name = f"{side}, {variant}, {model}"
                    outcomes[name] = run_gold(gold, OneSided(retriever, keep), corpus, _stage(report, name))
                retriever.index.store.close()
    return outcomes


def differences(full: Sequence[Outcome], other: Sequence[Outcome]) -> list[Difference]:
    """Compare two runs of the same questions, metric by metric. Raises ValueError when the questions differ."""
    if [outcome.gold.id for outcome in full] != [outcome.gold.id for outcome in other]:
        raise ValueError("the two runs are of different questions")
    return [
        _difference(metric, full, other) for metric in COMPARED if any(metric in outcome.scores for outcome in full)
    ]


def _difference(metric: str, full: Sequence[Outcome], other: Sequence[Outcome]) -> Difference:
    pairs = [
        (first.gold.id, first.scores[metric], second.scores[metric])
        for first, second in zip(full, other, strict=True)
        if metric in first.scores
    ]
    before, after = [pair[1] for pair in pairs], [pair[2] for pair in pairs]
    return Difference(
        metric=metric,
        full=float(np.mean(before)),
        other=float(np.mean(after)),
        p=paired_randomisation(before, after),
        lost=tuple(name for name, first, second in pairs if second < first),
        won=tuple(name for name, first, second in pairs if second > first),
    )


def _stage(report: Callable[[str, int, int], None], name: str) -> Callable[[int, int], None]:
    return lambda done, total: report(name, done, total)
