"""What a version changes, as people are told before or after it is published.

That is clauses, and who answers for saved questions. Saved questions are those of HOME/questions.jsonl
(`{"question": ...}` a line; gold questions and what `duty eval accept` writes have this form too), and beside them one
expected question of each clause, or of every so many, of the version before.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.diff import Changes, diff
from corpus.errors import DocumentError
from corpus.model import Post
from corpus.readers.decode import decode
from indexer.encoders.encoder import Encoder
from indexer.index import Index, open_version
from indexer.versions import IndexPaths, published_folder
from retriever.query import check_question
from retriever.retriever import Retriever
from server.objects import clause_changes_object, post_object

FILE = "questions.jsonl"
EXPECTED = 200  # expected questions that are asked, at most


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """A question whose answer names another post first than before; None is an abstention."""

    question: str
    before: Post | None
    after: Post | None


@dataclass(frozen=True, slots=True)
class VersionChanges:
    """What changes from one version to another; `before` is empty where there was none."""

    before: str
    after: str
    clauses: Changes
    owners: tuple[OwnerChange, ...]


def compare_versions(home: Path, before: str, after: str, encoder: Encoder) -> VersionChanges:
    """Two versions by name. Raises NotFoundError, IndexUnavailableError."""
    paths = IndexPaths(home)
    opened = [open_version(published_folder(paths, name), encoder) for name in (before, after)]
    return compare(home, opened[0], opened[1], encoder)


def compare(home: Path, before: Index | None, after: Index, encoder: Encoder) -> VersionChanges:
    """Two opened versions, closed when done."""
    old = [] if before is None else [*before.store.clauses()]
    clauses = diff(old, after.store.clauses())
    owners: list[OwnerChange] = []
    if before is not None:
        owners += owner_changes(saved_questions(home, before), Retriever(before, encoder), Retriever(after, encoder))
    for index in filter(None, (before, after)):
        index.store.close()
    return VersionChanges("" if before is None else before.version, after.version, clauses, tuple(owners))


def owner_changes(questions: Sequence[str], before: Retriever, after: Retriever) -> Iterator[OwnerChange]:
    for question in questions:
        change = OwnerChange(question, _owner(before, question), _owner(after, question))
        if change.before != change.after:
            yield change


def _owner(retriever: Retriever, question: str) -> Post | None:
    posts = retriever.ask(question).posts
    return posts[0].post if posts else None


def saved_questions(home: Path, index: Index) -> list[str]:
    """Each once. Raises DocumentError for a file of another form."""
    first: dict[int, str] = {}
    for clause, question in index.store.questions():
        first.setdefault(clause, question)
    expected = [*first.values()]
    step = max(1, -(-len(expected) // EXPECTED))
    return [*dict.fromkeys([*_of_file(home / FILE), *expected[::step]])]


def _of_file(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    for number, line in enumerate(decode(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield check_question(str(json.loads(line)["question"]))
        except (ValueError, TypeError, KeyError) as error:
            raise DocumentError(
                f'{path}:{number}: expected an object with a "question" ({error!r}). Mend the line'
            ) from None


def changes_object(changes: VersionChanges) -> dict[str, Any]:
    """What `duty index diff --json` prints and the API sends."""
    return {
        "from": changes.before or None,
        "to": changes.after,
        **clause_changes_object(changes.clauses),
        "owners": [
            {"question": change.question, "from": _owner_object(change.before), "to": _owner_object(change.after)}
            for change in changes.owners
        ],
    }


def _owner_object(post: Post | None) -> dict[str, Any] | None:
    return None if post is None else post_object(post)
