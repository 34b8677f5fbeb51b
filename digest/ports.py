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
from digest.models.papers import AuthorFigures, Byline, Listing, Paper, Sighting
from digest.models.subscribers import Reader, Schedule, SubscriberState
from digest.models.visits import Rhythm, Visit


class Clock(Protocol):
    """What time it is, in UTC."""

    def now(self) -> datetime: ...


class Tokens(Protocol):
    """Fresh random names for things: 128 bits in hex."""

    def new(self) -> str: ...


class Source(Protocol):
    """Where papers come from, asked anew in its own *rhythm*."""

    @property
    def name(self) -> str: ...

    @property
    def rhythm(self) -> Rhythm: ...

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield what was announced on *day*; raise SourceError where that cannot be had.

        Who asks has kept each listing before it asks for the next: what came before an
        error stays, and a source notes what it need not ask again only after the last one.
        """


class Details(Protocol):
    """Who knows more of single papers than the listing that announced them."""

    def look_up(self, arxiv_ids: Sequence[str]) -> Iterator[Listing]:
        """Yield updates of the papers of those ids that it knows; raise SourceError."""


class AuthorDirectory(Protocol):
    """Who knows the figures of those who write papers."""

    @property
    def name(self) -> str: ...

    def look_up(self, papers: Sequence[Paper]) -> Iterator[Byline]:
        """Yield the authors of each of *papers* that it knows; raise SourceError."""


class Turns(Protocol):
    """Whose turn it is to ask a host: one at a time, with a pause after each.

    Every process that asks has the same ones in mind, so that a pace is that of them all.
    """

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn, at most till *until*; return None, or from when on to ask again."""

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        """End the turn of *holder*: nobody has one before *free_at*."""

    def silence(self, host: str, *, until: datetime) -> None:
        """Give nobody a turn before *until*, or before what was said of it earlier if later."""


class Notebook(Protocol):
    """What a source remembers from one fetch to the next, by a key of its own."""

    def read(self, key: str) -> Mapping[str, str]:
        """Return what was written under *key*, empty where nothing was."""

    def write(self, key: str, note: Mapping[str, str]) -> None: ...


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

    def join(self, gone: Mapping[str, str]) -> None:
        """Let the paper of each key turn out to be that of its value, which has been kept.

        Its sightings and picks become the other's, and `get` still knows it by its old id.
        """

    def see(self, sightings: Iterable[Sighting]) -> int:
        """Add the *sightings* we did not have, and counts they lacked; return how many are new."""

    def last_seen(self, source: str, listed_on: date) -> Mapping[str, Sighting]:
        """Return the latest sighting of each paper in that listing, by paper id."""

    def seen_at(self, source: str, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that *source* has ever listed."""

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]:
        """Return the papers of *ids* that we have, by the id they were asked by."""

    def page(self, *, after: str, limit: int) -> Sequence[Paper]:
        """Return the first *limit* papers with an id above *after*, in order of it."""

    def search(self, words: Sequence[str], *, limit: int) -> Sequence[Paper]:
        """Return papers whose title, abstract, authors or ids have all *words*, newest first."""

    def lacking_details(self, since: date, *, limit: int) -> Sequence[Paper]:
        """Return papers of arXiv listed since then whose categories nobody has told."""

    def lacking_authors(
        self, since: date, *, asked_before: datetime, limit: int
    ) -> Sequence[Paper]:
        """Return papers listed since then whose authors nobody looked up since *asked_before*.

        Those with the most upvotes come first.
        """

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers that stood in a listing from *first* to *last*, by id."""

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        """Return all sightings of *ids* listed up to *until*, oldest first."""

    def archive(self, limit: int) -> Sequence[Paper]:
        """Return the *limit* papers we came to know last, newest first."""

    def count(self) -> int: ...

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None: ...

    def keep_bylines(self, bylines: Iterable[Byline], *, seen_at: datetime) -> None:
        """Keep the figures of all authors, and who of them wrote which paper."""

    def asked_authors(self, paper_ids: Collection[str], *, asked_at: datetime) -> None:
        """Note that the authors of those papers were looked up, whatever was found."""

    def byline(self, paper_id: str) -> Byline | None:
        """Return the authors of a paper with their latest figures; None if nobody told."""

    def authors(self) -> Mapping[str, AuthorFigures]:
        """Return the latest figures of each author, by identity, or by name where it has none."""


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


class Visits(Protocol):
    """When which source was asked for which day, and what came of it."""

    def start(self, source: str, day: date, *, now: datetime, since: datetime) -> bool:
        """Note that a visit runs from *now*; return False where one does that began after *since*.

        What the visit before it found stays known.
        """

    def end(self, visit: Visit) -> None:
        """Write how a visit ended over what was known of that source and day."""

    def between(self, first: date, last: date) -> Sequence[Visit]:
        """Return the visits of those days, by source and day."""

    def last_complete(self) -> Mapping[str, date]:
        """Return the latest day that each source was completely asked for and listed papers."""


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

    @property
    def visits(self) -> Visits: ...

    @property
    def turns(self) -> Turns: ...

    @property
    def notes(self) -> Notebook: ...

    def address_key(self) -> bytes:
        """Return the key that addresses are looked up by: made once, never rotated."""


class Store(Protocol):
    """What outlives the process."""

    def begin(self) -> AbstractContextManager[Work]:
        """Open a transaction; raise StoreError where the store cannot be used."""

    def read(self) -> AbstractContextManager[Work]:
        """Open a block that sees one state of the store, waits for no writer and cannot write."""

    def close(self) -> None: ...
