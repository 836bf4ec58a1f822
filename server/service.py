"""A question on its way through the service.

It meets the index that is served now, the cache, the wording, and what is recorded of it.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from anyio import CapacityLimiter, to_thread
from cachetools import LRUCache

from corpus.errors import IndexMissingError, IndexUnavailableError
from indexer.cores import usable_cores
from indexer.encoders.encoder import Encoder
from indexer.index import open_version
from indexer.versions import IndexPaths
from retriever.query import Turn, check_question
from retriever.result import Citation, Result
from retriever.retriever import Retriever
from server import metrics
from server.answer import Answer, answered, given_again
from server.record import Recorder
from server.settings import Settings
from server.storage.database import AnswerRecord


class Wording(Protocol):
    """What puts an answer into other words. Safe to share between threads."""

    def word(self, result: Result) -> str | None:
        """The words; None when there are none that may be sent."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an answer depends on, beside the index."""

    question: str
    department: str | None = None
    position: str | None = None
    top_k: int = 5
    history: tuple[tuple[str, str], ...] = ()
    document: str | None = None

    @property
    def turns(self) -> list[Turn]:
        return [Turn(role=role, content=content) for role, content in self.history]


class Served:
    """One opened index version with the answers it gave.

    A swap leaves both behind, so no answer outlives its version.
    """

    def __init__(self, retriever: Retriever, cached: int) -> None:
        self.retriever = retriever
        self._answers: LRUCache[Asked, Answer] = LRUCache(cached)
        self._lock = Lock()

    @property
    def version(self) -> str:
        return self.retriever.index.version

    def remembered(self, asked: Asked) -> Answer | None:
        with self._lock:
            return self._answers.get(asked)

    def remember(self, asked: Asked, given: Answer) -> None:
        with self._lock, suppress(ValueError):  # a cache of no answers takes none
            self._answers[asked] = given


class Service:
    """What every front (HTTP, OpenAI, Dify, MCP) asks. Safe to use from many tasks and threads."""

    def __init__(
        self, settings: Settings, encoder: Encoder, recorder: Recorder, wording: Wording | None = None
    ) -> None:
        self.settings = settings
        self._encoder = encoder
        self._recorder = recorder
        self._wording = wording
        self._served: Served | None = None
        self._refused: str | None = None
        # More threads than cores would only take turns; the LLM, which is waited for, has anyio's own.
        self._cores = usable_cores()
        self._limiter: CapacityLimiter | None = None

    @property
    def served(self) -> Served:
        """The current version; whoever took it keeps it to the end of a request.

        Raises IndexMissingError before there is one.
        """
        if self._served is None:
            raise IndexMissingError(f"no index is open in {self.settings.home}; build one with: duty index")
        return self._served

    @property
    def version(self) -> str | None:
        return None if self._served is None else self._served.version

    def serve(self, retriever: Retriever) -> None:
        self._served = Served(retriever, self.settings.cache_answers)

    def refresh(self) -> bool:
        """Open and serve the published version if it is not the one that is served; whether it changed.

        The old one goes on until the new one has answered a question. Raises IndexUnavailableError once for each
        version that cannot be opened; the old one then stays.
        """
        paths = IndexPaths(self.settings.home)
        name = paths.current_version()
        if name is None or name in (self.version, self._refused):
            return False
        try:
            retriever = Retriever(open_version(paths.version(name), self._encoder), self._encoder)
            retriever.ask("佣金怎么结算，找谁")  # the first question loads what is loaded lazily
        except IndexUnavailableError:
            self._refused = name
            raise
        self.serve(retriever)
        return True

    async def ask(self, asked: Asked, caller: str) -> Answer:
        """Raises QuestionError, UnknownNameError, IndexUnavailableError."""
        start = time.perf_counter()
        served = self.served
        given = served.remembered(asked)
        if given is None:
            given = await self._new_answer(served, asked)
        else:
            metrics.CACHE_HITS.inc()
            given = given_again(given, (time.perf_counter() - start) * 1000)
        self._note(given, caller)
        return given

    async def _new_answer(self, served: Served, asked: Asked) -> Answer:
        result = await to_thread.run_sync(self._find, served, asked, limiter=self._threads())
        if self._wording is None or not result.sure:  # a doubt is not left to its words
            text, keep = None, True
        else:
            text = await to_thread.run_sync(self._wording.word, result)
            # Not what a failing LLM left to the extractive answer: it may be back at the next question.
            keep = text is not None
        given = answered(result, text)
        if keep:
            served.remember(asked, given)
        return given

    def _find(self, served: Served, asked: Asked) -> Result:
        result = served.retriever.ask(
            asked.question, asked.department, asked.position, asked.top_k, asked.turns, asked.document
        )
        for stage, taken in result.timings_ms.items():
            metrics.STAGES.labels(stage).observe(taken / 1000)
        return result

    async def search(self, asked: Asked) -> tuple[Sequence[Citation], str]:
        """Clause hits, and the version they are from; errors as for ask."""
        served = self.served
        hits = await to_thread.run_sync(
            served.retriever.search, asked.question, asked.department, asked.position, asked.top_k, asked.turns,
            asked.document, limiter=self._threads(),
        )  # fmt: skip
        return hits, served.version

    def _threads(self) -> CapacityLimiter:
        self._limiter = self._limiter or CapacityLimiter(self._cores)
        return self._limiter

    def _note(self, given: Answer, caller: str) -> None:
        result = given.result
        metrics.ANSWERS.inc()
        metrics.CONFIDENCE.observe(result.confidence)
        if result.abstained:
            metrics.ABSTENTIONS.inc()
        audit = self.settings.audit
        self._recorder.keep(
            AnswerRecord(
                id=given.id,
                answered_at=datetime.now(UTC),
                index_version=result.index_version,
                posts=[ranked.post._asdict() for ranked in result.posts],
                question=result.question if audit else None,
                asked_by=caller if audit else None,
            )
        )


def asked(
    question: str,
    department: str | None,
    position: str | None,
    top_k: int,
    history: Sequence[tuple[str, str]] = (),
    document: str | None = None,
) -> Asked:
    """What is asked, its question checked. Raises QuestionError."""
    return Asked(check_question(question), department, position, top_k, tuple(history), document)
