"""Logs as JSON lines on stderr. They name routes, callers and index versions; never a question, nor a key."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def place_of(error: BaseException | None) -> str:
    """Kind and place of an error. Not its message: that may repeat what the user asked."""
    return "" if error is None else f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, request_id, and the record's own `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if (own_id := request_id.get()) is not None:
            line["request_id"] = own_id
        if record.exc_info:
            line["exception"] = place_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Send every logger of this process to stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for chatty in ("httpx", "httpx2", "openai", "alembic", "mcp"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
