"""Every table, its keys and its indexes; what each is for is told in docs/store.md."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    Time,
    TypedColumns,
)

from digest.store.columns import Document, Instant, Serial, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class PaperColumns(TypedColumns):
    """A paper; *number* is the order in which we came to know them.

    *search_text* is what a search looks through, casefolded. It comes last, for SQLite walks
    over what comes before.
    """

    number: Named[int] = Column(Serial, primary_key=True)
    id: Named[str] = Column(Words, unique=True)
    title: Named[str] = Column(Words)
    abstract: Named[str] = Column(Words)
    summary: Named[str] = Column(Words)
    authors: Named[Any] = Column(Document, nullable=False)
    author_count: Named[int | None] = Column(BigInteger)
    published: Named[date | None] = Column(Date)
    categories: Named[Any] = Column(Document, nullable=False)
    institutions: Named[Any] = Column(Document, nullable=False)
    arxiv_id: Named[str | None] = Column(Words)
    doi: Named[str | None] = Column(Words)
    has_code: Named[bool] = Column(Boolean)
    code_url: Named[str | None] = Column(Words)
    project_url: Named[str | None] = Column(Words)
    # The defaults are for the rows that were there before these columns.
    keywords: Named[Any] = Column(Document, nullable=False, server_default="[]")
    submitter: Named[str] = Column(Words, server_default="")
    thumbnail_url: Named[str | None] = Column(Words)
    comment: Named[str] = Column(Words, server_default="")
    journal: Named[str] = Column(Words, server_default="")
    version: Named[int | None] = Column(BigInteger)
    withdrawn: Named[bool | None] = Column(Boolean)
    also_named: Named[Any] = Column(Document, nullable=False, server_default="[]")
    known_as: Named[Any] = Column(Document, nullable=False, server_default="[]")
    origins: Named[Any] = Column(Document, nullable=False, server_default="[]")
    authors_asked_at: Named[datetime | None] = Column(Instant)
    search_text: Named[str] = Column(Words, server_default="")


class PaperKeyColumns(TypedColumns):
    """What a paper can be known by; several papers may share a title."""

    key: Named[str] = Column(Words, primary_key=True)
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True, index=True)


class PaperAliasColumns(TypedColumns):
    """The *id* of a paper that turned out to be another: always the one that there is."""

    id: Named[str] = Column(Words, primary_key=True)
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), index=True)


class SightingColumns(TypedColumns):
    """A paper seen in a listing at a time, with the counts shown then."""

    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True)
    source: Named[str] = Column(Words, primary_key=True)
    listed_on: Named[date] = Column(Date, primary_key=True)
    seen_at: Named[datetime] = Column(Instant, primary_key=True)
    position: Named[int | None] = Column(BigInteger)
    upvotes: Named[int | None] = Column(BigInteger)
    comments: Named[int | None] = Column(BigInteger)
    stars: Named[int | None] = Column(BigInteger)
    score: Named[float | None] = Column(Double)


class AuthorFigureColumns(TypedColumns):
    """What was said of an author at a time.

    *key* is the identity, or where there is none the name, short enough for an index.
    """

    key: Named[str] = Column(Words, primary_key=True)
    seen_at: Named[datetime] = Column(Instant, primary_key=True)
    name: Named[str] = Column(Words)
    field: Named[str | None] = Column(Words)
    h_index: Named[int | None] = Column(BigInteger)
    paper_count: Named[int | None] = Column(BigInteger)
    citations: Named[int | None] = Column(BigInteger)
    novelty: Named[float | None] = Column(Double)
    ai_score: Named[float | None] = Column(Double)
    identity: Named[str] = Column(Words, server_default="")


class BylineColumns(TypedColumns):
    """An author of a paper, at a *position* from 1, by the key of the figures."""

    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True)
    position: Named[int] = Column(Integer, primary_key=True)
    author_key: Named[str] = Column(Words)
    name: Named[str] = Column(Words)


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


class SubscriberColumns(TypedColumns):
    """An address and its state; looked up by the HMAC alone."""

    id: Named[str] = Column(Words, primary_key=True)
    address: Named[str] = Column(Words)
    address_hmac: Named[str] = Column(Words, unique=True)
    state: Named[str] = Column(Words)
    created_at: Named[datetime] = Column(Instant)


class SubscriptionColumns(TypedColumns):
    """What one subscriber asked for."""

    id: Named[str] = Column(Words, primary_key=True)
    subscriber_id: Named[str] = Column(Words, ForeignKey("subscribers.id"), index=True)
    interests: Named[Any] = Column(Document, nullable=False)
    cadence: Named[str] = Column(Words)
    paper_limit: Named[int] = Column(Integer)
    dial: Named[float] = Column(Double)
    send_at: Named[time] = Column(Time)
    time_zone: Named[str] = Column(Words)


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


class KeyringColumns(TypedColumns):
    """Keys made once, with the tables."""

    name: Named[str] = Column(Words, primary_key=True)
    value: Named[bytes] = Column(LargeBinary)


papers = Table("papers", metadata, PaperColumns)
paper_keys = Table("paper_keys", metadata, PaperKeyColumns)
paper_aliases = Table("paper_aliases", metadata, PaperAliasColumns)
sightings = Table(
    "sightings",
    metadata,
    SightingColumns,
    Index(None, "listed_on", "source", "paper_id", "seen_at"),
)
author_figures = Table("author_figures", metadata, AuthorFigureColumns)
bylines = Table("bylines", metadata, BylineColumns)
visits = Table("visits", metadata, VisitColumns)
turns = Table("turns", metadata, TurnColumns)
notes = Table("notes", metadata, NoteColumns)
subscribers = Table("subscribers", metadata, SubscriberColumns)
subscriptions = Table(
    "subscriptions", metadata, SubscriptionColumns, Index(None, "time_zone", "send_at", "id")
)
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
keyring = Table("keyring", metadata, KeyringColumns)

# Few rows are held at a time; the index of those stays small however many were sent.
for _column in (deliveries.c.fence, deliveries.c.lease_until):
    Index(
        None,
        _column,
        sqlite_where=_column.is_not(None),
        postgresql_where=_column.is_not(None),
    )
