"""Expected questions (asked_as): how people ask for a clause in everyday words, kept beside the document.

They live in `NAME.questions.jsonl` next to the document, one object a line:
`{"clause_id", "digest", "provenance", "questions": [...]}`. `digest` is that of the clause's text when they were
written: questions whose clause is gone or reworded are reported as findings, and never dropped silently.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DocumentError
from corpus.model import Clause, Document, Finding
from corpus.readers.decode import decode

SUFFIX = ".questions.jsonl"


@dataclass(frozen=True, slots=True)
class ExpectedQuestions:
    """The questions of one clause, as one line of the file has them; `line` counts from 1."""

    clause_id: str
    digest: str
    provenance: str
    questions: tuple[str, ...]
    line: int


def questions_path(document: Path) -> Path:
    return document.with_name(document.stem + SUFFIX)


def read_questions(path: Path) -> list[ExpectedQuestions]:
    """All lines of a file; none when there is no file. Raises DocumentError on a line of another form."""
    if not path.exists():
        return []
    lines = enumerate(decode(path).split("\n"), 1)
    return [_read_line(line, f"{path.name}:{number}", number) for number, line in lines if line.strip()]


def _read_line(line: str, where: str, number: int) -> ExpectedQuestions:
    try:
        row = json.loads(line)
        clause_id, digest, provenance, questions = (
            row[key] for key in ("clause_id", "digest", "provenance", "questions")
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DocumentError(
            f"{where}: expected a JSON object with clause_id, digest, provenance and questions ({error!r}). "
            "Mend the line"
        ) from None
    if not isinstance(questions, list) or not all(isinstance(text, str) and text.strip() for text in questions):
        raise DocumentError(f"{where}: questions must be a list of texts that are not empty. Mend the line")
    return ExpectedQuestions(str(clause_id), str(digest), str(provenance), tuple(questions), number)


def attach(
    document: Document, expected: Sequence[ExpectedQuestions]
) -> tuple[Mapping[str, tuple[str, ...]], tuple[Finding, ...]]:
    """Questions by clause id, and a finding for each line whose clause is gone or says something else now."""
    clauses = {clause.id: clause for clause in document.clauses}
    attached: dict[str, tuple[str, ...]] = {}
    findings = []
    for entry in expected:
        problem = _mismatch(entry, clauses.get(entry.clause_id))
        if problem is None:
            attached[entry.clause_id] = attached.get(entry.clause_id, ()) + entry.questions
        else:
            findings.append(Finding("orphan_questions", entry.line, f"{entry.clause_id}: {problem}"))
    return attached, tuple(findings)


def _mismatch(entry: ExpectedQuestions, clause: Clause | None) -> str | None:
    count = len(entry.questions)
    if clause is None:
        return (
            f"{count} expected questions, but the document has no such clause; correct the clause_id or delete the line"
        )
    if clause.digest != entry.digest:
        return (
            f"{count} expected questions were written for other wording; review them and set digest to {clause.digest}"
        )
    return None
