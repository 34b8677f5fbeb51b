"""What we need from outside, on one page; the adapters know how.

A block of `Store.begin()` is one transaction: it ends well and is kept, or raises and is
undone. Nobody calls a commit, and none is open while we talk to a network.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from digest.models.deliveries import Account, Claim, Delivery, DeliveryState, Email, Outcome
from digest.models.issues import Issue
from digest.models.papers import AuthorFigures, Listing, Paper, Sighting
from digest.models.subscribers import Reader, Schedule, SubscriberState


class Clock(Protocol):
    """What time it is, in UTC."""

    def now(self) -> datetime: ...


class Tokens(Protocol):
    """Fresh random names for things: 128 bits in hex."""

    def new(self) -> str: ...


class Source(Protocol):
    """Where papers come from."""

    @property
    def name(self) -> str: ...

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield what was announced on *day*; raise SourceError where that cannot be had."""


class Mailer(Protocol):
    """Who carries our mail.

    *idempotent* says that sending the same Email twice leaves one mail, as in a folder.
    """

    @property
    def idempotent(self) -> bool: ...

    def send(self, email: Email) -> None:
        """Hand *email* over; raise the MailerError that says what became of it otherwise."""

    def close(self) -> None: ...


class Papers(Protocol):
    """The archive."""

    def sharing(self, keys: Collection[str]) -> Sequence[Paper]:
        """Return every paper that has one of the identity *keys*, oldest first."""

    def keep(self, papers: Iterable[Paper]) -> None:
        """Insert *papers*, or replace those of the same id, with their identity keys."""

    def see(self, sightings: Iterable[Sighting]) -> int:
        """Add the *sightings* we did not have, and counts they lacked; return how many are new."""

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]: ...

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers that stood in a listing from *first* to *last*, by id."""

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        """Return all sightings of *ids* listed up to *until*, oldest first."""

    def archive(self, limit: int) -> Sequence[Paper]:
        """Return the *limit* papers we came to know last, newest first."""

    def count(self) -> int: ...

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None: ...

    def authors(self) -> Mapping[str, AuthorFigures]:
        """Return the latest figures of each author, by name."""


class Subscribers(Protocol):
    """Who gets mail, and what they asked for."""

    def add(self, reader: Reader) -> bool:
        """Keep *reader* unless that address is known; return whether it was kept."""

    def by_address(self, address_hmac: str) -> Reader | None: ...

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]: ...

    def by_id(self, subscriber_id: str) -> Reader | None: ...

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        """Return active readers with a subscription id above *after*, in order of it."""

    def schedules(self) -> Sequence[Schedule]:
        """Return each schedule that some active reader has."""

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        """As `active`, of *schedule* and without a delivery of *day*, who joined by then."""

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        """Put the subscriber in *state* if it is in one of *when*; return whether it was."""

    def count(self) -> int: ...


class Issues(Protocol):
    """The issues that were composed."""

    def add(self, issues: Iterable[Issue]) -> None: ...

    def get(self, ids: Collection[str]) -> Mapping[str, Issue]: ...

    def numbers(self, subscription_ids: Collection[str]) -> Mapping[str, int]:
        """Return the highest issue number of each subscription that has one."""

    def picked(
        self, subscription_ids: Collection[str], paper_ids: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return which of *paper_ids* each subscription was already sent, or is to be sent."""


class Deliveries(Protocol):
    """The queue of record: who was sent what, and the account of it."""

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that exist."""

    def plan(self, deliveries: Iterable[Delivery]) -> frozenset[str]:
        """Insert those that do not exist, counting them as candidates; return their ids."""

    def claim(
        self, day: date, claim: Claim, *, limit: int, only: Collection[str] | None
    ) -> Sequence[Delivery]:
        """Take up to *limit* planned deliveries of *day*, of *only* these ids if given."""

    def gate(self, ids: Collection[str], *, fence: str) -> Sequence[Delivery]:
        """Put claimed *ids* of active readers on the wire; the others become suppressed."""

    def settle(self, outcomes: Iterable[Outcome], *, fence: str) -> int:
        """Write what became of deliveries held under *fence*; return how many were."""

    def suppress(self, subscription_id: str, *, reason: str) -> int:
        """Turn what waits for that subscription, and is not on the wire, into suppressed."""

    def release(self, *, fence: str) -> int:
        """Give back what is claimed under *fence* and was never on the wire."""

    def sweep(self, now: datetime, *, idempotent: bool) -> Mapping[DeliveryState, int]:
        """End claims whose lease is over: claimed → planned, on_wire → uncertain.

        With an *idempotent* mailer on_wire → planned too. Return the counts by new state.
        """

    def account(self, day: date) -> Account: ...

    def of_day(self, day: date) -> Sequence[Delivery]: ...


class Work(Protocol):
    """One open transaction."""

    @property
    def papers(self) -> Papers: ...

    @property
    def subscribers(self) -> Subscribers: ...

    @property
    def issues(self) -> Issues: ...

    @property
    def deliveries(self) -> Deliveries: ...

    def address_key(self) -> bytes:
        """Return the key that addresses are looked up by: made once, never rotated."""


class Store(Protocol):
    """What outlives the process."""

    def begin(self) -> AbstractContextManager[Work]:
        """Open a transaction; raise StoreError where the store cannot be used."""

    def read(self) -> AbstractContextManager[Work]:
        """Open a block that sees one state of the store, waits for no writer and cannot write."""

    def close(self) -> None: ...
