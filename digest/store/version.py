"""The version of the tables: the one this program needs, and the one a database has."""

import os
import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, select, table

from digest.errors import StoreNewer, StoreOutdated
from digest.store.failures import missing

_alembic_version = table("alembic_version", column("version_num"))


@cache
def head() -> str:
    """Return the version this program needs: the last migration's number, four digits."""
    migrations = Path(__file__).parent / "migrations" / "versions"
    return max(name[:4] for name in os.listdir(migrations) if re.match(r"\d{4}_\w+\.py$", name))  # noqa: PTH208 # names are all we need


def current(connection: Connection) -> str | None:
    """Return the version of the database of *connection*; raise where it has no tables."""
    return connection.scalar(select(_alembic_version.c.version_num))


def require(connection: Connection, place: str) -> None:
    """Raise StoreMissing, StoreOutdated or StoreNewer unless the database at *place* fits."""
    found = current(connection)
    if found is None:
        raise missing(place)
    refuse_newer(found, place)
    if found < head():
        raise StoreOutdated(
            f"The database {place} has tables of version {found}, this program needs {head()}; "
            "run `digest db upgrade`."
        )


def refuse_newer(found: str, place: str) -> None:
    """Raise StoreNewer where *found* is above the version this program knows."""
    if found > head():
        raise StoreNewer(
            f"The database {place} has tables of version {found}, this program knows {head()}; "
            "install the version of the program that made them, or a newer one."
        )
