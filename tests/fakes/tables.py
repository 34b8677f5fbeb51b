"""What a block of the memory store works on: dictionaries of frozen values."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from digest.errors import StoreError
from digest.models.consent import Consent
from digest.models.deliveries import Delivery, DeliveryState
from digest.models.events import MailEvent
from digest.models.feedback import Feedback, Verdict
from digest.models.issues import Issue
from digest.models.letters import Letter
from digest.models.papers import AuthorFigures, Origin, Paper, Sighting
from digest.models.signups import Form, Signup
from digest.models.subscribers import Reader, Suppression
from digest.models.visits import Visit

State = DeliveryState
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A delivery and who holds it until when."""

    delivery: Delivery
    fence: str | None = None
    lease_until: datetime | None = None
    retry_at: datetime | None = None

    @property
    def state(self) -> DeliveryState:
        return self.delivery.state

    def turned(self, state: DeliveryState, reason: str | None = None) -> "Row":
        """Return the row in *state*; only what is held keeps a fence, and a lease while live."""
        held = state in {State.CLAIMED, State.ON_WIRE, State.UNCERTAIN}
        return Row(
            delivery=replace(
                self.delivery,
                state=state,
                reason=self.delivery.reason if reason is None else reason,
            ),
            fence=self.fence if held else None,
            lease_until=self.lease_until if held and state != State.UNCERTAIN else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who has the turn at a host, and from when on anybody may."""

    holder: str
    free_at: datetime
    silent_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignupRow:
    """A sign-up, when a mail went out for it, and whom it was settled for."""

    signup: Signup
    mailed_at: datetime | None = None
    subscriber_id: str = ""
    address_hmac: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter, whether it still waits, and who holds it until when."""

    letter: Letter
    waits: bool = True
    retry_at: datetime | None = None
    fence: str | None = None
    lease_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Tables:
    papers: dict[str, Paper] = field(default_factory=dict)
    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    bylines: dict[str, tuple[AuthorFigures, ...]] = field(default_factory=dict)
    visits: dict[tuple[str, date], Visit] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    sightings: dict[tuple[object, ...], Sighting] = field(default_factory=dict)
    figures: dict[tuple[str, datetime], AuthorFigures] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    consents: list[Consent] = field(default_factory=list)
    suppressions: dict[str, Suppression] = field(default_factory=dict)
    signups: dict[str, SignupRow] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    letters: dict[str, LetterRow] = field(default_factory=dict)
    feedbacks: dict[tuple[str, str, Verdict], Feedback] = field(default_factory=dict)
    events: dict[tuple[str, str], tuple[MailEvent, str]] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    candidates: Counter[date] = field(default_factory=Counter)
    rows: dict[str, Row] = field(default_factory=dict)
    references: set[tuple[str, str]] = field(default_factory=set, compare=False)

    def copy(self) -> "Tables":
        kept = {each.name: copy(getattr(self, each.name)) for each in fields(self)}
        return Tables(**kept | {"references": set()})

    def today(self, paper_id: str) -> str:
        """Return the id that a paper has since it turned out to be another, if it did."""
        return paper_id if paper_id in self.papers else self.aliases.get(paper_id, paper_id)

    @property
    def people(self) -> frozenset[str]:
        """The ids of all subscribers; `readers` has those of subscriptions."""
        return frozenset(reader.subscriber.id for reader in self.readers.values())

    def refuse_dangling(self) -> None:
        for table, key in self.references:
            if key not in getattr(self, table):
                raise StoreError(f"Nothing in {table} is called {key}.")


def utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def among(table: Mapping[str, Value], ids: Collection[str]) -> dict[str, Value]:
    return {id_: table[id_] for id_ in sorted(set(ids)) if id_ in table}


def storable(value: Value) -> Value:
    """Return *value* as databases keep it: moments in UTC, and no NUL or lone surrogate."""
    return _cleaned(value)  # type: ignore[no-any-return] # what it was, with other letters


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return re.sub("[\x00\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, tuple):
        cleaned = tuple(_cleaned(each) for each in value)
        return Origin(*cleaned) if isinstance(value, Origin) else cleaned
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: _cleaned(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **changes)
    return value
