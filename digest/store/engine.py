"""How each database is opened: the settings that safety and its locks need."""

import os
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from digest.errors import SettingsInvalid

FORMS = "sqlite:////absolute/path/to/file or postgresql://user:password@host/name"


def parsed(url: str) -> URL:
    """Return *url* as SQLAlchemy understands it; raise SettingsInvalid where we cannot use it.

    A SQLite URL comes back with the absolute path of its file.
    """
    try:
        found = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        # The cause would print the URL, with its password.
        raise SettingsInvalid(f"The database URL cannot be read; write {FORMS}.") from None
    match found.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _with_file(found)
        case "postgresql" | "postgresql+psycopg":
            return found
        case other:
            raise SettingsInvalid(f"We have no store for {other!r} URLs; write {FORMS}.")


def _with_file(url: URL) -> URL:
    name, query = url.database or "", dict(url.query)
    if query.pop("uri", "false") in _TRUE and name.startswith("file:"):
        name = unquote(name.removeprefix("file:").removeprefix("//"))
    if name in {"", ":memory:"} or query.get("mode") == "memory":
        raise SettingsInvalid(f"A database in memory would forget all; write {FORMS}.")
    return url.set(database=os.path.abspath(name), query=query)  # noqa: PTH100 # keeps links


_TRUE = frozenset({"true", "yes", "on", "y", "t", "1"})
"""What SQLAlchemy takes for a yes."""


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite *url*, None for a server's."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def opened(url: URL, *, patience: float, migrating: bool = False) -> Engine:
    """Return an engine for a parsed *url* that waits *patience* seconds for a lock.

    Nothing connects yet. A SQLite file that is not there is never made.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, patience=patience, migrating=migrating)
    return _postgresql(url, patience=patience)


def _sqlite(url: URL, *, patience: float, migrating: bool) -> Engine:
    # As a URI, for only a URI can say: open, but do not create. The file's mode comes last.
    name = "file:" + quote(url.database or "")
    query = {"mode": "rw"} | dict(url.query) | {"uri": "true"}
    engine = create_engine(
        url.set(database=name, query=query),
        hide_parameters=True,
        connect_args={"timeout": patience},
    )

    def prepare(connection: SqliteConnection, _record: object) -> None:
        # We begin transactions ourselves; the driver's own way differs between Pythons.
        connection.isolation_level = None
        # A migration copies tables, which would follow or break the keys of others.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        connection.execute("PRAGMA synchronous = FULL")
        # It stays in the file; one that cannot be written is read as it is.
        with suppress(OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")

    def begin(connection: Connection) -> None:
        # A block that will write takes the lock at once: one that took it half-way could
        # find the database changed since its first look, and fail without waiting.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _postgresql(url: URL, *, patience: float) -> Engine:
    settings = {
        "lock_timeout": f"{max(1, round(patience * 1000))}ms",  # 0 would wait for ever
        "idle_in_transaction_session_timeout": "60s",
        "synchronous_commit": "on",
    }
    # What the URL says stands: its options come after ours.
    options = [f"-c {name}={value}" for name, value in settings.items()]
    theirs = url.normalized_query.get("options", ())
    arguments: dict[str, Any] = {
        "application_name": "digest",
        "connect_timeout": 10,
        "tcp_user_timeout": 30_000,
    }
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={name: value for name, value in arguments.items() if name not in url.query}
            | {"options": " ".join([*options, *theirs])},
        )
    except ModuleNotFoundError as error:
        raise SettingsInvalid(
            "PostgreSQL needs its driver; install it with `pip install paper-digest[postgres]`."
        ) from error


def reading(connection: Connection) -> Connection:
    """Return *connection* set so that its next transaction sees one state and cannot write."""
    if connection.dialect.name == "postgresql":
        return connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return connection.execution_options(reading=True)
