"""The database: one class over SQLite (a file in the home) and PostgreSQL (DUTY_DATABASE_URL).

tables.py has its tables. Nothing here knows HTTP. Times are UTC. A Database may be shared between threads.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from corpus.errors import NotFoundError, SettingError, StorageError
from server.settings import Settings, need_extra
from server.storage.tables import answers, feedback, keys, sessions

FILE = "service.sqlite"
MIGRATIONS = Path(__file__).parent / "migrations"
SESSION_LASTS = timedelta(hours=12)
PREFIX = "duty_"  # makes a key recognisable to people and to secret scanners
_MIGRATION_LOCK = 7_310_001  # PostgreSQL advisory lock: workers start together, one of them migrates


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What is kept of an answer. `question` and `asked_by` are None unless audit is on."""

    id: str
    answered_at: datetime
    index_version: str
    posts: list[dict[str, Any]]
    question: str | None = None
    asked_by: str | None = None


def secret_digest(secret: str) -> str:
    """SHA-256 in hex.

    Right for keys and sessions, unlike for passwords: they are 256 random bits, which nobody can try out.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Database:
    """Opened and migrated. Raises StorageError when it cannot be reached, with what to check."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, settings: Settings) -> "Database":
        """The database of the settings, created and migrated as needed."""
        url = _url(settings)
        database = cls(_engine(url))
        if url.get_backend_name() == "sqlite":
            with _alone_with(Path(str(url.database))):
                database._migrate()
        else:
            database._migrate()
        return database

    def close(self) -> None:
        self._engine.dispose()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        """A transaction: committed at its end, undone on an error."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            raise StorageError(
                f"the database {where} failed ({type(error).__name__}); check that it runs and may be written to, "
                "or DUTY_DATABASE_URL"
            ) from error

    # keys

    def create_key(self, name: str, scopes: Sequence[str]) -> tuple[Key, str]:
        """A new key, and its secret, which is not kept and cannot be shown again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = Key(secrets.token_hex(6), name, tuple(scopes), _now())
        row = {
            "id": key.id,
            "name": name,
            "sha256": secret_digest(secret),
            "scopes": list(scopes),
            "created_at": key.created_at,
        }
        with self._begin() as connection:
            connection.execute(insert(keys).values(row))
        return key, secret

    def all_keys(self) -> list[Key]:
        """Every key, revoked ones included, oldest first."""
        with self._begin() as connection:
            return [_key(row) for row in connection.execute(select(keys).order_by(keys.c.created_at, keys.c.id))]

    def revoke_key(self, key_id: str) -> Key:
        """Revoke a key and end its sessions. A key that is revoked already stays so. Raises NotFoundError."""
        with self._begin() as connection:
            connection.execute(
                update(keys).where(keys.c.id == key_id, keys.c.revoked_at.is_(None)).values(revoked_at=_now())
            )
            connection.execute(delete(sessions).where(sessions.c.key_id == key_id))
            row = connection.execute(select(keys).where(keys.c.id == key_id)).first()
        if row is None:
            raise NotFoundError(f"no key {key_id!r}; run: duty key list")
        return _key(row)

    def has_keys(self) -> bool:
        """Whether a key was ever created. Revoking the last one must not open the service to everyone."""
        with self._begin() as connection:
            return connection.execute(select(keys.c.id).limit(1)).first() is not None

    def key_of(self, secret: str) -> Key | None:
        """The valid key with this secret."""
        digest = secret_digest(secret)
        with self._begin() as connection:
            row = connection.execute(select(keys).where(keys.c.sha256 == digest, keys.c.revoked_at.is_(None))).first()
        # The look-up goes by the digest, of which a caller cannot choose a part; compared in constant time all the
        # same.
        return _key(row) if row is not None and hmac.compare_digest(row.sha256, digest) else None

    # sessions

    def open_session(self, key: Key) -> str:
        """A session token for who signed in with this key; it ends after SESSION_LASTS, or with the key."""
        token = secrets.token_urlsafe(32)
        with self._begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < _now()))
            connection.execute(
                insert(sessions).values(sha256=secret_digest(token), key_id=key.id, expires_at=_now() + SESSION_LASTS)
            )
        return token

    def key_of_session(self, token: str) -> Key | None:
        with self._begin() as connection:
            row = connection.execute(
                select(keys)
                .join(sessions, sessions.c.key_id == keys.c.id)
                .where(
                    sessions.c.sha256 == secret_digest(token),
                    sessions.c.expires_at > _now(),
                    keys.c.revoked_at.is_(None),
                )
            ).first()
        return None if row is None else _key(row)

    def close_session(self, token: str) -> None:
        with self._begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.sha256 == secret_digest(token)))

    # answers and feedback

    def keep_answers(self, records: Sequence[AnswerRecord]) -> None:
        rows = [{name: getattr(record, name) for name in record.__slots__} for record in records]
        with self._begin() as connection:
            connection.execute(insert(answers), rows)

    def answer(self, answer_id: str) -> AnswerRecord | None:
        with self._begin() as connection:
            row = connection.execute(select(answers).where(answers.c.id == answer_id)).first()
        return None if row is None else AnswerRecord(**row._asdict())

    def audit(self) -> Iterator[AnswerRecord]:
        """Every answer that is kept, oldest first."""
        with self._begin() as connection:
            for row in connection.execute(select(answers).order_by(answers.c.answered_at, answers.c.id)):
                yield AnswerRecord(**row._asdict())

    def forget_answers(self, older_than: timedelta) -> int:
        """Delete answers past the retention time; how many."""
        with self._begin() as connection:
            return connection.execute(delete(answers).where(answers.c.answered_at < _now() - older_than)).rowcount

    def add_feedback(self, **values: Any) -> None:
        """One verdict; the names are the columns of the feedback table."""
        with self._begin() as connection:
            connection.execute(insert(feedback).values(given_at=_now(), **values))

    def feedback(self) -> list[dict[str, Any]]:
        """All feedback, oldest first, as the lines of /v1/feedback/export."""
        with self._begin() as connection:
            rows = connection.execute(select(feedback).order_by(feedback.c.id))
            return [{**row._asdict(), "given_at": row.given_at.isoformat()} for row in rows]


def _url(settings: Settings) -> URL:
    if not settings.database_url:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"the folder {settings.home} cannot be made ({error.strerror}); choose another --home"
            ) from error
        return URL.create("sqlite", database=str(settings.home.absolute() / FILE))
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError):
        raise SettingError(
            "bad setting DUTY_DATABASE_URL; allowed: postgresql://USER:PASSWORD@HOST/NAME. Correct it"
        ) from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingError(
            "bad setting DUTY_DATABASE_URL; allowed for SQLite: sqlite:///FILE, which workers can share. Correct it"
        )
    if url.get_backend_name() != "postgresql":
        return url
    need_extra("DUTY_DATABASE_URL with postgresql://", "postgres", "psycopg")
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")  # readers go on while one writes
        # Safe with WAL: a power cut may lose the last answers, never the file.
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


@contextmanager
def _alone_with(path: Path) -> Iterator[None]:
    """Hold a SQLite file, one process at a time; it is made so that nobody but its owner reads who asked what."""
    try:
        with FileLock(f"{path}.lock"):
            path.touch(mode=0o600)
            yield
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}); choose another --home or DUTY_DATABASE_URL"
        ) from error


def _key(row: Any) -> Key:
    return Key(row.id, row.name, tuple(row.scopes), row.created_at, row.revoked_at)


def _now() -> datetime:
    return datetime.now(UTC)
