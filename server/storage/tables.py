"""The tables, as SQLAlchemy sees them.

A migration in migrations/versions makes each; a test holds that the two agree.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A point in time: UTC, also where the database keeps none (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)


metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

# Who signed in to the page with a key. Like a key, only the token's hash is kept.
sessions = Table(
    "sessions",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("key_id", String(16), ForeignKey("keys.id"), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# Every answer that was given: what feedback refers to. `question` and `asked_by` are null unless audit is on.
answers = Table(
    "answers",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("answered_at", Moment, nullable=False, index=True),
    Column("index_version", String(64), nullable=False),
    Column("posts", JSON, nullable=False),
    Column("question", Text),
    Column("asked_by", Text),
)

# Feedback carries what it needs of its answer, so that it outlives it.
feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("given_at", Moment, nullable=False),
    Column("answer_id", String(32), nullable=False, index=True),
    Column("verdict", String(5), nullable=False),
    Column("department", Text),
    Column("position", Text),
    Column("comment", Text),
    Column("question", Text),
    Column("posts", JSON, nullable=False),
    Column("index_version", String(64), nullable=False),
    Column("given_by", Text),
)
