"""Other organisations: does the model in use get worse where it was not tuned? `python -m eval.other --base MODEL`

Runs every data set of eval/other/ through the model in use and the base model, hybrid and each list alone, and says
which differences are more than noise. Data sets named duties-* are about real documents that are not published here:
they run when --documents names a folder that holds their corpus.jsonl, each under the same name.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.beir import read_data_set, run_data_set, score_queries
from eval.compare import OneSided, dense_only, lexical_only
from eval.significance import paired_randomisation
from indexer.build import build_index
from indexer.encoders.encoder import SHIPPED_MODEL, Encoder, load_encoder
from indexer.index import open_index
from retriever.retriever import Retriever

FOLDER = Path(__file__).with_name("other")
METRIC = "nDCG@10"
SIDES = {"hybrid": lambda views: views, "dense": dense_only, "BM25": lexical_only}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, help="the untuned model: a folder or a name")
    parser.add_argument("--model", default=SHIPPED_MODEL, help="the model in use: a folder or a name")
    parser.add_argument("--documents", type=Path, help="folder with the corpora that are not published")
    arguments = parser.parse_args()
    models = {"in use": load_encoder(arguments.model), "base": load_encoder(arguments.base)}
    columns = [f"{side} {name}" for name in models for side in SIDES]
    table = Table(
        "data set", "queries", *columns, "p in use/base", "p hybrid/better list", title=METRIC, title_justify="left"
    )
    everything: dict[str, list[float]] = {column: [] for column in columns}
    with tempfile.TemporaryDirectory() as work:
        for folder in _data_sets(arguments.documents, Path(work)):
            scores = {
                f"{side} {name}": values
                for name, encoder in models.items()
                for side, values in _scores(folder, encoder).items()
            }
            for column, values in scores.items():
                everything[column] += values
            table.add_row(*_row(folder.name, scores))
    table.add_section()
    table.add_row(*_row("all", everything))
    Console(width=200).print(table)


def _data_sets(documents: Path | None, work: Path) -> Iterator[Path]:
    """Complete data sets: those of eval/other/, joined with corpora from elsewhere."""
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        if (folder / "corpus.jsonl").is_file():
            yield folder
        elif documents is not None and (documents / folder.name / "corpus.jsonl").is_file():
            joined = work / folder.name
            shutil.copytree(folder, joined)
            shutil.copy(documents / folder.name / "corpus.jsonl", joined)
            yield joined


def _scores(folder: Path, encoder: Encoder) -> dict[str, list[float]]:
    """For each side, the metric of every query."""
    data = read_data_set(folder)
    with tempfile.TemporaryDirectory() as home:
        build_index(data.corpus, encoder, Path(home))
        retriever = Retriever(open_index(Path(home), encoder), encoder)
        scores = {
            side: score_queries(data.qrels, run_data_set(data, OneSided(retriever, keep)))[METRIC]
            for side, keep in SIDES.items()
        }
        retriever.index.store.close()
    return scores


def _row(name: str, scores: dict[str, list[float]]) -> list[str]:
    better = max(("dense in use", "BM25 in use"), key=lambda column: float(np.mean(scores[column])))
    return [
        name,
        str(len(scores["hybrid in use"])),
        *(f"{np.mean(values):.3f}" for values in scores.values()),
        f"{paired_randomisation(scores['hybrid base'], scores['hybrid in use']):.3f}",
        f"{paired_randomisation(scores[better], scores['hybrid in use']):.3f}",
    ]


if __name__ == "__main__":
    main()
