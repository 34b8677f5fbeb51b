"""The store as a whole: blocks, locks, and what it says of a database it cannot use."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event, Thread
from traceback import format_exception
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text

from digest.errors import (
    StoreError,
    StoreMissing,
    StoreNewer,
    StoreOutdated,
    StoreUnavailable,
)
from digest.models.deliveries import Claim, Delivery, DeliveryState
from digest.ports import Store
from digest.store.sql import SqlStore
from digest.store.version import head
from tests.factories import DAY, NOON, make_paper, make_reader
from tests.store.databases import fresh_sqlite


def executed(url: str, statement: str, **values: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def count(store: Store) -> int:
    with store.read() as work:
        return work.papers.count()


def keep(store: Store, title: str = "Whales") -> None:
    with store.begin() as work:
        work.papers.keep([make_paper(title)])


def refusal(store: Store) -> StoreError:
    """Return what the store says where it cannot be written, and let go of it."""
    with closing(store), pytest.raises(StoreError) as caught:
        keep(store)
    return caught.value


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def sqlite(tmp_path: Path) -> SqlStore:
    return SqlStore(fresh_sqlite(tmp_path), patience=0.1)


# A block is a transaction.


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_raises_is_undone(store: Store, error: type[BaseException]) -> None:
    keep(store, "Before")

    def interrupted() -> None:
        with store.begin() as work:
            work.papers.keep([make_paper("Within")])
            assert work.papers.count() == 2
            raise error

    with pytest.raises(error):
        interrupted()
    assert count(store) == 1
    keep(store, "After")
    assert count(store) == 2


def test_a_reading_block_cannot_write(store: Store) -> None:
    with (
        pytest.raises(StoreError, match=r"This block only reads; open it with begin\(\)"),
        store.read() as work,
    ):
        work.papers.keep([make_paper()])

    assert count(store) == 0
    keep(store)
    assert count(store) == 1


def test_a_reading_block_sees_one_state_and_waits_for_nobody(store: Store) -> None:
    with store.read() as reading:
        assert reading.papers.count() == 0
        with store.begin() as writing:
            writing.papers.keep([make_paper()])
            assert count(store) == 0
        assert reading.papers.count() == 0
    assert count(store) == 1


def test_a_block_that_looks_before_it_writes_waits_its_turn(store: Store) -> None:
    looked, may_write = Event(), Event()
    failures: list[BaseException] = []

    def look_and_write() -> None:
        try:
            with store.begin() as work:
                work.papers.count()
                looked.set()
                may_write.wait()
                work.papers.keep([make_paper("Newts")])
        except StoreError as error:
            failures.append(error)

    other = Thread(target=look_and_write)
    with store.begin() as work:
        work.papers.count()
        other.start()
        looked.wait(timeout=0.3)
        work.papers.keep([make_paper("Whales")])
    may_write.set()
    other.join()

    assert failures == []
    assert count(store) == 2


def test_the_key_of_addresses_is_made_once(store: Store) -> None:
    with store.read() as work:
        key = work.address_key()
    with store.begin() as work:
        assert work.address_key() == key
    assert len(key) == 32


def test_a_closed_store_opens_again(store: Store) -> None:
    keep(store)
    store.close()
    assert count(store) == 1


def test_a_lost_key_of_addresses_is_not_made_anew(url: str, database: SqlStore) -> None:
    executed(url, "UPDATE keyring SET name = 'lost'")
    try:
        with (
            pytest.raises(StoreError, match="restore the database from a backup"),
            database.read() as work,
        ):
            work.address_key()
    finally:
        executed(url, "UPDATE keyring SET name = 'address'")


# Several at once.


def test_two_who_claim_at_once_share_without_overlap(url: str, database: SqlStore) -> None:
    ids = {f"{number:03}" for number in range(200)}
    with database.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.deliveries.plan(
            Delivery(
                id=id_, subscription_id="subscription-ada", day=DAY, state=DeliveryState.PLANNED
            )
            for id_ in ids
        )
    claimed: dict[str, list[str]] = {fence: [] for fence in "fghi"}
    start = Barrier(len(claimed))

    def work_off(fence: str) -> None:
        with closing(SqlStore(url, patience=20)) as store:
            start.wait()
            while True:
                with store.begin() as work:
                    taken = work.deliveries.claim(
                        DAY, Claim(fence=fence, at=NOON, lease_until=NOON), limit=7, only=None
                    )
                    assert len(taken) <= 7
                if not taken:
                    return
                claimed[fence] += [delivery.id for delivery in taken]

    threads = [Thread(target=work_off, args=[fence]) for fence in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(id_ for taken in claimed.values() for id_ in taken) == sorted(ids)


def test_two_who_plan_one_day_at_once_count_each_delivery_once(
    url: str, database: SqlStore
) -> None:
    first = Delivery(
        id="first", subscription_id="subscription-ada", day=DAY, state=DeliveryState.PLANNED
    )
    with database.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.deliveries.plan([first])
    half_way = Barrier(3)
    inserted: list[int] = []

    def with_a_pause(deliveries: list[Delivery]) -> Iterator[Delivery]:
        for number, delivery in enumerate(deliveries):
            if number == len(deliveries) // 2:
                # Nobody else comes here while one does, if all is well.
                with suppress(BrokenBarrierError):
                    half_way.wait(timeout=0.3)
            yield delivery

    def plan(order: int) -> None:
        deliveries = [
            Delivery(
                id=f"{number:04}",
                subscription_id="subscription-ada",
                day=DAY,
                state=DeliveryState.PLANNED,
            )
            for number in range(1_200)
        ]
        with closing(SqlStore(url, patience=20)) as store, store.begin() as work:
            inserted.append(len(work.deliveries.plan(with_a_pause(deliveries[::order]))))

    threads = [Thread(target=plan, args=[order]) for order in (1, -1, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(inserted) == [0, 0, 1_200]
    with database.read() as work:
        account = work.deliveries.account(DAY)
    assert (account.candidates, account.adds_up) == (1_201, True)


def test_a_store_made_before_a_fork_serves_both_sides(database: SqlStore) -> None:
    keep(database, "Before")
    child = multiprocessing.get_context("fork").Process(target=keep, args=(database, "Child"))
    child.start()
    child.join()

    assert child.exitcode == 0
    keep(database, "After")
    assert count(database) == 3


def test_a_reader_who_left_after_the_claim_gets_no_mail(url: str, database: SqlStore) -> None:
    with database.begin() as work:
        work.subscribers.add(make_reader("ada"))
        delivery = Delivery(
            id="d", subscription_id="subscription-ada", day=DAY, state=DeliveryState.PLANNED
        )
        work.deliveries.plan([delivery])
        claim = Claim(fence="f", at=NOON, lease_until=NOON)
        assert work.deliveries.claim(DAY, claim, limit=1, only=None)
    executed(url, "UPDATE subscribers SET state = 'unsubscribed'")

    with database.begin() as work:
        assert work.deliveries.gate(["d"], fence="f") == []
        (found,) = work.deliveries.of_day(DAY)
    assert (found.state, found.reason) == (
        DeliveryState.SUPPRESSED,
        "the reader is unsubscribed",
    )


# What is killed half-way.

HALF_WAY = """
import sys
from digest.store.sql import SqlStore
from tests.factories import make_paper

with SqlStore(sys.argv[1]).begin() as work:
    work.papers.keep(make_paper(f"Paper {number}", id=f"{number}") for number in range(5_000))
    print("half-way", flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_half_way_leaves_what_was_before(url: str, database: SqlStore) -> None:
    keep(database, "Before")
    with subprocess.Popen(  # our own code
        [sys.executable, "-c", HALF_WAY, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half-way\n"
        os.kill(process.pid, signal.SIGKILL)

    assert count(database) == 1
    with closing(SqlStore(url, patience=5)) as store:
        keep(store, "After")
    assert count(database) == 2


# Databases that cannot be used.


@pytest.mark.parametrize("name", ["none.sqlite3", "no/folder/none.sqlite3"])
def test_a_missing_file_is_told_and_not_made(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    error = refusal(SqlStore(f"sqlite:///{path}"))

    assert isinstance(error, StoreMissing)
    assert str(error) == f"There is no database at {path} yet; run `digest db upgrade`."
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_a_missing_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()

    assert isinstance(refusal(SqlStore(f"sqlite:///{path}")), StoreMissing)


def test_tables_that_are_missing_are_told(blank_url: str) -> None:
    error = refusal(SqlStore(blank_url))

    assert isinstance(error, StoreMissing)
    assert "run `digest db upgrade`" in str(error)


def test_an_older_database_is_told(url: str) -> None:
    with version(url, "0000"):
        error = refusal(SqlStore(url))

    assert isinstance(error, StoreOutdated)
    assert str(error).endswith(
        f"has tables of version 0000, this program needs {head()}; run `digest db upgrade`."
    )


def test_a_newer_database_is_told(url: str) -> None:
    with version(url, "9999"):
        error = refusal(SqlStore(url))

    assert isinstance(error, StoreNewer)
    assert "install the version of the program that made them, or a newer one" in str(error)


@contextmanager
def version(url: str, number: str) -> Iterator[None]:
    """Make the database say it is of version *number*, for a while."""
    executed(url, "UPDATE alembic_version SET version_num = :number", number=number)
    try:
        yield
    finally:
        executed(url, "UPDATE alembic_version SET version_num = :number", number=head())


def test_a_locked_database_is_told_and_can_still_be_read(tmp_path: Path) -> None:
    store = sqlite(tmp_path)
    keep(store)
    with closing(sqlite3.connect(tmp_path / "digest.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        error = refusal(store)
        assert count(store) == 1
        other.rollback()

    assert isinstance(error, StoreUnavailable)
    assert str(error) == (
        f"The database {tmp_path}/digest.sqlite3 is locked by somebody else; try again."
    )
    keep(store, "Newts")
    store.close()


def test_a_table_that_somebody_locks_is_told(server_url: str) -> None:
    engine = create_engine(server_url)
    with engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE papers"))
        error = refusal(SqlStore(server_url, patience=0.2))
    engine.dispose()

    assert isinstance(error, StoreUnavailable)
    assert str(error).endswith("is locked by somebody else; try again.")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Whales count in base eight. " * 100, "utf-8")
    error = refusal(SqlStore(f"sqlite:///{path}"))

    assert str(error) == f"{path} is no database, or a damaged one; restore it from a backup."


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    error = refusal(SqlStore(f"sqlite:///{tmp_path}"))

    assert isinstance(error, StoreUnavailable)
    assert "cannot be opened; check who may read and write there" in str(error)


def test_a_file_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert isinstance(refusal(SqlStore(f"sqlite:///{tmp_path}/file/x")), StoreUnavailable)


def test_a_database_that_may_only_be_read_can_be_read(tmp_path: Path) -> None:
    with closing(sqlite(tmp_path)) as store:
        keep(store)
    with closing(SqlStore(f"sqlite:///file:{tmp_path}/digest.sqlite3?mode=ro&uri=true")) as store:
        assert count(store) == 1
        error = refusal(store)

    assert isinstance(error, StoreUnavailable)
    assert str(error) == (
        f"The database {tmp_path}/digest.sqlite3 cannot be written; "
        "check who may write there and try again."
    )


def test_a_full_disk_is_told_and_undoes_the_block(tmp_path: Path) -> None:
    def fill(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 60")

    store = sqlite(tmp_path)
    keep(store, "Before")
    store.close()
    event.listen(Engine, "connect", fill)
    try:
        papers = [make_paper(f"Paper {number}", abstract="w " * 1_500) for number in range(999)]
        with pytest.raises(StoreUnavailable) as caught, store.begin() as work:
            work.papers.keep(papers)
        assert count(store) == 1
    finally:
        event.remove(Engine, "connect", fill)
        store.close()

    assert str(caught.value) == (
        f"There is no room left for the database {tmp_path}/digest.sqlite3; free some and try "
        "again."
    )
    keep(store, "After")
    assert count(store) == 2
    store.close()


def test_a_database_put_in_the_place_of_another_is_seen(tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    with closing(SqlStore(fresh_sqlite(tmp_path / "backup"))) as backup:
        keep(backup, "One")
        keep(backup, "Two")
    store = sqlite(tmp_path)
    keep(store, "Lost")
    (tmp_path / "backup" / "digest.sqlite3").replace(tmp_path / "digest.sqlite3")
    for name in ("digest.sqlite3-wal", "digest.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)

    assert count(store) == 2
    (tmp_path / "digest.sqlite3").unlink()
    assert isinstance(refusal(store), StoreMissing)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    error = refusal(SqlStore("postgresql://ada:sesame@127.0.0.1:1/papers"))

    assert isinstance(error, StoreUnavailable)
    assert str(error).startswith("The database papers on 127.0.0.1:1 cannot be reached (")
    assert str(error).endswith("); check that its server runs and try again.")
    assert "sesame" not in "".join(format_exception(error))


def test_a_server_without_that_database_says_so(server_url: str) -> None:
    server, _, _ = server_url.partition("?")
    error = refusal(SqlStore(f"{server}_of_nobody"))

    assert isinstance(error, StoreUnavailable)
    assert "_of_nobody" in str(error)
    assert "does not exist" in str(error)


def test_a_connection_that_the_server_ended_is_made_anew(server_url: str) -> None:
    database = SqlStore(server_url)
    keep(database, "Before")
    end_others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND application_name = 'digest'"
    )

    def cut_off() -> None:
        with database.begin() as work:
            work.papers.keep([make_paper("Within")])
            executed(server_url, end_others)
            work.papers.count()

    with pytest.raises(StoreUnavailable, match="try again"):
        cut_off()
    executed(server_url, end_others)

    keep(database, "After")
    assert count(database) == 2
    database.close()


def test_a_relative_path_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_sqlite(tmp_path)
    monkeypatch.chdir(tmp_path)
    store = SqlStore("sqlite:///digest.sqlite3")
    monkeypatch.chdir("/")

    with closing(store):
        keep(store)
        assert count(store) == 1
