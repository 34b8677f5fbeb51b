"""Readers and their wishes, what they agreed to, and what they say of papers."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    Time,
    TypedColumns,
)

from digest.store.columns import Document, Instant, Serial, Weekdays, Words
from digest.store.tables.metadata import metadata


class SubscriberColumns(TypedColumns):
    """An address and its state; looked up by the HMAC alone."""

    id: Named[str] = Column(Words, primary_key=True)
    address: Named[str] = Column(Words)
    address_hmac: Named[str] = Column(Words, unique=True)
    state: Named[str] = Column(Words)
    created_at: Named[datetime] = Column(Instant)
    # The defaults are for the rows that were there before these columns.
    name: Named[str] = Column(Words, server_default="")
    version: Named[int] = Column(Integer, server_default="0")
    confirmed_at: Named[datetime | None] = Column(Instant)
    paused_until: Named[date | None] = Column(Date)
    catch_up: Named[bool] = Column(Boolean, server_default="0")


class SubscriptionColumns(TypedColumns):
    """What one subscriber asked for.

    *active* repeats that its subscriber is, and *served_on* the latest day that has a
    delivery of it: so that asking who waits costs as much as there are who do.
    """

    id: Named[str] = Column(Words, primary_key=True)
    subscriber_id: Named[str] = Column(Words, ForeignKey("subscribers.id"), index=True)
    interests: Named[Any] = Column(Document, nullable=False)
    cadence: Named[str] = Column(Words)
    paper_limit: Named[int] = Column(Integer)
    dial: Named[float] = Column(Double)
    send_at: Named[time] = Column(Time)
    time_zone: Named[str] = Column(Words)
    weekdays: Named[tuple[int, ...]] = Column(Weekdays, nullable=False, server_default="127")
    active: Named[bool] = Column(Boolean, server_default="0")
    served_on: Named[date] = Column(Date, server_default="0001-01-01")


class ConsentColumns(TypedColumns):
    """What somebody agreed to or asked of us; the database refuses to change a row."""

    number: Named[int] = Column(Serial, primary_key=True)
    subscriber_id: Named[str] = Column(Words, ForeignKey("subscribers.id"))
    at: Named[datetime] = Column(Instant)
    act: Named[str] = Column(Words)
    source: Named[str] = Column(Words)
    wording: Named[str] = Column(Words)
    evidence: Named[Any] = Column(Document, nullable=False)


class SuppressionColumns(TypedColumns):
    """An address that no mail goes to, by HMAC; it refers to nobody, and outlives them."""

    address_hmac: Named[str] = Column(Words, primary_key=True)
    reason: Named[str] = Column(Words)
    at: Named[datetime] = Column(Instant)
    evidence: Named[str] = Column(Words)


class FeedbackColumns(TypedColumns):
    """One verdict of one subscription on one paper."""

    subscription_id: Named[str] = Column(Words, ForeignKey("subscriptions.id"), primary_key=True)
    # With an index, for a paper that turns out to be another takes what was said along.
    paper_id: Named[str] = Column(Words, ForeignKey("papers.id"), primary_key=True, index=True)
    verdict: Named[str] = Column(Words, primary_key=True)
    at: Named[datetime] = Column(Instant)


subscribers = Table(
    "subscribers",
    metadata,
    SubscriberColumns,
    Index(None, "state", "created_at"),
)
# Of those who are paused alone: nobody else has an end of it.
Index(
    None,
    subscribers.c.paused_until,
    sqlite_where=subscribers.c.paused_until.is_not(None),
    postgresql_where=subscribers.c.paused_until.is_not(None),
)
# Two orders of one schedule's readers: those who wait come first, or they are walked by id.
subscriptions = Table(
    "subscriptions",
    metadata,
    SubscriptionColumns,
    Index(None, "active", "time_zone", "send_at", "weekdays", "served_on"),
    Index(None, "active", "time_zone", "send_at", "weekdays", "id"),
)
consents = Table("consents", metadata, ConsentColumns, Index(None, "subscriber_id", "number"))
suppressions = Table("suppressions", metadata, SuppressionColumns)
feedbacks = Table("feedbacks", metadata, FeedbackColumns)
