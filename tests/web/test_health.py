"""What machines ask: does it live, can it work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from digest.errors import StoreNewer, StoreOutdated, StoreUnavailable
from digest.store.sql import SqlStore
from digest.web.app import build
from tests.fakes import MemoryStore
from tests.fakes.store import MemoryWork
from tests.store.databases import fresh_sqlite
from tests.web.conftest import Site, make_app, served


class AwayStore(MemoryStore):
    """A store that cannot be used, for a reason that names what nobody needs to know."""

    error: Exception = StoreUnavailable("The database postgresql://db.internal/digest is away.")

    @contextmanager
    def begin(self) -> Iterator[MemoryWork]:
        raise self.error
        yield

    read = begin


def asked(store: MemoryStore | SqlStore, path: str = "/readyz") -> httpx.Response:
    with served(build(make_app(store))) as client:
        return client.get(path)


def test_a_process_with_its_database_is_ready(kept_site: Site) -> None:
    answer = kept_site.client.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "The database answers.\n")


def test_a_process_lives_whatever_its_database_does() -> None:
    answer = asked(AwayStore(), "/healthz")

    assert (answer.status_code, answer.text) == (200, "The process lives.\n")


def test_without_a_database_it_is_not_ready_until_there_is_one(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'digest.sqlite3'}")
    with served(build(make_app(store))) as client:
        before = client.get("/readyz")
        fresh_sqlite(tmp_path)
        after = client.get("/readyz")
    store.close()

    assert (before.status_code, before.headers["retry-after"]) == (503, "60")
    assert before.text == "The database is missing or empty: run `digest db upgrade`.\n"
    assert after.status_code == 200


def test_a_database_that_lost_its_key_is_of_no_use(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    store = SqlStore(url)
    engine = create_engine(url)
    with served(build(make_app(store))) as client:
        assert client.get("/readyz").status_code == 200
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM keyring"))
        answer = client.get("/readyz")
    engine.dispose()
    store.close()

    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_tables_of_another_version_are_not_used(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    store = SqlStore(url)

    answer = asked(store)

    store.close()
    assert answer.status_code == 503
    assert answer.text.startswith("The database is newer than this program")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreUnavailable("db.internal: out of reach"), "The database does not answer.\n"),
        (
            StoreOutdated("db.internal: 0001"),
            "The database is older than this program: run `digest db upgrade`.\n",
        ),
        (
            StoreNewer("db.internal: 9999"),
            "The database is newer than this program: install the version it is of.\n",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_in_full_to_the_log(
    error: Exception, said: str
) -> None:
    store = AwayStore()
    store.error = error

    with capture_logs() as logs:
        answer = asked(store)

    assert (answer.status_code, answer.text) == (503, said)
    assert str(error) in repr(logs)
