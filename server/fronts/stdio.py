"""`duty mcp`: the tools of server/fronts/mcp_tools.py for a program that starts us as its child."""

import asyncio

from retriever.retriever import Retriever
from server.fronts.mcp_tools import create_mcp
from server.hosting import Hosting
from server.logs import log_as_json
from server.settings import Settings


def run_mcp(retriever: Retriever, settings: Settings) -> None:
    """Serve until stdin ends. Raises StorageError."""
    log_as_json()  # to stderr: stdout is the protocol's
    hosting = Hosting(settings, retriever.encoder)
    hosting.service.serve(retriever)
    asyncio.run(_run(hosting))


async def _run(hosting: Hosting) -> None:
    async with hosting.watching():
        await create_mcp(hosting.service).run_stdio_async()
