"""Databases that tests may fill and break."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, make_url, text

from digest.store.schema import upgrade
from digest.store.tables import metadata


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "digest.sqlite3"
        upgrade(sqlite_url(path))
        return path.read_bytes()


def fresh_sqlite(folder: Path) -> str:
    """Return the URL of a migrated SQLite database in *folder*, with nothing in it."""
    path = folder / "digest.sqlite3"
    path.write_bytes(_migrated())
    return sqlite_url(path)


@contextmanager
def empty_schema() -> Iterator[str]:
    """Yield the URL of an empty PostgreSQL schema of our own, or skip without a server."""
    server = os.environ.get("DIGEST_TEST_POSTGRES_URL")  # noqa: TID251 # where tests find a server
    if not server:
        pytest.skip("DIGEST_TEST_POSTGRES_URL is not set, so nothing is tried on PostgreSQL")
    schema = f"test_{token_hex(6)}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        url = make_url(server).update_query_dict({"options": f"-c search_path={schema}"})
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def emptied(url: str) -> None:
    """Empty every table of a migrated PostgreSQL database but the keys."""
    names = ", ".join(table for table in metadata.tables if table != "keyring")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    engine.dispose()
