"""Any data set in BEIR layout through the same retriever: `corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`.

A document becomes a clause: of the department in `metadata.department` where it says so, else of none. Questions longer
than the retriever takes are cut to its limit.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import DocumentError, NotFoundError
from corpus.load import Corpus
from corpus.model import Clause, Document, Post
from eval.metrics import hit_at, ndcg_at, recall_at, reciprocal_rank_at
from indexer.encoders.encoder import Progress
from retriever.query import MAX_QUESTION
from retriever.retriever import Retriever

HITS = 100
NO_DEPARTMENT = ""

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[tuple[str, float]]]


@dataclass(frozen=True)
class DataSet:
    """`unknown` lists the document ids that qrels name and the corpus does not have; they count as never found."""

    corpus: Corpus
    queries: Mapping[str, str]
    qrels: Qrels
    unknown: tuple[str, ...]


def read_data_set(folder: Path) -> DataSet:
    """Raises NotFoundError when a file is missing, DocumentError with file and line when one is malformed."""
    clauses = tuple(_clauses(folder / "corpus.jsonl"))
    queries = dict(_queries(folder / "queries.jsonl"))
    qrels = _qrels(folder / "qrels" / "test.tsv")
    if not clauses:
        raise DocumentError(f"{folder / 'corpus.jsonl'} has no document")
    known = {clause.id for clause in clauses}
    unknown = tuple(sorted({document for judged in qrels.values() for document in judged} - known))
    if missing := [query for query in qrels if query not in queries]:
        raise DocumentError(f"qrels/test.tsv judges query {missing[0]!r}, which queries.jsonl does not have")
    if not qrels:
        raise DocumentError(
            f"{folder / 'qrels' / 'test.tsv'} judges nothing; expected lines: query-id, corpus-id, score"
        )
    document = Document(folder.name, "", {clause.post: 1 for clause in clauses}, clauses, (), ())
    return DataSet(corpus_of(document), queries, qrels, unknown)


def corpus_of(document: Document) -> Corpus:
    """A corpus of one document, and of nothing beside it."""
    return Corpus(paths=(Path(document.slug),), documents=(document,), words=(), asked_as={}, outside={}, orphans=())


def run_data_set(
    data: DataSet, retriever: Retriever, progress: Progress | None = None
) -> dict[str, list[tuple[str, float]]]:
    """For each judged query, up to HITS document ids with scores, best first."""
    run = {}
    for done, query in enumerate(data.qrels, 1):
        hits = retriever.search(data.queries[query][:MAX_QUESTION], top_k=HITS)
        run[query] = [(hit.clause.id, hit.score) for hit in hits]
        if progress is not None:
            progress(done, len(data.qrels))
    return run


def score_queries(qrels: Qrels, run: Run) -> dict[str, list[float]]:
    """Each metric's scores, one a judged query in the order of `qrels`; a query without hits scores 0."""
    scores: dict[str, list[float]] = {}
    for query, judged in qrels.items():
        relevant = {document: grade for document, grade in judged.items() if grade > 0}
        ranking = [document for document, _ in run.get(query, ())]
        row = {
            "hit@1": hit_at(ranking, relevant, 1),
            "nDCG@10": ndcg_at(ranking, relevant, 10),
            "MRR@10": reciprocal_rank_at(ranking, relevant, 10),
            "recall@10": recall_at(ranking, relevant, 10),
            "recall@100": recall_at(ranking, relevant, 100),
        }
        for name, value in row.items():
            scores.setdefault(name, []).append(value)
    return scores


def score_run(qrels: Qrels, run: Run) -> dict[str, float]:
    """Means over all judged queries."""
    return {name: float(np.mean(values)) for name, values in score_queries(qrels, run).items()}


def write_trec(run: Run, path: Path, tag: str = "dutyfinder") -> None:
    """`query Q0 document rank score tag`, a line a hit. Scores fall with the rank even where the retriever's tie."""
    with path.open("w", encoding="utf-8") as file:
        for query, hits in run.items():
            for rank, (document, score) in enumerate(hits, 1):
                file.write(f"{query} Q0 {document} {rank} {score - rank * 1e-7:.7f} {tag}\n")


def _clauses(path: Path) -> Iterator[Clause]:
    seen: set[str] = set()
    for where, row in _rows(path):
        clause_id = _text(row, "_id", where)
        if clause_id in seen:
            raise DocumentError(f"{where}: _id {clause_id!r} is already used; give every document its own")
        seen.add(clause_id)
        post = _post(row.get("metadata") or {}, where)
        text = " ".join(filter(None, (str(row.get("title") or "").strip(), str(row.get("text") or "").strip())))
        line = len(seen)
        yield Clause(
            clause_id, path.parent.name, *post, number=str(line), text=text, source_text=text, lines=(line, line)
        )


def _queries(path: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for where, row in _rows(path):
        query_id, text = _text(row, "_id", where), _text(row, "text", where)
        if not text.strip():
            raise DocumentError(f"{where}: the query is empty")
        if query_id in seen:
            raise DocumentError(f"{where}: _id {query_id!r} is already used; give every query its own")
        seen.add(query_id)
        yield query_id, text


def _post(metadata: Any, where: str) -> Post:
    if not isinstance(metadata, dict):
        raise DocumentError(f"{where}: metadata must be an object")
    department, position = metadata.get("department") or NO_DEPARTMENT, metadata.get("position")
    if not isinstance(department, str) or not isinstance(position, str | None):
        raise DocumentError(f"{where}: department and position must be texts")
    return Post(department, position)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_open(path), 1):
        parts = line.split("\t")
        if not line.strip() or (number == 1 and len(parts) == 3 and not parts[-1].strip().lstrip("-").isdecimal()):
            continue  # the header
        try:
            query, document, grade = parts
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError:
            raise DocumentError(
                f"{path.name}:{number}: expected query-id, corpus-id and score, separated by tabs"
            ) from None
    return qrels


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_open(path), 1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DocumentError(f"{where}: not JSON ({error})") from None
        if not isinstance(row, dict):
            raise DocumentError(f"{where}: expected a JSON object")
        yield where, row


def _open(path: Path) -> Iterator[str]:
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}; a data set has corpus.jsonl, queries.jsonl and qrels/test.tsv")
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield line.decode().rstrip("\r\n")
            except UnicodeDecodeError:
                raise DocumentError(f"{path.name}:{number}: not UTF-8") from None


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str | int):
        raise DocumentError(f"{where}: {key} must be a text")
    return str(value)
