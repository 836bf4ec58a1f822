"""Other organisations: their duties, what their people ask, and which posts are right.

eval/other/NAME/ holds an invented organisation in BEIR layout, with more questions in questions.jsonl. The questions of
eval/other/documents/NAME.jsonl are about real documents that are not kept here; they are asked of the document of that
name in a folder that is given, as it is read, and are right for the posts that own the labelled lines
(eval/labels/NAME.tsv). A row: `{"id", "question", "kind", "lines"}`; a line may be followed by `:OWNER` where only that
one of its owners is right, and there is none where nothing covers the question.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DutyError
from corpus.load import Corpus, load_document
from corpus.model import Clause, Post, split_lines
from corpus.readers import SUFFIXES, read_source
from eval.beir import corpus_of, read_data_set
from eval.gold import Kind
from eval.reading import LABELS, Label, read_labels, same_owner

OTHER = Path(__file__).with_name("other")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the posts that are right, and the ids of the clauses that say so, with their grades.

    Nothing covers a question of kind none. Of a document that is read wrongly, right posts may be missing.
    """

    id: str
    question: str
    kind: Kind
    posts: frozenset[Post]
    clauses: Mapping[str, int]

    @property
    def covered(self) -> bool:
        return self.kind is not Kind.NONE


@dataclass(frozen=True)
class Organisation:
    name: str
    corpus: Corpus
    questions: tuple[Asked, ...]


def read_organisations(folders: Sequence[Path]) -> Iterator[Organisation]:
    """The invented ones, then those whose documents are in these folders."""
    for folder in sorted(path.parent for path in OTHER.glob("*/corpus.jsonl")):
        yield _invented(folder)
    documents = {path.stem: path for folder in folders for path in folder.iterdir() if path.suffix in SUFFIXES}
    for path in sorted((OTHER / "documents").glob("*.jsonl")):
        if path.stem in documents:
            try:
                yield _real(documents[path.stem], path)
            except DutyError as error:
                print(f"{path.stem}: {error.message}")


def _invented(folder: Path) -> Organisation:
    data = read_data_set(folder)
    clauses = {clause.id: clause for clause in data.corpus.clauses}
    asked = [
        Asked(query, data.queries[query], Kind.EVERYDAY, frozenset(clauses[key].post for key in judged), judged)
        for query, judged in data.qrels.items()
    ]
    for row in _rows(folder / "questions.jsonl"):
        right = [data.corpus.clauses[int(line) - 1] for line in row["lines"]]
        asked.append(_asked(row, right))
    return Organisation(folder.name, data.corpus, tuple(asked))


def _real(document_path: Path, questions_path: Path) -> Organisation:
    document = load_document(document_path)
    labels = read_labels(LABELS / f"{document_path.stem}.tsv", split_lines(read_source(document_path).text))
    asked = tuple(_asked(row, _right(document.clauses, labels, row["lines"])) for row in _rows(questions_path))
    return Organisation(document_path.stem, corpus_of(document), asked)


def _right(clauses: Sequence[Clause], labels: Sequence[Label], lines: Sequence[str]) -> list[Clause]:
    """The clauses on these lines whose owners are right, then the others of these owners."""
    right: list[Clause] = []
    others: list[Clause] = []
    for line, _, owner in (entry.partition(":") for entry in lines):
        own = [
            label
            for label in labels
            if label.line == int(line) and owner in ("", label.position, label.department or label.position)
        ]
        for clause in clauses:
            if any(same_owner(clause, label) for label in own) or (not own and owner in clause.post):
                (right if clause.lines[0] == int(line) else others).append(clause)
    return right + others if right else others


def _asked(row: Mapping[str, str], right: Sequence[Clause]) -> Asked:
    lines = {int(str(line).partition(":")[0]) for line in row["lines"]}
    return Asked(
        row["id"],
        row["question"],
        Kind(row["kind"]),
        frozenset(clause.post for clause in right),
        {clause.id: 1 for clause in right if clause.lines[0] in lines},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())
