"""The database: one suite over SQLite and PostgreSQL."""

import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from corpus.errors import NotFoundError, SettingError, StorageError
from server.record import PAUSE, Recorder
from server.settings import Settings, read_settings
from server.storage.database import AnswerRecord, Database, secret_digest
from server.storage.tables import metadata
from tests import postgresql


@pytest.fixture(scope="module")
def postgresql_url() -> Iterator[str]:
    folder = postgresql.binaries()
    if folder is None:
        assert not os.environ.get(postgresql.REQUIRED), "PostgreSQL is required here; run: apt-get install postgresql"
        pytest.skip("PostgreSQL is not installed")
    with postgresql.cluster(folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty database of each kind."""
    if request.param == "sqlite":
        return read_settings({"DUTY_HOME": str(tmp_path / "home")})
    url = request.getfixturevalue("postgresql_url")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()
    return read_settings({"DUTY_HOME": str(tmp_path / "home"), "DUTY_DATABASE_URL": url})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database.open(settings)
    yield database
    database.close()


def record(answer_id: str, days_ago: float = 0, question: str | None = None) -> AnswerRecord:
    when = datetime.now(UTC) - timedelta(days=days_ago)
    return AnswerRecord(
        answer_id, when, "v1", [{"department": "市场部", "position": None}], question, question and "key:1"
    )


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    with database._begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_is_opened_again_with_what_it_holds(database: Database, settings: Settings) -> None:
    key, secret = database.create_key("bot", ["ask"])
    again = Database.open(settings)
    assert again.key_of(secret) == key
    again.close()


def test_workers_that_start_together_migrate_once(settings: Settings) -> None:
    failed: list[Exception] = []

    def start() -> None:
        try:
            Database.open(settings).close()
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_key_is_kept_as_its_hash_only(database: Database) -> None:
    key, secret = database.create_key("机器人", ["ask", "admin"])
    assert secret.startswith("duty_")
    assert len(secret) == len("duty_") + 43  # 256 bits
    with database._begin() as connection:
        [row] = connection.execute(metadata.tables["keys"].select()).all()
    assert row.sha256 == secret_digest(secret)
    assert secret not in str(row)
    assert (key.name, key.scopes, key.revoked_at) == ("机器人", ("ask", "admin"), None)
    assert key.created_at.tzinfo is UTC or key.created_at.utcoffset() == timedelta(0)
    assert database.all_keys() == [key]


@pytest.mark.parametrize("wrong", ["", "duty_", "x" * 10_000, "\ud800", "'; DROP TABLE keys; --"])
def test_a_wrong_secret_is_no_key(database: Database, wrong: str) -> None:
    _, secret = database.create_key("bot", ["ask"])
    assert database.key_of(wrong) is None
    assert database.key_of(secret[:-1]) is None


def test_a_revoked_key_opens_nothing_and_its_sessions_end(database: Database) -> None:
    key, secret = database.create_key("bot", ["ask"])
    token = database.open_session(key)
    assert database.key_of_session(token) == key
    revoked = database.revoke_key(key.id)
    assert revoked.revoked_at is not None
    assert database.key_of(secret) is None
    assert database.key_of_session(token) is None
    assert database.revoke_key(key.id) == revoked
    assert database.has_keys()


def test_an_unknown_key_cannot_be_revoked(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no key 'nobody'; run: duty key list"):
        database.revoke_key("nobody")
    assert not database.has_keys()


def test_a_closed_session_ends(database: Database) -> None:
    token = database.open_session(database.create_key("bot", ["ask"])[0])
    database.close_session(token)
    assert database.key_of_session(token) is None


def test_answers_are_kept_and_forgotten_when_old(database: Database) -> None:
    database.keep_answers([record("new", question="佣金"), record("old", days_ago=8)])
    kept = database.answer("new")
    assert kept is not None
    assert (kept.question, kept.asked_by, kept.posts) == ("佣金", "key:1", [{"department": "市场部", "position": None}])
    assert database.answer("none") is None
    assert [answer.id for answer in database.audit()] == ["old", "new"]
    assert database.forget_answers(timedelta(days=7)) == 1
    assert [answer.id for answer in database.audit()] == ["new"]


def test_the_recorder_forgets_old_answers_again_and_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.record.FORGET_EVERY", PAUSE)
    recorder = Recorder(database, timedelta(days=7))
    recorder.keep(record("new"))
    for _ in range(2):
        database.keep_answers([record("old", days_ago=8)])
        for _ in range(1000):
            if database.answer("old") is None:
                break
            time.sleep(PAUSE)
        assert database.answer("old") is None
    recorder.close()
    assert [answer.id for answer in database.audit()] == ["new"]


def test_feedback_outlives_its_answer(database: Database) -> None:
    database.keep_answers([record("a", days_ago=8)])
    given: dict[str, object] = {"answer_id": "a", "verdict": "wrong", "department": "市场部", "position": None}
    given |= {"comment": "问的是“佣金”", "question": None, "posts": [], "index_version": "v1", "given_by": "user:张三"}
    database.add_feedback(**given)
    database.forget_answers(timedelta(days=7))
    [row] = database.feedback()
    assert {name: row[name] for name in given} == given
    assert datetime.fromisoformat(row["given_at"]).utcoffset() == timedelta(0)


def test_a_failed_write_is_undone_as_a_whole(database: Database) -> None:
    with pytest.raises(StorageError):
        database.keep_answers([record("a"), record("a")])
    assert database.answer("a") is None


def test_sqlite_is_a_file_in_the_home_in_wal_mode(tmp_path: Path) -> None:
    settings = read_settings({"DUTY_HOME": str(tmp_path / "home")})
    database = Database.open(settings)
    with database._begin() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    database.close()
    path = tmp_path / "home" / "service.sqlite"
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    settings = read_settings(
        {"DUTY_HOME": str(tmp_path), "DUTY_DATABASE_URL": "postgresql://duty:hunter2@127.0.0.1:1/duty"}
    )
    with pytest.raises(StorageError) as caught:
        Database.open(settings)
    assert "hunter2" not in caught.value.message
    assert "DUTY_DATABASE_URL" in caught.value.message


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = read_settings(
        {"DUTY_HOME": str(tmp_path), "DUTY_DATABASE_URL": f"sqlite:///{tmp_path}/file/service.sqlite"}
    )
    with pytest.raises(StorageError, match=r"file/service.sqlite cannot be written"):
        Database.open(settings)


@pytest.mark.parametrize("url", ["postgresql://db:port/duty", "sqlite://", "sqlite:///:memory:"])
def test_a_malformed_url_is_a_bad_setting(tmp_path: Path, url: str) -> None:
    settings = replace(read_settings({"DUTY_HOME": str(tmp_path)}), database_url=url)
    with pytest.raises(SettingError, match="DUTY_DATABASE_URL"):
        Database.open(settings)
