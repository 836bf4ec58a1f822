"""Starting the server: which addresses are allowed, and uvicorn."""

import ipaddress
import os
import tempfile

import uvicorn

from corpus.errors import ServeError
from server.settings import Settings
from server.storage.database import Database

DRAIN = 30  # seconds that requests have to end after a stop


def check_address(host: str, has_keys: bool) -> None:
    """Raise ServeError for an address that others can reach while there are no keys: everyone there could ask."""
    if not has_keys and not _is_loopback(host):
        raise ServeError(
            f"refused to listen on {host}: without API keys only this machine may ask; allowed: 127.0.0.1, ::1, "
            "localhost. Run: duty key create --name NAME, or duty serve --host 127.0.0.1"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_start(settings: Settings, host: str) -> None:
    """Raise ServeError for an address that must not be served, StorageError when the keys cannot be read."""
    database = Database.open(settings)
    try:
        check_address(host, database.has_keys())
    finally:
        database.close()


def check_workers(settings: Settings, workers: int) -> None:
    """Raise ServeError for bots in several workers.

    Each would know a part of a conversation, and answer what another one did.
    """
    if workers > 1 and (settings.wecom_corp_id or settings.feishu_encrypt_key or settings.dingtalk_client_secret):
        raise ServeError(
            f"refused to serve bots with {workers} workers: conversations are remembered in one process. "
            "Run: duty serve --workers 1, or a server without bot settings beside one for the bots"
        )


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped.

    Each worker opens the index by itself, from the settings in its environment. Raises ServeError.
    """
    check_workers(settings, workers)
    os.environ |= {"DUTY_HOME": str(settings.home), "DUTY_MODEL": settings.model}
    with tempfile.TemporaryDirectory(prefix="duty-metrics-") as folder:
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        uvicorn.run(
            "server.app:create_app_from_settings",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=None,
            access_log=False,  # server/layers/observe.py writes it, without query strings
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
            proxy_headers=False,  # X-Forwarded-For would let anyone choose their address
        )
