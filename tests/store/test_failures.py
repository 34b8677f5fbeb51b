"""What a database complains of becomes one sentence that says what to do."""

import sqlite3

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError, StoreMissing, StoreUnavailable
from digest.store.failures import explained, named

FILE = make_url("sqlite:////var/digest.sqlite3")
SERVER = make_url("postgresql://ada:sesame@db.example:5433/papers")


class ServerError(Exception):
    """What a PostgreSQL driver raises, as far as we look at it."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


def of_sqlite(code: int | None, text: str = "…") -> DBAPIError:
    error = sqlite3.OperationalError(text)
    if code is not None:
        error.sqlite_errorcode = code
        error.sqlite_errorname = f"SQLITE_{code}"
    return DBAPIError("SELECT 'ada@example.org'", (), error)


def of_postgresql(sqlstate: str | None, text: str = "…") -> DBAPIError:
    return DBAPIError("SELECT 'ada@example.org'", (), ServerError(text, sqlstate))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, StoreUnavailable, "is locked by somebody else; try again"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreUnavailable, "is locked by somebody else; try again"),
        (sqlite3.SQLITE_FULL, StoreUnavailable, "no room left .* free some and try again"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StoreUnavailable, "check who may write there"),
        (sqlite3.SQLITE_CANTOPEN, StoreUnavailable, "check who may read and write there"),
        (sqlite3.SQLITE_IOERR_READ, StoreUnavailable, "check the disk"),
        (sqlite3.SQLITE_NOTADB, StoreError, "restore it from a backup"),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreError, "restore it from a backup"),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, StoreError, "contradicts .* nothing of its block"),
        (sqlite3.SQLITE_MISMATCH, StoreError, "refused the work .SQLITE_20.; nothing of its"),
        (None, StoreError, "refused the work .OperationalError.; nothing of its"),
    ],
)
def test_what_sqlite_says(code: int | None, kind: type[StoreError], words: str) -> None:
    error = explained(of_sqlite(code), FILE)

    assert type(error) is kind
    assert "/var/digest.sqlite3" in str(error)
    assert_says(error, words)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("55P03", StoreUnavailable, "is locked by somebody else; try again"),
        ("40P01", StoreUnavailable, "is locked by somebody else; try again"),
        ("40001", StoreUnavailable, "is locked by somebody else; try again"),
        ("53100", StoreUnavailable, "no room left .* free some and try again"),
        ("53300", StoreUnavailable, "ended the work .code 53300.; try again"),
        ("57P01", StoreUnavailable, "ended the work .code 57P01.; try again"),
        ("08006", StoreUnavailable, "ended the work .code 08006.; try again"),
        ("25P03", StoreUnavailable, "ended the work .code 25P03.; try again"),
        ("25006", StoreUnavailable, "check who may write there"),
        ("42501", StoreUnavailable, "check who may read and write there"),
        ("28P01", StoreUnavailable, "check who may read and write there"),
        ("42P01", StoreMissing, "run `digest db upgrade`"),
        ("23505", StoreError, "contradicts .* nothing of its block was kept"),
        ("22003", StoreError, "refused the work .code 22003."),
    ],
)
def test_what_postgresql_says(code: str, kind: type[StoreError], words: str) -> None:
    error = explained(of_postgresql(code), SERVER)

    assert type(error) is kind
    assert "papers on db.example:5433" in str(error)
    assert_says(error, words)


def assert_says(error: StoreError, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        raise error
    assert "ada@example.org" not in str(error)
    assert "sesame" not in str(error)


def test_a_failed_connection_keeps_its_reason_and_loses_its_password() -> None:
    reason = "connection failed: tried sesame\n  FATAL:  no such user; password was sesame \n"
    error = explained(of_postgresql(None, reason), SERVER)

    assert str(error) == (
        "The database papers on db.example:5433 cannot be reached "
        "(FATAL:  no such user; password was ***); check that its server runs and try again."
    )
    elsewhere = make_url("postgresql://db.example/papers?password=sesame")
    assert "sesame" not in str(explained(of_postgresql(None, reason), elsewhere))
    assert "(ServerError)" in str(explained(of_postgresql(None, ""), SERVER))


def test_writing_in_a_reading_block_is_told_apart_from_a_read_only_database() -> None:
    for error, url in (
        (of_sqlite(sqlite3.SQLITE_READONLY), FILE),
        (of_postgresql("25006"), SERVER),
    ):
        assert "open it with begin() to write" in str(explained(error, url, reading=True))
        assert "check who may write there" in str(explained(error, url))
    recovery = of_sqlite(sqlite3.SQLITE_READONLY_RECOVERY)
    assert "check who may write there" in str(explained(recovery, FILE, reading=True))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ada:sesame@/papers", "papers on localhost"),
        ("postgresql://ada:sesame@:5433/", "ada on localhost:5433"),
        ("postgresql://db.example/papers", "papers on db.example"),
    ],
)
def test_a_database_is_named_without_its_password(url: str, name: str) -> None:
    assert named(make_url(url)) == name
