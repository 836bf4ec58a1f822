"""What is in the index, as the API shows it: clauses, the tree of departments, sources with line numbers."""

from typing import Any

from corpus.model import Clause, split_lines
from indexer.store import Store
from retriever.result import Citation


def clause_object(clause: Clause) -> dict[str, Any]:
    return {
        "clause_id": clause.id,
        "department": clause.department,
        "position": clause.position,
        "number": clause.number,
        "text": clause.text,
        "source_text": clause.source_text,
        "source": clause.document,
        "lines": clause.lines,
    }


def hit_object(hit: Citation) -> dict[str, Any]:
    return {**hit.as_dict(), **hit.clause.post._asdict()}


def tree(store: Store) -> list[dict[str, Any]]:
    """Departments with their own clauses and their positions', in document order."""
    departments: dict[str, dict[str, Any]] = {}
    for post in store.posts:
        department = departments.setdefault(post.department, {"department": post.department, "clauses": [], "positions": []})
        clauses = [clause_object(clause) for clause in store.clauses_of(post)]
        if post.position is None:
            department["clauses"] = clauses
        else:
            department["positions"].append({"position": post.position, "clauses": clauses})
    return list(departments.values())


def source_object(store: Store, slug: str) -> dict[str, Any]:
    """Raises NotFoundError."""
    lines = enumerate(split_lines(store.source(slug)), 1)
    return {"document": slug, "lines": [{"line": number, "text": line.rstrip("\r\n")} for number, line in lines]}
