"""What two databases say in two ways, and how much is said at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from digest.store.columns import Words

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


def insert_missing(connection: Connection, table: Table, records: Sequence[Record]) -> None:
    """Insert those *records* that no key of *table* knows."""
    if records:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), records)


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


def insert_or_change(
    connection: Connection,
    table: Table,
    record: Record,
    *,
    changes: Sequence[str],
    where: ColumnElement[bool],
) -> bool:
    """Insert *record*, or write *changes* of it over the one of its primary key that fits *where*.

    One statement, so that of two at one time the second sees what the first made. Return
    whether anything was written.
    """
    insert = _insert(connection, table).values(**record)
    statement = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: insert.excluded[name] for name in changes},
        where=where,
    ).returning(literal(1))
    return connection.scalar(statement) is not None


def repoint(connection: Connection, column: Column[str], old: str, new: str) -> None:
    """Let the rows whose *column* says *old* say *new*; what a key knows twice is dropped."""
    table = column.table
    chosen = [literal(new, Words) if each is column else each for each in table.c]
    moved = select(*chosen).where(column == old)
    insert = _insert(connection, table).from_select(list(table.c), moved)
    connection.execute(insert.on_conflict_do_nothing())
    connection.execute(table.delete().where(column == old))


def holds(connection: Connection, column: Column[str], text: str) -> ColumnElement[bool]:
    """Return the condition that *column* has *text* in it, letter by letter."""
    position = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return position(column, literal(text, Words)) > 0


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
