"""What a version says of its documents, without reading them again."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import IndexDamagedError
from corpus.load import Corpus

FILE = "documents.json"


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """How many departments, positions and clauses a document has, and how many findings a person should look at."""

    slug: str
    departments: int
    positions: int
    clauses: int
    findings: int


def summaries(corpus: Corpus) -> list[DocumentSummary]:
    return [
        DocumentSummary(
            document.slug,
            len(document.departments),
            len(document.positions),
            len(document.clauses),
            len(document.findings),
        )
        for document in corpus.documents
    ]


def write_summaries(corpus: Corpus, folder: Path) -> None:
    text = json.dumps([asdict(summary) for summary in summaries(corpus)], ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_summaries(folder: Path) -> list[DocumentSummary]:
    try:
        return [DocumentSummary(**row) for row in json.loads((folder / FILE).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamagedError(f"{folder / FILE} cannot be read ({error}); rebuild it with: duty index") from error
