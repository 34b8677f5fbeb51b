from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.ports import Store
from digest.store.schema import upgrade
from digest.store.sql import SqlStore
from tests.fakes import MemoryStore
from tests.store.databases import emptied, empty_schema, fresh_sqlite


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A migrated PostgreSQL database for the whole session."""
    with empty_schema() as url:
        upgrade(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without records, of each kind."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    found: str = request.getfixturevalue("postgresql")
    emptied(found)
    return found


@pytest.fixture
def server_url(postgresql: str) -> str:
    """A migrated database without records, on a server."""
    emptied(postgresql)
    return postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind that has no tables yet; SQLite's not even a file."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/made/digest.sqlite3"
    else:
        with empty_schema() as found:
            yield found


@pytest.fixture
def database(url: str) -> Iterator[SqlStore]:
    """A store on each kind of database."""
    store = SqlStore(url, patience=0.2)
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Every implementation of the port, with nothing in it."""
    if request.param == "memory":
        yield MemoryStore()
        return
    if request.param == "sqlite":
        found = fresh_sqlite(tmp_path)
    else:
        found = request.getfixturevalue("postgresql")
        emptied(found)
    store = SqlStore(found)
    yield store
    store.close()
