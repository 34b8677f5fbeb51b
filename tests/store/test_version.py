"""Which version a database has, and which this program needs."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import digest.store
from digest.errors import StoreMissing, StoreNewer, StoreOutdated
from digest.store.version import current, head, refuse_newer, require
from tests.store.databases import fresh_sqlite


def test_the_head_is_the_last_migration() -> None:
    versions = Path(digest.store.__file__).parent / "migrations" / "versions"

    assert head() == max(path.name for path in versions.glob("0*.py"))[:4]


def test_a_database_has_the_version_it_says(tmp_path: Path) -> None:
    engine = create_engine(fresh_sqlite(tmp_path))
    with engine.begin() as connection:
        assert current(connection) == head()
        require(connection, "here")

        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(StoreOutdated, match=r"^The database here has tables of version 0000,"):
            require(connection, "here")

        connection.execute(text("DELETE FROM alembic_version"))
        with pytest.raises(StoreMissing, match=r"^There is no database at here yet; run"):
            require(connection, "here")
    engine.dispose()


def test_only_what_is_above_us_is_newer() -> None:
    refuse_newer(head(), "here")
    refuse_newer("0000", "here")
    with pytest.raises(StoreNewer, match="version 9999"):
        refuse_newer("9999", "here")
