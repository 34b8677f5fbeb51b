"""What two databases say in two ways, and how much is said at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Value = TypeVar("Value")
Record = Mapping[str, Any]

CHUNK = 500
"""Values in one IN (…): far below SQLite's 32,766 variables and PostgreSQL's 65,535."""


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """Yield *values* in lists of at most *size*."""
    left = iter(values)
    while chunk := list(islice(left, size)):
        yield chunk


def insert_new(
    connection: Connection, table: Table, records: Sequence[Record], *, returning: Column[Value]
) -> list[Value]:
    """Insert those *records* that no key of *table* knows; return *returning* of each."""
    if not records:
        return []
    statement = _insert(connection, table).on_conflict_do_nothing().returning(returning)
    return list(connection.scalars(statement, records))


def insert_or_replace(
    connection: Connection, table: Table, records: Sequence[Record], *, key: Sequence[str]
) -> None:
    """Insert *records*, or write all of each over the one of the same *key* columns.

    No two of them may have the same key: PostgreSQL writes no row twice in one statement.
    """
    if not records:
        return
    insert = _insert(connection, table)
    changes = {name: insert.excluded[name] for name in records[0] if name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changes), records)


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
