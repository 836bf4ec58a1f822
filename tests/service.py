"""What tests of the service share: settings on a home that they must not change, with a database of their own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from retriever.retriever import Retriever
from server.record import Recorder
from server.service import Service
from server.settings import Settings, read_settings
from server.storage.database import Database


def settings_for(home: Path, database: Path, **environment: str) -> Settings:
    """Settings from DUTY_* variables without their prefix, in lower case.

    The database is a file in the given folder.
    """
    given = {f"DUTY_{name.upper()}": value for name, value in environment.items()}
    return read_settings(
        {"DUTY_HOME": str(home), "DUTY_DATABASE_URL": f"sqlite:///{database / 'service.sqlite'}", **given}
    )


@contextmanager
def service_of(retriever: Retriever, settings: Settings) -> Iterator[Service]:
    """A service with its database, without a server around it."""
    database = Database.open(settings)
    recorder = Recorder(database, timedelta(days=1))
    service = Service(settings, retriever.encoder, recorder)
    service.serve(retriever)
    yield service
    recorder.close()
    database.close()


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """The address of an app on a real server, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def same_answer(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answer objects are alike but for the id and the times."""
    varying = ("id", "timings_ms")
    return {k: v for k, v in one.items() if k not in varying} == {k: v for k, v in other.items() if k not in varying}
