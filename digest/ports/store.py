"""What outlives the process: every repository, under one transaction."""

from contextlib import AbstractContextManager
from typing import Protocol

from digest.ports.papers import Notebook, Papers, Turns, Visits
from digest.ports.people import (
    Consents,
    Events,
    Feedbacks,
    Forms,
    Letters,
    Signups,
    Subscribers,
    Suppressions,
)
from digest.ports.sending import Deliveries, Issues


class Work(Protocol):
    """One open transaction."""

    @property
    def papers(self) -> Papers: ...

    @property
    def subscribers(self) -> Subscribers: ...

    @property
    def consents(self) -> Consents: ...

    @property
    def suppressions(self) -> Suppressions: ...

    @property
    def signups(self) -> Signups: ...

    @property
    def forms(self) -> Forms: ...

    @property
    def letters(self) -> Letters: ...

    @property
    def feedbacks(self) -> Feedbacks: ...

    @property
    def events(self) -> Events: ...

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
