"""What outlives the process: every repository, under one transaction."""

from contextlib import AbstractContextManager
from typing import Protocol

from digest.ports.papers import Notebook, Papers, Turns, Visits
from digest.ports.people import Subscribers
from digest.ports.sending import Deliveries, Issues


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
