"""The tables of a database: made and changed by `upgrade`, compared with ours by `check`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError, StoreUnavailable
from digest.store.engine import file_of, opened, parsed, reading
from digest.store.failures import explained, missing, named
from digest.store.tables import metadata
from digest.store.version import current, head, refuse_newer

_PATIENCE = 30.0
"""Seconds one upgrade waits for another."""

_LOCK = int.from_bytes(b"digest")
"""The number that upgrades of one PostgreSQL database lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """The version a database has, the one this program needs, and how its tables differ."""

    current: str | None
    head: str
    differences: tuple[str, ...]

    @property
    def up_to_date(self) -> bool:
        """Whether the tables are what this program needs."""
        return self.current == self.head and not self.differences


def upgrade(url: str) -> None:
    """Bring the database at *url* to this program's version, making it where there is none.

    It happens whole or not at all, and of two at one time the second finds it done. Raise
    StoreNewer where the database is ahead of us, StoreUnavailable where it cannot be written.
    """
    target = parsed(url)
    _make_file(target)
    with _connected(target, migrating=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        found = _current(connection)
        refuse_newer(found or head(), named(target))
        if found != head():
            command.upgrade(_config(connection), "head")
            _refuse_broken_keys(connection, named(target))


def check(url: str) -> SchemaState:
    """Return which version the database at *url* has, and how its tables differ from ours.

    Raise StoreMissing where there is none, StoreNewer where it is ahead of us.
    """
    target = parsed(url)
    path = file_of(target)
    if path is not None and not path.exists():
        raise missing(named(target))
    with _connected(target) as connection, reading(connection).begin():
        found = _current(connection)
        refuse_newer(found or head(), named(target))
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        return SchemaState(
            current=found,
            head=head(),
            differences=tuple(str(difference) for difference in differences),
        )


@contextmanager
def _connected(url: URL, *, migrating: bool = False) -> Iterator[Connection]:
    engine = opened(url, patience=_PATIENCE, migrating=migrating)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise explained(error, url) from error
    finally:
        engine.dispose()


def _make_file(url: URL) -> None:
    path = file_of(url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # It will hold addresses: for its owner alone, unless somebody opens it to others.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(
            f"The database {path} cannot be made or written ({error.strerror}); "
            "check the folder and who owns it."
        ) from error


def _config(connection: Connection) -> Config:
    """Return Alembic's settings; the migrations are found where this package is."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "digest.store:migrations")
    return config


def _current(connection: Connection) -> str | None:
    return current(connection) if inspect(connection).has_table("alembic_version") else None


def _refuse_broken_keys(connection: Connection, place: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StoreError(
            f"{len(broken)} records of {place} point to nothing, the first in {broken[0][0]}; "
            "nothing was changed: restore the database from a backup and try again."
        )
