"""How databases are opened: with the settings that safety needs, and from URLs that make sense."""

import sys
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from digest.errors import SettingsInvalid
from digest.store.engine import file_of, opened, parsed, reading
from tests.store.databases import fresh_sqlite


def told(url: str, *questions: str) -> list[object]:
    engine = opened(parsed(url), patience=1.5)
    with engine.connect() as connection:
        answers = [connection.exec_driver_sql(question).scalar_one() for question in questions]
    engine.dispose()
    return answers


def test_sqlite_keeps_what_it_says_it_kept_and_watches_its_references(tmp_path: Path) -> None:
    questions = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    answers = told(fresh_sqlite(tmp_path), *(f"PRAGMA {name}" for name in questions))

    full = 2
    assert answers == ["wal", full, 1, 1_500]


def test_a_server_is_asked_for_safe_commits_and_short_waits(server_url: str) -> None:
    settings = ("synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout")

    assert told(server_url, *(f"SHOW {name}" for name in settings)) == ["on", "1500ms", "1min"]


def test_what_the_url_asks_of_a_server_stands(server_url: str) -> None:
    theirs = make_url(server_url)
    options = f"{theirs.query['options']} -c lock_timeout=7s"
    url = theirs.update_query_dict({"options": options, "application_name": "mine"})
    answers = told(
        url.render_as_string(hide_password=False), "SHOW lock_timeout", "SHOW application_name"
    )

    assert answers == ["7s", "mine"]


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    engine = opened(parsed(f"sqlite:///{tmp_path}/none"), patience=0)
    with pytest.raises(OperationalError, match="unable to open"):
        engine.connect()
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_only_read_may_write_again(tmp_path: Path) -> None:
    engine = opened(parsed(fresh_sqlite(tmp_path)), patience=0)
    delete = "DELETE FROM runs"
    with (
        pytest.raises(OperationalError, match="readonly"),
        engine.connect() as connection,
        reading(connection).begin(),
    ):
        connection.exec_driver_sql(delete)
    with engine.begin() as connection:
        connection.exec_driver_sql(delete)
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "mysql://ada:sesame@db/papers",
        "postgresql+asyncpg://ada:sesame@db/papers",
        "postgresql://ada:sesame@db:port/papers",
    ],
)
def test_a_url_we_cannot_use_is_told_with_one_we_can(url: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"write sqlite:////absolute/path") as caught:
        parsed(url)
    assert "sesame" not in "".join(format_exception(caught.value))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/digest.sqlite3", "/var/digest.sqlite3"),
        ("sqlite+pysqlite:////var/digest.sqlite3", "/var/digest.sqlite3"),
        ("sqlite:////var/50%/a b.sqlite3", "/var/50%/a b.sqlite3"),
        ("sqlite:////var/file:x", "/var/file:x"),
        ("sqlite:///file:/var/a%20b?mode=ro&uri=true", "/var/a b"),
        ("sqlite:///file:///var/a?uri=1", "/var/a"),
    ],
)
def test_a_sqlite_url_is_a_file(url: str, path: str) -> None:
    assert file_of(parsed(url)) == Path(path)


@pytest.mark.parametrize(
    "url", ["postgresql://ada@db/papers", "postgres://ada@db/papers", "postgresql+psycopg://db/x"]
)
def test_a_server_url_is_no_file(url: str) -> None:
    engine = opened(parsed(url), patience=1)

    assert file_of(engine.url) is None
    assert engine.dialect.driver == "psycopg"


def test_a_missing_driver_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(SettingsInvalid, match=r"pip install paper-digest\[postgres\]"):
        opened(parsed("postgresql://db/papers"), patience=1)
