"""What is in an archive, to be compared with another."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import create_engine, func, select

from digest.store.tables import metadata

OF_PAPERS = ("papers", "paper_keys", "paper_aliases", "sightings", "bylines", "author_figures")
"""The tables that tell of papers."""

BY_CHANCE = frozenset({"number", "seen_at", "asked_at", "complete_at", "authors_asked_at"})
"""Columns that say when, or in which order, something became known."""


def rows(url: str, table: str, *, without: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of *table*, sorted, *without* those columns."""
    columns = [each for each in metadata.tables[table].c if each.name not in without]
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(*columns))]
    engine.dispose()
    return sorted(found, key=repr)


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that is known of papers, and how each visit ended, whenever that was."""
    return {table: rows(url, table, without=BY_CHANCE) for table in (*OF_PAPERS, "visits")}


def counts(url: str) -> dict[str, int]:
    """Return how many rows each of those tables has."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0
            for table in OF_PAPERS
        }
    engine.dispose()
    return found
