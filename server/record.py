"""Answers on their way into the database, behind the requests' backs.

A slow or failing database slows no answer down.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from queue import Empty, Full, Queue
from threading import Thread

from corpus.errors import StorageError
from server import metrics
from server.storage.database import AnswerRecord, Database

logger = logging.getLogger("duty")

WAITING = 10_000  # answers that may wait; more are counted and let go
BATCH = 500
PAUSE = 0.02  # seconds in which answers are gathered to be written together
FORGET_EVERY = 3600.0  # seconds


class Recorder:
    """One thread that writes. `close` writes what is left."""

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep
        self._waiting: Queue[AnswerRecord | None] = Queue(WAITING)  # None ends it
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def keep(self, record: AnswerRecord) -> None:
        try:
            self._waiting.put_nowait(record)
        except Full:
            metrics.UNRECORDED.inc()

    def close(self) -> None:
        with suppress(Full):
            self._waiting.put(None, timeout=10)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        forget = time.monotonic()
        ended = False
        while not ended:
            if time.monotonic() >= forget:
                self._try("old answers were not forgotten", partial(self._database.forget_answers, self._keep))
                forget = time.monotonic() + FORGET_EVERY
            batch, ended = self._batch(until=forget)
            if batch and not self._try(
                f"{len(batch)} answers were not kept", partial(self._database.keep_answers, batch)
            ):
                metrics.UNRECORDED.inc(len(batch))

    def _batch(self, until: float) -> tuple[list[AnswerRecord], bool]:
        """The next answers, and whether there will be no more.

        They are taken from when there is one, with those that come right behind it; none where none comes before
        `until`.
        """
        batch: list[AnswerRecord] = []
        try:
            while len(batch) < BATCH:
                record = self._waiting.get(timeout=max(0.0, until - time.monotonic()))
                if record is None:
                    return batch, True
                if not batch:
                    until = time.monotonic() + PAUSE
                batch.append(record)
        except Empty:
            pass
        return batch, False

    @staticmethod
    def _try(what: str, write: Callable[[], object]) -> bool:
        try:
            write()
        except StorageError as error:
            logger.error("%s: %s", what, error.message)
            return False
        return True
