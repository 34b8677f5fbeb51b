from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from digest.ports import Notebook
from digest.sources.notebook import StoreNotebook
from digest.store.sql import SqlStore
from tests.fakes import MemoryNotebook, MemoryStore
from tests.store.databases import fresh_sqlite


@pytest.fixture(params=["memory", "memory store", "sqlite"])
def notebook(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Notebook]:
    """Every notebook, with nothing in it."""
    match request.param:
        case "memory":
            yield MemoryNotebook()
        case "memory store":
            yield StoreNotebook(MemoryStore())
        case _:
            with closing(SqlStore(fresh_sqlite(tmp_path))) as store:
                yield StoreNotebook(store)


def test_where_nothing_was_written_nothing_is_read(notebook: Notebook) -> None:
    assert notebook.read("feed") == {}


def test_the_last_note_takes_the_place_of_those_before(notebook: Notebook) -> None:
    notebook.write("feed", {"etag": '"a"', "changed": "yesterday"})
    notebook.write("api", {"after": "3"})
    notebook.write("feed", {"etag": '"b"'})
    assert notebook.read("feed") == {"etag": '"b"'}
    assert notebook.read("api") == {"after": "3"}
