"""`duty mcp`: the tools of server/mcp_tools.py for a program that starts us as its child."""

from datetime import timedelta

from corpus.settings import Settings
from retriever.retriever import Retriever
from server.logs import log_as_json
from server.mcp_tools import create_mcp
from server.record import Recorder
from server.service import Service
from server.storage.database import Database


def run_mcp(retriever: Retriever, settings: Settings) -> None:
    """Serve until stdin ends. Raises StorageError."""
    log_as_json()  # to stderr: stdout is the protocol's
    database = Database.open(settings)
    recorder = Recorder(database, timedelta(days=settings.keep_days))
    service = Service(settings, retriever.encoder, recorder)
    service.serve(retriever)
    try:
        create_mcp(service).run("stdio")
    finally:
        recorder.close()
        database.close()
