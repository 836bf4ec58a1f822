"""Opening the service for its three hosts, the HTTP server, `duty mcp` and `duty bot`.

It comes with its database, the recorder, the LLM where one is set, and a watch for new indexes.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from anyio import to_thread

from corpus.errors import DutyError
from indexer.encoders.encoder import Encoder
from server import metrics
from server.record import Recorder
from server.service import Service, Wording
from server.settings import Settings, need_extra
from server.storage.database import Database

logger = logging.getLogger("duty")

LOOK = 0.5  # seconds between looks for a newly published index


class Hosting:
    """A service and what it needs. Nothing is served before `look`, or `service.serve`."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        """Raises StorageError, SettingError."""
        wording = _wording(settings)
        self.database = Database.open(settings)
        self._recorder = Recorder(self.database, timedelta(days=settings.keep_days))
        self.service = Service(settings, encoder, self._recorder, wording)

    def look(self) -> None:
        """Serve what is newly published. What is wrong with it is logged, and the version before stays."""
        try:
            if self.service.refresh():
                metrics.SWAPS.labels("served").inc()
                logger.info("index", extra={"fields": {"index_version": self.service.version}})
        except DutyError as error:
            metrics.SWAPS.labels("refused").inc()
            logger.error("a new index is not served: %s", error.message)
        except Exception as error:  # noqa: BLE001 - the watch must go on
            logger.error("looking for a new index failed: %s", type(error).__name__)

    @contextlib.asynccontextmanager
    async def watching(self, also: Callable[[], object] | None = None) -> AsyncIterator[None]:
        """Look every LOOK seconds, and do what else is to be done each time.

        At the end write what is on its way, and close.
        """
        watcher = asyncio.create_task(self._watch(also))
        try:
            yield
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            await to_thread.run_sync(self._recorder.close)
            self.database.close()

    async def _watch(self, also: Callable[[], object] | None) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await to_thread.run_sync(self.look)
            if also is not None:
                with contextlib.suppress(DutyError):
                    await to_thread.run_sync(also)


def _wording(settings: Settings) -> Wording | None:
    """The LLM's wording, where one is set; its client is loaded only then."""
    if not settings.llm_base_url:
        return None
    need_extra("DUTY_LLM_BASE_URL", "llm", "openai", "pybreaker")
    from server.wording import LlmWording

    return LlmWording(settings)
