"""The JSON objects that the API sends and the command line prints, one function each.

server/schemas.py describes them.
"""

from collections.abc import Mapping
from typing import Any

from corpus.diff import Changes
from corpus.model import Clause, Document, Post, split_lines
from indexer.store import Store
from retriever.result import Citation, Clarify, RankedPost
from server.answer import Answer

Object = dict[str, Any]


def short_clause(clause: Clause) -> Object:
    return {
        "clause_id": clause.id,
        "department": clause.department,
        "position": clause.position,
        "number": clause.number,
        "text": clause.text,
    }


def read_clause(clause: Clause) -> Object:
    """A clause with what it was read from."""
    return {**short_clause(clause), "source_text": clause.source_text, "lines": list(clause.lines), "ocr": clause.ocr}


def clause_object(clause: Clause) -> Object:
    return {**read_clause(clause), "source": clause.document}


def document_object(document: Document) -> Object:
    """What is understood of a document."""
    return {
        "document": document.slug,
        "clauses": [read_clause(clause) for clause in document.clauses],
        "findings": [{"kind": found.kind, "line": found.line, "message": found.message} for found in document.findings],
        "facts": [
            {**post_object(fact.post), "kind": fact.kind.value, "value": fact.value, "line": fact.line}
            for fact in document.facts
        ],
        "left_out": [
            {"reason": part.reason, "lines": list(part.lines), "text": part.text} for part in document.left_out()
        ],
    }


def post_object(post: Post) -> Object:
    return {"department": post.department, "position": post.position}


def citation_object(citation: Citation) -> Object:
    return {
        "ref": citation.ref,
        "clause_id": citation.clause.id,
        "number": citation.clause.number,
        "text": citation.clause.text,
        "source": citation.clause.document,
        "document": citation.clause.document,
        "title": citation.title,
        "lines": list(citation.clause.lines),
        "ocr": citation.clause.ocr,
        "score": round(citation.score, 4),
        "role": citation.role.value,
        "highlights": [list(span) for span in citation.highlights],
    }


def hit_object(hit: Citation) -> Object:
    return {**citation_object(hit), **post_object(hit.clause.post)}


def ranked_object(ranked: RankedPost) -> Object:
    return {
        **post_object(ranked.post),
        "score": round(ranked.score, 4),
        "role": ranked.role.value,
        "citations": [citation_object(citation) for citation in ranked.citations],
    }


def answer_object(answer: Answer) -> Object:
    result = answer.result
    return {
        "id": answer.id,
        "question": result.question,
        "answer": answer.text,
        "abstained": result.abstained,
        "confidence": round(result.confidence, 4),
        "sure": result.sure,
        "posts": [ranked_object(ranked) for ranked in result.posts],
        "clarify": None if result.clarify is None else _clarify_object(result.clarify),
        "nearest": [ranked_object(ranked) for ranked in result.nearest],
        "index_version": result.index_version,
        "timings_ms": {stage: round(taken, 3) for stage, taken in result.timings_ms.items()},
    }


def _clarify_object(clarify: Clarify) -> Object:
    options = [
        {**post_object(option.post), "document": option.document, "title": option.citations[0].title}
        for option in clarify.options
    ]
    return {"question": clarify.question, "options": options}


def clause_changes_object(changes: Changes) -> Object:
    return {
        "added": [short_clause(clause) for clause in changes.added],
        "removed": [short_clause(clause) for clause in changes.removed],
        "moved": [{"from": short_clause(old), "to": short_clause(new)} for old, new in changes.moved],
        "reworded": [{"from": short_clause(old), "to": short_clause(new)} for old, new in changes.reworded],
    }


def tree_object(store: Store) -> list[Object]:
    """Departments with their own clauses and their positions', in document order."""
    departments: dict[str, Object] = {}
    for post in store.posts:
        department = departments.setdefault(
            post.department, {"department": post.department, "clauses": [], "positions": []}
        )
        clauses = [clause_object(clause) for clause in store.clauses_of(post)]
        if post.position is None:
            department["clauses"] = clauses
        else:
            department["positions"].append({"position": post.position, "clauses": clauses})
    return list(departments.values())


def documents_object(titles: Mapping[str, str]) -> list[Object]:
    """The documents, whose titles are given by their slugs."""
    return [{"document": slug, "title": title} for slug, title in titles.items()]


def source_object(store: Store, slug: str) -> Object:
    """A document's source by lines. Raises NotFoundError."""
    lines = enumerate(split_lines(store.source(slug)), 1)
    return {"document": slug, "lines": [{"line": number, "text": line.rstrip("\r\n")} for number, line in lines]}
