"""What is asked: a question's text, checked, and the posts it may be answered from."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.errors import QuestionError, UnknownNameError
from indexer.hits import Mask
from indexer.index import Index

MAX_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Query:
    """A checked question; `allowed` marks the clause ordinals that may answer it (None: all)."""

    question: str
    allowed: Mask | None


def read_query(question: str, index: Index, department: str | None = None, position: str | None = None) -> Query:
    """Check a question and its scope. Raises QuestionError or UnknownNameError."""
    return Query(check_question(question), _scope(index, department, position))


def check_question(question: str) -> str:
    """The question without surrounding space: 1 to 500 characters of text."""
    question = question.strip()
    if not question:
        raise _refused(f"is empty; allowed: 1 to {MAX_QUESTION} characters. Ask for example: 佣金怎么结算，找谁")
    if len(question) > MAX_QUESTION:
        raise _refused(f"has {len(question)} characters; allowed: 1 to {MAX_QUESTION}. Shorten it")
    if bad := next(filter(_is_no_text, question), None):
        raise _refused(f"holds the character {bad!a}; allowed: letters, digits, punctuation, spaces. Remove it")
    return question


def _refused(why: str) -> QuestionError:
    return QuestionError(f"the question {why}", field="question")


def _is_no_text(character: str) -> bool:
    """Control characters, and halves of a surrogate pair that no encoder can take."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\r\n"


def _scope(index: Index, department: str | None, position: str | None) -> Mask | None:
    if department is None and position is None:
        return None
    if department is not None and department not in index.departments:
        raise UnknownNameError(_unknown("department", department, index.departments), field="department")
    inside = [post for post in index.posts if department in (None, post.department)]
    names = tuple(dict.fromkeys(post.position for post in inside if post.position is not None))
    if position is not None and position not in names:
        raise UnknownNameError(_unknown("position", position, names), field="position")
    chosen = [post in inside and position in (None, post.position) for post in index.posts]
    allowed: Mask = np.array(chosen, dtype=np.bool_)[index.owners]
    return allowed


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"unknown {kind} {name!r}; {hint}Allowed: {'、'.join(known) or 'none'}"
