"""The tables: made once, whole, by whoever comes first; and equal to what the code believes."""

import stat
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text

from digest.errors import StoreError, StoreMissing, StoreNewer, StoreUnavailable
from digest.store.schema import SchemaState, check, upgrade
from digest.store.sql import SqlStore
from digest.store.version import head
from tests.factories import make_paper

UP_TO_DATE = SchemaState(current=head(), head=head(), differences=())


def executed(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def address_key(url: str) -> bytes:
    with closing(SqlStore(url)) as store, store.read() as work:
        return work.address_key()


def test_an_upgrade_makes_the_database_its_folder_and_its_key(blank_url: str) -> None:
    upgrade(blank_url)

    assert check(blank_url) == UP_TO_DATE
    assert check(blank_url).up_to_date
    assert len(address_key(blank_url)) == 32


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(blank_url: str) -> None:
    upgrade(blank_url)
    key = address_key(blank_url)
    with closing(SqlStore(blank_url)) as store:
        with store.begin() as work:
            work.papers.keep([make_paper()])
        upgrade(blank_url)
        with store.read() as work:
            assert work.papers.count() == 1
    assert address_key(blank_url) == key


def test_two_databases_have_two_keys(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{name}.sqlite3" for name in "ab"]
    for url in urls:
        upgrade(url)

    assert address_key(urls[0]) != address_key(urls[1])


def test_what_the_code_believes_is_what_the_migrations_make(blank_url: str) -> None:
    upgrade(blank_url)
    executed(blank_url, "DROP INDEX ix_deliveries_fence")
    executed(blank_url, "ALTER TABLE papers ADD COLUMN colour TEXT")

    state = check(blank_url)
    assert not state.up_to_date
    assert ["ix_deliveries_fence" in each for each in state.differences].count(True) == 1
    assert ["colour" in each for each in state.differences].count(True) == 1


WHEN_TOLD = """
import sys
from digest.store.schema import upgrade

print("ready", flush=True)
sys.stdin.read()
upgrade(sys.argv[1])
"""


def test_upgrades_at_the_same_time_make_one_database(blank_url: str) -> None:
    with ExitStack() as exits:
        processes = [
            exits.enter_context(
                subprocess.Popen(  # our own code
                    [sys.executable, "-W", "error", "-c", WHEN_TOLD, blank_url],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
            for _ in range(4)
        ]
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
        for process in processes:
            assert process.stdin
            process.stdin.close()
        assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert check(blank_url) == UP_TO_DATE
    assert len(address_key(blank_url)) == 32


def test_a_newer_database_is_left_alone(blank_url: str) -> None:
    upgrade(blank_url)
    executed(blank_url, "UPDATE alembic_version SET version_num = '9999'")

    for ask in (upgrade, check, check):
        with pytest.raises(StoreNewer, match=f"version 9999, this program knows {head()}"):
            ask(blank_url)


def test_an_upgrade_that_fails_half_way_leaves_nothing(blank_url: str) -> None:
    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO keyring"):
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(KeyboardInterrupt):
            upgrade(blank_url)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)

    assert check(blank_url).current is None
    upgrade(blank_url)
    assert check(blank_url) == UP_TO_DATE


def test_a_database_nobody_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="run `digest db upgrade`"):
        check(f"sqlite:///{tmp_path}/none.sqlite3")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "folder" / "x.sqlite3", tmp_path / "file" / "x.sqlite3"):
        with pytest.raises(StoreUnavailable, match="check the folder and who owns it") as caught:
            upgrade(f"sqlite:///{path}")
        assert str(path) in str(caught.value)


def test_a_full_disk_leaves_no_half_a_database(tmp_path: Path) -> None:
    def fill(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 5")

    url = f"sqlite:///{tmp_path}/x.sqlite3"
    event.listen(Engine, "connect", fill)
    try:
        with pytest.raises(StoreUnavailable, match="There is no room left"):
            upgrade(url)
    finally:
        event.remove(Engine, "connect", fill)

    assert check(url).current is None
    upgrade(url)
    assert check(url) == UP_TO_DATE


def test_records_that_point_to_nothing_stop_an_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    executed(url, "CREATE TABLE parents (id INTEGER PRIMARY KEY)")
    executed(url, "CREATE TABLE children (parent INTEGER REFERENCES parents)")
    executed(url, "INSERT INTO children VALUES (7)")

    with pytest.raises(StoreError, match=r"1 records of .* the first in children; nothing was"):
        upgrade(url)
    assert check(url).current is None


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/x.sqlite3")

    assert stat.S_IMODE((tmp_path / "x.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["50% of #1 & more", "naïve", "a?b", "file:x"])
def test_any_name_of_a_folder_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / name)
    url = "sqlite:///x.sqlite3"
    upgrade(url)

    assert check(url) == UP_TO_DATE
    assert (tmp_path / name / "x.sqlite3").exists()
    with closing(SqlStore(url)) as store, store.begin() as work:
        assert work.papers.count() == 0


def test_a_server_orders_every_text_by_code_point(server_url: str) -> None:
    engine = create_engine(server_url)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND data_type = 'text'"
            )
        ).all()
    engine.dispose()

    assert len(rows) > 30
    assert {row.collation_name for row in rows} == {"C"}


def test_migrations_are_one_line_of_four_digit_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", "digest.store:migrations")
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]

    assert steps[::-1] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert steps[0] == head()


def test_no_migration_knows_the_models() -> None:
    versions = Path(sys.modules["digest.store"].__path__[0]) / "migrations" / "versions"
    for path in versions.glob("*.py"):
        assert "digest" not in {
            word
            for line in path.read_text("utf-8").splitlines()
            for word in line.split()
            if "import" in line
        }
