"""The diary of those who collect papers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Integer, Named, Table, TypedColumns

from digest.store.columns import Document, Instant, Words
from digest.store.tables.metadata import metadata


class VisitColumns(TypedColumns):
    """The last time a source was asked for a day, and what came of it."""

    source: Named[str] = Column(Words, primary_key=True)
    day: Named[date] = Column(Date, primary_key=True, index=True)
    asked_at: Named[datetime] = Column(Instant)
    state: Named[str] = Column(Words)
    papers: Named[int] = Column(Integer)
    complete_at: Named[datetime | None] = Column(Instant)
    failures: Named[int] = Column(Integer)
    retry_at: Named[datetime | None] = Column(Instant)
    message: Named[str] = Column(Words)


class TurnColumns(TypedColumns):
    """Who may ask a host: its *holder* until *free_at*; after that, and *silent_until*, anybody."""

    host: Named[str] = Column(Words, primary_key=True)
    holder: Named[str] = Column(Words)
    free_at: Named[datetime] = Column(Instant)
    silent_until: Named[datetime] = Column(Instant)


class NoteColumns(TypedColumns):
    """What a source remembers from one fetch to the next."""

    key: Named[str] = Column(Words, primary_key=True)
    note: Named[Any] = Column(Document, nullable=False)


visits = Table("visits", metadata, VisitColumns)
turns = Table("turns", metadata, TurnColumns)
notes = Table("notes", metadata, NoteColumns)
