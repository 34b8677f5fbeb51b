"""`digest db`."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Run


def test_upgrade_makes_the_database_and_may_be_run_again(digest: Run, home: Path) -> None:
    first = digest("db", "upgrade")
    again = digest("db", "upgrade")

    assert first.out == again.out
    assert "The database is at version" in first.out
    assert (home / "var" / "digest.db").is_file()


def test_check_is_content_with_what_upgrade_made(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("db", "check")

    assert result.code == 0
    assert "has the tables of this program" in result.out


def test_check_of_a_missing_database_makes_none(digest: Run, home: Path) -> None:
    result = digest("db", "check")

    assert result.code == 1
    assert "digest db upgrade" in result.err
    assert not (home / "var").exists()


def test_the_migrations_make_the_tables_of_the_program(digest: Run, home: Path) -> None:
    assert digest("db", "check", "--models").code == 0
    assert not (home / "var").exists()


def test_check_of_a_newer_database_does_not_advise_to_upgrade(digest: Run, home: Path) -> None:
    digest("db", "upgrade")
    with closing(sqlite3.connect(home / "var" / "digest.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")

    result = digest("db", "check")

    assert result.code == 1
    assert "0999" in result.err
    assert "db upgrade" not in result.err
