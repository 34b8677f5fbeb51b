"""What was composed, and what became of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Named, Table, TypedColumns

from digest.store.columns import Document, Instant, Words
from digest.store.tables.metadata import metadata


class IssueColumns(TypedColumns):
    """An issue with its picks and their reasons; the papers are joined when it is read."""

    id: Named[str] = Column(Words, primary_key=True)
    subscription_id: Named[str] = Column(Words, ForeignKey("subscriptions.id"))
    day: Named[date] = Column(Date)
    number: Named[int] = Column(Integer)
    composed_at: Named[datetime] = Column(Instant)
    considered: Named[int] = Column(Integer)
    new_papers: Named[int] = Column(Integer)
    matching: Named[int] = Column(Integer)
    picks: Named[Any] = Column(Document, nullable=False)
    sources: Named[Any] = Column(Document, nullable=False)


class PickColumns(TypedColumns):
    """Which papers an issue holds, in the order that asks "sent already?"."""

    subscription_id: Named[str] = Column(Words, primary_key=True)
    # With an index, for a paper that turns out to be another takes its picks along.
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True, index=True)
    # With an index, for SQLite looks here for each issue that comes after its delivery.
    issue_id: Named[str] = Column(Words, ForeignKey("issues.id"), primary_key=True, index=True)


class RunColumns(TypedColumns):
    """One day's sending and how many deliveries were ever planned for it."""

    day: Named[date] = Column(Date, primary_key=True)
    candidates: Named[int] = Column(Integer)


class DeliveryColumns(TypedColumns):
    """The queue of record; *fence* and *lease_until* tell who holds a row until when."""

    id: Named[str] = Column(Words, primary_key=True)
    subscription_id: Named[str] = Column(Words, ForeignKey("subscriptions.id"))
    day: Named[date] = Column(Date, ForeignKey("runs.day"))
    # Deferred, so that a block may plan first and keep the issues of what was really planned.
    issue_id: Named[str | None] = Column(
        Words, ForeignKey("issues.id", deferrable=True, initially="DEFERRED"), index=True
    )
    state: Named[str] = Column(Words)
    reason: Named[str] = Column(Words)
    attempts: Named[int] = Column(Integer)
    retry_at: Named[datetime | None] = Column(Instant)
    fence: Named[str | None] = Column(Words)
    lease_until: Named[datetime | None] = Column(Instant)


issues = Table("issues", metadata, IssueColumns, Index(None, "subscription_id", "number"))
picks = Table("picks", metadata, PickColumns)
runs = Table("runs", metadata, RunColumns)
deliveries = Table(
    "deliveries",
    metadata,
    DeliveryColumns,
    Index(None, "day", "state", "id"),
    Index(None, "subscription_id", "day"),
)

# Few rows are held at a time; the index of those stays small however many were sent.
for _column in (deliveries.c.fence, deliveries.c.lease_until):
    Index(
        None,
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )
