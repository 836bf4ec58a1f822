"""What sentences of long clauses are worth: `python -m eval.long_clauses`

Charters and statutes describe a department in one paragraph. Here the duties of each department of the published other
organisations are joined into paragraphs of so many, and asked for with and without vectors of their sentences.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from corpus.load import Corpus
from corpus.model import Clause, Post
from eval.beir import DataSet, read_data_set
from eval.organisations import OTHER
from indexer.build import build_index
from indexer.dense import DenseIndex
from indexer.encoders.encoder import Encoder, load_encoder
from indexer.index import open_index
from indexer.normalise import normalise
from indexer.passages import clause_text
from retriever.rank import rank
from retriever.retriever import Retriever

DATA_SETS = ("city", "hospital")
JOINED = (1, 4, 8, 40)
METRICS = ("first", "first three")


def main() -> None:
    encoder = load_encoder()
    columns = [f"{metric}, {way}" for metric in METRICS for way in ("whole", "sentences")]
    table = Table("data set", "duties a paragraph", "paragraphs", *columns)
    for name in DATA_SETS:
        data = read_data_set(OTHER / name)
        for count in JOINED:
            corpus = joined(data.corpus, count)
            whole, parts = measure(data, corpus, encoder)
            shares = [f"{side[metric]:.3f}" for metric in METRICS for side in (whole, parts)]
            table.add_row(name, str(count), str(len(corpus.clauses)), *shares)
    Console(width=160).print(table)


def joined(corpus: Corpus, count: int) -> Corpus:
    """The corpus with the duties of each department, positions aside, as paragraphs of `count`."""
    (document,) = corpus.documents
    clauses = tuple(_paragraphs(document.clauses, count))
    return replace(corpus, documents=(replace(document, clauses=clauses, post_lines={c.post: 1 for c in clauses}),))


def _paragraphs(clauses: Sequence[Clause], count: int) -> Iterator[Clause]:
    of_department: dict[str, list[Clause]] = {}
    for clause in clauses:
        of_department.setdefault(clause.department, []).append(clause)
    for own in of_department.values():
        for start in range(0, len(own), count):
            together = own[start : start + count]
            text = "".join(f"{clause.text.rstrip('。；')}。" for clause in together)
            yield replace(together[0], position=None, text=text)


def measure(data: DataSet, corpus: Corpus, encoder: Encoder) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The share of queries whose department comes first, and among the first three, without and with sentences."""
    departments = {clause.id: clause.department for clause in data.corpus.clauses}
    with tempfile.TemporaryDirectory() as home:
        build_index(corpus, encoder, Path(home))
        index = open_index(Path(home), encoder)
        vectors = encoder.encode_passages([normalise(clause_text(clause)) for clause in corpus.clauses])
        whole = replace(index, clause_vectors=DenseIndex.build(vectors, np.arange(len(vectors))))
        scores = [_score(data, departments, Retriever(side, encoder)) for side in (whole, index)]
        index.store.close()
    return scores[0], scores[1]


def _score(data: DataSet, departments: Mapping[str, str], retriever: Retriever) -> Mapping[str, float]:
    places = []
    for query, judged in data.qrels.items():
        right = {Post(departments[clause], None) for clause, grade in judged.items() if grade and clause in departments}
        found = retriever.find(data.queries[query])
        posts = [retriever.index.posts[scored.holder] for scored in rank(found.whole.fused, retriever.index.owners)]
        places.append(next((place for place, post in enumerate(posts) if post in right), len(posts) + 3))
    return {"first": float(np.mean(np.array(places) < 1)), "first three": float(np.mean(np.array(places) < 3))}


if __name__ == "__main__":
    main()
