"""Gold questions: what people really ask, and which posts are right.

They are read strictly: a wrong label is worse than none.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError, NotFoundError
from corpus.model import Post
from retriever.query import Turn


class Kind(StrEnum):
    OFFICIAL = "official"
    EVERYDAY = "everyday"
    SHORT = "short"
    DEPARTMENT = "department"
    COMPOUND = "compound"
    NOISY = "noisy"
    ROLE = "role"
    FOLLOWUP = "followup"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Relevant:
    """A right post.

    Grade 2 owns the matter, 1 is also a right answer. `clauses` are the numbers that say so, best first.
    """

    post: Post
    clauses: tuple[str, ...]
    grade: int


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """`relevant` is empty for a question that nothing covers. `history` holds the earlier turns of a follow-up.

    `line` is where the question stands in its file, from 1.
    """

    id: str
    question: str
    kind: Kind
    relevant: tuple[Relevant, ...]
    history: tuple[Turn, ...]
    line: int

    @property
    def posts(self) -> dict[Post, int]:
        """Grades by post."""
        return {relevant.post: relevant.grade for relevant in self.relevant}


def read_gold(path: Path) -> list[GoldQuestion]:
    """All questions of a file. Raises NotFoundError, or DocumentError with file, line and reason."""
    if not path.is_file():
        raise NotFoundError(f"no gold file {path}; the shipped ones are in eval/gold/")
    questions: dict[str, GoldQuestion] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path.name}:{number}"
            question = read_gold_line(line, where, number)
            if question.id in questions:
                raise DocumentError(
                    f"{where}: id {question.id!r} is already used in this file; give every question its own"
                )
            questions[question.id] = question
    if not questions:
        raise DocumentError(f"{path.name}: the file has no question")
    return list(questions.values())


def read_gold_line(line: str | bytes, where: str, number: int) -> GoldQuestion:
    """One question. Raises DocumentError that starts with `where`."""
    try:
        row = json.loads(line)
        question = GoldQuestion(
            id=_text(row["id"]),
            question=_text(row["question"]),
            kind=Kind(row["kind"]),
            relevant=tuple(_relevant(entry) for entry in row["relevant"]),
            history=tuple(
                Turn(role=str(turn["role"]), content=str(turn["content"])) for turn in row.get("history", ())
            ),
            line=number,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentError(
            f"{where}: not a gold question ({error!r}); expected id, question, kind and relevant"
        ) from None
    if not question.question.strip():
        raise DocumentError(f"{where}: the question is empty")
    if bool(question.relevant) == (question.kind is Kind.NONE):
        raise DocumentError(
            f"{where}: kind {question.kind} with {len(question.relevant)} relevant posts; only none has no post"
        )
    return question


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _relevant(entry: dict[str, Any]) -> Relevant:
    grade = entry["grade"]
    if grade not in (1, 2):
        raise ValueError(f"grade {grade!r} is neither 1 nor 2")
    if not isinstance(entry["clauses"], list):
        raise TypeError(f"clauses {entry['clauses']!r} is not a list of numbers")
    return Relevant(Post(entry["department"], entry["position"]), tuple(map(str, entry["clauses"])), grade)
