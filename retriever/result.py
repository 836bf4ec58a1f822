"""What the retriever found for a question."""

from dataclasses import dataclass
from typing import Any

from corpus.model import Clause, Post
from retriever.confidence import Features
from retriever.roles import Role


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that speaks for a post. `ref` counts from 1 over all posts of an answer; `score` is 0 to 1."""

    ref: int
    clause: Clause
    score: float
    role: Role
    highlights: list[tuple[int, int]]

    def as_dict(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "clause_id": self.clause.id,
            "number": self.clause.number,
            "text": self.clause.text,
            "source": self.clause.document,
            "lines": list(self.clause.lines),
            "score": round(self.score, 4),
            "role": self.role.value,
            "highlights": [list(span) for span in self.highlights],
        }


@dataclass(frozen=True, slots=True)
class RankedPost:
    """A post with the clauses that say so, best first. `score` is 0 to 1 and falls along an answer's posts."""

    post: Post
    score: float
    citations: tuple[Citation, ...]

    @property
    def role(self) -> Role:
        """The role in the clause that fits the question best."""
        return self.citations[0].role

    def as_dict(self) -> dict[str, Any]:
        return {
            "department": self.post.department,
            "position": self.post.position,
            "score": round(self.score, 4),
            "role": self.role.value,
            "citations": [citation.as_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Clarify:
    """A question back, when posts of different departments answer equally well."""

    question: str
    options: tuple[Post, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"question": self.question, "options": [post._asdict() for post in self.options]}


@dataclass(frozen=True, slots=True)
class Result:
    """Ranked posts, or an abstention with the nearest ones. `timings_ms` has milliseconds by stage."""

    id: str
    question: str
    features: Features
    confidence: float
    posts: tuple[RankedPost, ...]
    nearest: tuple[RankedPost, ...]
    clarify: Clarify | None
    index_version: str
    timings_ms: dict[str, float]

    @property
    def abstained(self) -> bool:
        return not self.posts

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "question": self.question,
            "abstained": self.abstained,
            "confidence": round(self.confidence, 4),
            "posts": [post.as_dict() for post in self.posts],
            "clarify": None if self.clarify is None else self.clarify.as_dict(),
            "nearest": [post.as_dict() for post in self.nearest],
            "index_version": self.index_version,
            "timings_ms": {stage: round(taken, 3) for stage, taken in self.timings_ms.items()},
        }
