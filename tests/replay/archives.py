"""What is in an archive, to be compared with another."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, func, select

from digest.store.tables import metadata

OF_PAPERS = ("papers", "paper_keys", "paper_aliases", "sightings", "bylines", "author_figures")
"""The tables that tell of papers."""

BY_CHANCE = frozenset({"number", "seen_at", "asked_at", "complete_at", "authors_asked_at"})
"""Columns that say when, or in which order, something became known."""


Rows = list[tuple[Any, ...]]
Contents = dict[str, Rows]


def contents(url: str) -> Contents:
    """Return all that is known of papers, and how each visit ended, whenever that was.

    A paper has its id from whichever record came first; here it goes by all its keys.
    """
    papers = metadata.tables["papers"].c
    keys = select(papers.id, papers.known_as)
    with _reading(url) as connection:
        named = {row.id: tuple(row.known_as) for row in connection.execute(keys)}
        return {table: _rows(connection, table, named) for table in (*OF_PAPERS, "visits")}


def _rows(connection: Connection, table: str, named: Mapping[str, tuple[str, ...]]) -> Rows:
    columns = [each for each in metadata.tables[table].c if each.name not in BY_CHANCE]
    ids = {"id", "paper_id"}
    return sorted(
        (
            tuple(
                named.get(value) if column.name in ids else value
                for column, value in zip(columns, row, strict=True)
            )
            for row in connection.execute(select(*columns))
        ),
        key=repr,
    )


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def counts(url: str) -> dict[str, int]:
    """Return how many rows each table that tells of papers has."""
    with _reading(url) as connection:
        return {
            table: connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0
            for table in OF_PAPERS
        }
