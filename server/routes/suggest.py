"""Suggestions while a question is typed.

They are departments, positions, and questions that the documents are expected to get.
"""

import heapq
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from corpus.model import Post
from indexer.normalise import fold
from retriever.retriever import Retriever
from server.routes.per_version import PerVersion
from server.service import Served, Service

LIMIT = 8
NAMES = 4  # departments and positions among them, so that questions always have room
QUESTIONS = 50_000  # that are looked through; more would be felt while typing
SHORT = range(6, 13)  # characters of a question that does as an example
ASKING = ("谁", "哪个", "找")


class SuggestionOut(BaseModel):
    """A question has neither department nor position."""

    kind: Literal["department", "position", "question"]
    text: str
    department: str | None
    position: str | None


class SuggestionsOut(BaseModel):
    suggestions: list[SuggestionOut]
    index_version: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`folded` is the text as it is compared: simplified, half width, lower case."""

    text: str
    folded: str
    post: Post | None

    def suggestion(self) -> SuggestionOut:
        if self.post is None:
            return SuggestionOut(kind="question", text=self.text, department=None, position=None)
        kind: Literal["department", "position"] = "department" if self.post.position is None else "position"
        return SuggestionOut(kind=kind, text=self.text, department=self.post.department, position=self.post.position)


@dataclass(frozen=True, slots=True)
class Suggestions:
    names: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    owners: tuple[Post, ...]

    def matching(self, typed: str) -> list[Entry]:
        """Entries that begin with what is typed, hold it, or hold its characters in this order.

        Best first; short ones first.
        """
        wanted = "".join(fold(typed).split())
        names = _best(self.names, wanted, NAMES)
        return [*names, *_best(self.questions, wanted, LIMIT - len(names))]

    def examples(self, retriever: Retriever) -> list[Entry]:
        """Short questions that are answered as they should be, from each department in turn.

        Where there are no questions, positions.
        """
        answered = _take_turns(self._candidates(), retriever)
        return list(itertools.islice(answered, LIMIT)) or list(self.names[:LIMIT])

    def _candidates(self) -> dict[str, list[tuple[Entry, Post]]]:
        """One short question a post, by department."""
        first: dict[Post, Entry] = {}
        for entry, owner in zip(self.questions, self.owners, strict=True):
            if len(entry.text) in SHORT and any(word in entry.text for word in ASKING):
                first.setdefault(owner, entry)
        by_department: dict[str, list[tuple[Entry, Post]]] = {}
        for owner, entry in first.items():
            by_department.setdefault(owner.department, []).append((entry, owner))
        return by_department


def read_suggestions(served: Served) -> Suggestions:
    index = served.retriever.index
    names = tuple(Entry(str(post), fold(post.position or post.department), post) for post in index.posts)
    asked = itertools.islice(index.store.questions(), QUESTIONS)
    owners = {question: index.posts[index.owners[clause]] for clause, question in asked}
    questions = tuple(Entry(text, "".join(fold(text).split()), None) for text in owners)
    return Suggestions(names, questions, tuple(owners.values()))


def suggest_router(service: Service) -> APIRouter:
    router = APIRouter(tags=["contents"])
    suggestions = PerVersion(read_suggestions)
    examples = PerVersion(lambda served: suggestions.of(served).examples(served.retriever))

    @router.get("/v1/suggest", response_model=SuggestionsOut)
    def suggest(q: str = Query(default="", max_length=500)) -> SuggestionsOut:
        """At most 8 suggestions for what is typed so far; examples of questions when nothing is."""
        served = service.served
        entries = suggestions.of(served).matching(q) if q.strip() else examples.of(served)
        return SuggestionsOut(suggestions=[entry.suggestion() for entry in entries], index_version=served.version)

    return router


def _best(entries: Iterable[Entry], wanted: str, limit: int) -> list[Entry]:
    ranked = (
        (rank, len(entry.folded), entry) for entry in entries if (rank := _rank(entry.folded, wanted)) is not None
    )
    return [entry for _, _, entry in heapq.nsmallest(limit, ranked, key=lambda found: found[:2])]


def _rank(text: str, wanted: str) -> int | None:
    """0 begins with it, 1 holds it, 2 holds its characters in this order (客服: 客户服务部); None does not match."""
    if wanted in text:
        return 0 if text.startswith(wanted) else 1
    rest = iter(text)
    return 2 if all(character in rest for character in wanted) else None


def _take_turns(by_department: Mapping[str, list[tuple[Entry, Post]]], retriever: Retriever) -> Iterator[Entry]:
    for row in itertools.zip_longest(*by_department.values()):
        for entry, owner in filter(None, row):
            posts = retriever.ask(entry.text, top_k=1).posts
            if posts and posts[0].post == owner:
                yield entry
