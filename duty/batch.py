"""Questions in a file -> answers in a file: one line each, in the same order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError, NotFoundError, UsageError
from indexer.encoders.encoder import Progress
from retriever.retriever import Retriever
from server.answer import answered
from server.objects import answer_object


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    id: Any
    question: str
    department: str | None
    document: str | None


def read_batch(path: Path) -> list[BatchQuestion]:
    """All questions of a file. Raises NotFoundError or DocumentError that names the line, before any work is done."""
    if not path.is_file():
        raise NotFoundError(f"no such file: {path}. Give --batch a file with one question a line")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8") from None
    return [_read(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _read(line: str, where: str) -> BatchQuestion:
    example = '{"id": "1", "question": "佣金怎么结算，找谁"}'
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DocumentError(f"{where}: not JSON ({error}); expected {example}") from None
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("question"), str):
        raise DocumentError(f"{where}: expected an object with id and question, such as {example}")
    for name in ("department", "document"):
        if not isinstance(row.get(name), str | None):
            raise DocumentError(f"{where}: {name} must be a text or left out, not {row[name]!r}")
    return BatchQuestion(row["id"], row["question"], row.get("department"), row.get("document"))


def answer_batch(
    questions: Sequence[BatchQuestion],
    retriever: Retriever,
    out: Path,
    department: str | None,
    document: str | None,
    top_k: int,
    progress: Progress,
) -> None:
    """Write one answer a question.

    A question that cannot be answered gets an abstention with an `error`, and the rest go on.
    """
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            for done, question in enumerate(questions, 1):
                line = _answer(
                    question, retriever, question.department or department, question.document or document, top_k
                )
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                progress(done, len(questions))
        partial.replace(out)
    except OSError as error:
        raise DocumentError(
            f"the answers cannot be written to {out} ({error.strerror}); choose another --out"
        ) from error


def _answer(
    question: BatchQuestion, retriever: Retriever, department: str | None, document: str | None, top_k: int
) -> dict[str, Any]:
    try:
        return {
            **answer_object(answered(retriever.ask(question.question, department, top_k=top_k, document=document))),
            "id": question.id,
        }
    except UsageError as error:
        empty = {
            "answer": "",
            "abstained": True,
            "confidence": 0.0,
            "sure": False,
            "posts": [],
            "clarify": None,
            "nearest": [],
        }
        problem = {"code": error.code, "message": error.message, "field": error.field}
        return {
            "id": question.id,
            "question": question.question,
            **empty,
            "index_version": retriever.index.version,
            "timings_ms": {},
            "error": problem,
        }
