"""Other organisations: does what helps the shipped document help them? `python -m eval.other --base MODEL`

Asks the questions of eval/other/ of organisations that have nothing but their text: invented ones, and real documents
where --documents names folders that have them. Two tables: how posts and clauses are ranked, by the model in use and
by the base model, hybrid and each list alone; and what the confidence knows of organisations that it was not fitted on
(--html writes its reliability and risk-coverage plots).
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from eval.calibrate import BARE, Observed, left_out, observe_all, refused_at
from eval.compare import OneSided, dense_only, lexical_only
from eval.home import indexed
from eval.html import left_out_page
from eval.metrics import auroc, calibration_error, ndcg_at
from eval.organisations import Organisation, read_organisations
from eval.significance import paired_randomisation
from indexer.encoders.encoder import SHIPPED_MODEL, Encoder, load_encoder

SIDES = {"hybrid": lambda views: views, "dense": dense_only, "BM25": lexical_only}
DEPTH = 10
FIRST, NDCG = "first post", "nDCG@10"

Scores = Mapping[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="the untuned model: a folder or a name")
    parser.add_argument("--model", default=SHIPPED_MODEL, help="the model in use: a folder or a name")
    parser.add_argument("--documents", type=Path, nargs="*", default=(), help="folders with the real documents")
    parser.add_argument("--html", type=Path, help="where the plots go")
    arguments = parser.parse_args()
    models = {"in use": load_encoder(arguments.model), "base": load_encoder(arguments.base)}
    console = Console(width=200)
    console.print(ranking(list(read_organisations(arguments.documents)), models))
    observed = [part for part in observe_all(arguments.documents, models["in use"]) if part.weight == 1]
    judged = left_out(observed)
    bare = [(part, scores) for part, scores in zip(observed, judged, strict=True) if part.variant == BARE]
    console.print(confidence_table(bare))
    if arguments.html:
        arguments.html.write_text(page(bare), encoding="utf-8")


def ranking(organisations: Sequence[Organisation], models: Mapping[str, Encoder]) -> Table:
    columns = [
        *(f"{FIRST} {name}" for name in models),
        *(f"{side} {name}" for name in models for side in SIDES),
    ]
    table = Table("organisation", "clauses", "questions", *columns, "p", title=f"{FIRST}; {NDCG} of clauses")
    everything: dict[str, list[float]] = {column: [] for column in columns}
    for organisation in organisations:
        scores = {
            column: values
            for name, encoder in models.items()
            for column, values in _scores(organisation, name, encoder).items()
        }
        for column, values in scores.items():
            everything[column] += values
        table.add_row(*_row(organisation.name, str(len(organisation.corpus.clauses)), scores, columns))
    table.add_section()
    table.add_row(*_row("all", "", everything, columns))
    return table


def _row(name: str, clauses: str, scores: Scores, columns: Sequence[str]) -> list[str]:
    in_use, base = (scores[f"{FIRST} {model}"] for model in ("in use", "base"))
    means = (f"{np.mean(scores[column]):.3f}" for column in columns)
    return [name, clauses, str(len(in_use)), *means, f"{paired_randomisation(base, in_use):.3f}"]


def _scores(organisation: Organisation, model: str, encoder: Encoder) -> Scores:
    """What each covered question scores, by what is measured."""
    asked = [question for question in organisation.questions if question.covered]
    with indexed(organisation.corpus, encoder) as retriever:
        scores: dict[str, list[float]] = {f"{FIRST} {model}": []}
        for side, keep in SIDES.items():
            one = OneSided(retriever, keep)
            found = [one.find(question.question) for question in asked]
            scores[f"{side} {model}"] = [
                ndcg_at([hit.clause.id for hit in one.clauses(hits, DEPTH)], question.clauses, DEPTH)
                for hits, question in zip(found, asked, strict=True)
            ]
            if side == "hybrid":
                scores[f"{FIRST} {model}"] = [
                    float(one.posts(hits).posts[0].post in question.posts)
                    for hits, question in zip(found, asked, strict=True)
                ]
    return scores


Judged = Sequence[tuple[Observed, NDArray[np.float64]]]


def confidence_table(judged: Judged) -> Table:
    """The confidence in each organisation's questions, by a model that never saw it."""
    table = Table(
        "organisation", "covered", "not", "AUROC", "first right", "calibration error",
        title="the confidence, each organisation left out when it is fitted; text only",
    )  # fmt: skip
    for part, scores in judged:
        table.add_row(*_confidence_row(part.organisation, part.covered, part.right, scores))
    table.add_section()
    covered, right, scores = _joined(judged)
    table.add_row(*_confidence_row("all", covered, right, scores))
    refused = [f"{refused_at(scores, covered, share):.3f} at {share:.0%} answered" for share in (0.95, 0.9)]
    table.caption = f"refused of what nothing covers: {', '.join(refused)}"
    return table


def _confidence_row(
    name: str, covered: NDArray[np.bool_], right: NDArray[np.bool_], scores: NDArray[np.float64]
) -> list[str]:
    return [
        name,
        str(covered.sum()),
        str((~covered).sum()),
        f"{auroc(scores, covered):.3f}",
        f"{right[covered].mean():.3f}",
        f"{calibration_error(scores, right & covered):.3f}",
    ]


def _joined(judged: Judged) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    return (
        np.concatenate([part.covered for part, _ in judged]),
        np.concatenate([part.right for part, _ in judged]),
        np.concatenate([scores for _, scores in judged]),
    )


def page(judged: Judged) -> str:
    """The reliability and risk-coverage plots over all organisations, as HTML."""
    covered, right, scores = _joined(judged)
    return left_out_page(scores, right & covered, len(judged))


if __name__ == "__main__":
    main()
