"""Sign-ups and their forms, the letters they lead to, and what comes back after a mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Named, Table, TypedColumns

from digest.store.columns import Document, Instant, Words
from digest.store.tables.metadata import metadata


class FormColumns(TypedColumns):
    """A sign-up form elsewhere, with its secrets and when each was made, used and retired."""

    name: Named[str] = Column(Words, primary_key=True)
    kind: Named[str] = Column(Words)
    secrets: Named[Any] = Column(Document, nullable=False)
    created_at: Named[datetime] = Column(Instant)
    fields: Named[Any] = Column(Document, nullable=False)
    origins: Named[Any] = Column(Document, nullable=False)
    confirmed: Named[bool] = Column(Boolean)
    evidence: Named[str] = Column(Words)


class SignupColumns(TypedColumns):
    """One submission of one form, and what became of it.

    *submission* tells a second copy, while we remember the first. *mover_id* is the
    subscriber who asked to be mailed elsewhere, *subscriber_id* whom it was settled for.
    """

    id: Named[str] = Column(Words, primary_key=True)
    form: Named[str] = Column(Words)
    external_id: Named[str] = Column(Words)
    submission: Named[str | None] = Column(Words, unique=True)
    received_at: Named[datetime] = Column(Instant)
    address: Named[str] = Column(Words)
    interests: Named[Any] = Column(Document, nullable=False)
    time_zone: Named[str] = Column(Words)
    name: Named[str] = Column(Words)
    network: Named[str] = Column(Words)
    wording: Named[str] = Column(Words)
    mover_id: Named[str] = Column(Words, index=True)
    state: Named[str] = Column(Words)
    mailed_at: Named[datetime | None] = Column(Instant)
    subscriber_id: Named[str] = Column(Words, index=True)
    address_hmac: Named[str] = Column(Words)
    domain: Named[str] = Column(Words)


class LetterColumns(TypedColumns):
    """A letter that waits, or that was sent or given up; held like a delivery."""

    id: Named[str] = Column(Words, primary_key=True)
    kind: Named[str] = Column(Words)
    subscriber_id: Named[str] = Column(Words, ForeignKey("subscribers.id"), index=True)
    address: Named[str] = Column(Words)
    subject_id: Named[str] = Column(Words)
    created_at: Named[datetime] = Column(Instant)
    words: Named[Any] = Column(Document, nullable=False)
    attempts: Named[int] = Column(Integer)
    state: Named[str] = Column(Words)
    ended_at: Named[datetime | None] = Column(Instant)
    retry_at: Named[datetime | None] = Column(Instant)
    fence: Named[str | None] = Column(Words)
    lease_until: Named[datetime | None] = Column(Instant)


class EventColumns(TypedColumns):
    """What came back after a mail, once however often its source tells it."""

    source: Named[str] = Column(Words, primary_key=True)
    external_id: Named[str] = Column(Words, primary_key=True)
    kind: Named[str] = Column(Words)
    mail_id: Named[str] = Column(Words)
    subscriber_id: Named[str] = Column(Words, ForeignKey("subscribers.id"))
    at: Named[datetime] = Column(Instant)
    status: Named[str] = Column(Words)


forms = Table("forms", metadata, FormColumns)
signups = Table(
    "signups",
    metadata,
    SignupColumns,
    Index(None, "state", "received_at", "id"),
    Index(None, "address_hmac", "mailed_at"),
    Index(None, "network", "mailed_at"),
    Index(None, "domain", "mailed_at"),
    Index(None, "mailed_at", "id"),
)
letters = Table("letters", metadata, LetterColumns, Index(None, "state", "created_at", "id"))
events = Table("events", metadata, EventColumns, Index(None, "subscriber_id", "kind", "at"))
