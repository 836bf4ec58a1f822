"""Starting the server: which addresses are allowed, and uvicorn."""

import ipaddress
import os

import uvicorn

from corpus.errors import ServeError
from corpus.settings import Settings


def check_address(host: str) -> None:
    """Raise ServeError for an address that others can reach: without API keys, everyone there could ask."""
    if not _is_loopback(host):
        raise ServeError(
            f"refused to listen on {host}: without API keys only this machine may ask; allowed: 127.0.0.1, ::1, localhost. "
            "Run: duty serve --host 127.0.0.1"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped. Each worker opens the index by itself, from the settings in its environment."""
    os.environ |= {"DUTY_HOME": str(settings.home), "DUTY_MODEL": settings.model}
    uvicorn.run("server.app:create_app_from_settings", factory=True, host=host, port=port, workers=workers)
