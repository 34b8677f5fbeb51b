"""Thousands of rows at once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql

from digest.store.columns import Weekdays, storable
from digest.store.statements import CHUNK, Record, Value, chunks, insert_new

MANY = 5_000
"""Values in one list that PostgreSQL is given."""

FEW = 50
"""Rows below which a statement of its own is not worth making."""


def insert_many_new(
    connection: Connection, table: Table, records: Sequence[Record], *, returning: Column[Value]
) -> list[Value]:
    """Do what `insert_new` does with *records*, which all name the same columns."""
    document = _document(connection, table, records)
    if document is None:
        return insert_new(connection, table, records, returning=returning)
    statement = _insert_given(table, list(records[0])).on_conflict_do_nothing()
    return list(connection.scalars(statement.returning(returning), {"given": document}))


def insert_many(connection: Connection, table: Table, records: Sequence[Record]) -> None:
    """Insert *records*, which all name the same columns."""
    document = _document(connection, table, records)
    if document is not None:
        connection.execute(_insert_given(table, list(records[0])), {"given": document})
    elif records:
        connection.execute(insert(table), records)


def lists_of(connection: Connection, values: Iterable[Value]) -> Iterator[list[Value]]:
    """Yield *values*, each once, in as few lists as `is_among` takes."""
    return chunks(set(values), MANY if connection.dialect.name == "postgresql" else CHUNK)


def is_among(connection: Connection, column: Column[str], values: list[str]) -> ColumnElement[bool]:
    """Return the condition that *column* is one of *values*, for PostgreSQL one parameter."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam("given", values, type_=postgresql.ARRAY(Text)))
    return column.in_(values)


def _insert_given(table: Table, names: list[str]) -> postgresql.Insert:
    rows = (
        func.json_to_recordset(cast(bindparam("given", type_=Text), JSON))
        .table_valued(*(column(name, table.c[name].type) for name in names), name="given")
        .render_derived(with_types=True)
    )
    return postgresql.insert(table).from_select(names, select(*(rows.c[name] for name in names)))


def _document(connection: Connection, table: Table, records: Sequence[Record]) -> str | None:
    """Return *records* as one JSON text; None where they are better bound value by value.

    To bind each value of each row takes PostgreSQL's driver longer than all else that an
    import does. A letter that no database keeps, though, is replaced on that way alone.
    """
    if connection.dialect.name != "postgresql" or len(records) < FEW:
        return None
    days = [name for name in records[0] if isinstance(table.c[name].type, Weekdays)]
    rows = [{**each, **{name: _bits(each[name]) for name in days}} for each in records]
    document = json.dumps(rows, default=_iso, ensure_ascii=False)
    return None if "\\u0000" in document or storable(document) != document else document


def _bits(days: tuple[int, ...]) -> int:
    return sum(1 << day for day in days)


def _iso(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
