"""Answers on their way into the database, behind the requests' backs: a slow or failing database slows no answer down."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from queue import Empty, Full, Queue
from threading import Event, Thread

from corpus.errors import StorageError
from server import metrics
from server.storage.database import AnswerRecord, Database

logger = logging.getLogger("duty")

WAITING = 10_000  # answers that may wait; more are counted and let go
BATCH = 500
PAUSE = 0.02  # seconds between batches
FORGET_EVERY = 3600.0  # seconds


class Recorder:
    """One thread that writes. `close` writes what is left."""

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._database = database
        self._keep = keep
        self._waiting: Queue[AnswerRecord] = Queue(WAITING)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def keep(self, record: AnswerRecord) -> None:
        try:
            self._waiting.put_nowait(record)
        except Full:
            metrics.UNRECORDED.inc()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        pauses = 0
        while True:
            stopping = self._stop.wait(PAUSE)  # read before the last write, so that nothing is left behind
            self._write()
            if stopping:
                return
            if pauses % int(FORGET_EVERY / PAUSE) == 0:
                self._try("old answers were not forgotten", partial(self._database.forget_answers, self._keep))
            pauses += 1

    def _write(self) -> None:
        while batch := self._batch():
            if not self._try(f"{len(batch)} answers were not kept", partial(self._database.keep_answers, batch)):
                metrics.UNRECORDED.inc(len(batch))

    def _batch(self) -> list[AnswerRecord]:
        batch: list[AnswerRecord] = []
        while len(batch) < BATCH:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch

    @staticmethod
    def _try(what: str, write: Callable[[], object]) -> bool:
        try:
            write()
        except StorageError as error:
            logger.error("%s: %s", what, error.message)
            return False
        return True
