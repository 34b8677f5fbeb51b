"""The store, kept in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from digest.errors import StoreError, StoreUnavailable
from tests.factories import KEY
from tests.fakes.answers import MemoryEvents, MemoryFeedbacks
from tests.fakes.collecting import MemoryNotebook, MemoryTurns, MemoryVisits
from tests.fakes.papers import MemoryPapers
from tests.fakes.people import (
    MemoryConsents,
    MemoryForms,
    MemoryLetters,
    MemorySignups,
    MemorySuppressions,
)
from tests.fakes.repositories import MemoryDeliveries, MemoryIssues
from tests.fakes.subscribers import MemorySubscribers
from tests.fakes.tables import Tables


class MemoryStore:
    """A store that forgets all when it goes; a block is a transaction here too."""

    def __init__(self, *, key: bytes = KEY, patience: float = 5.0) -> None:
        self._key = key
        self._patience = patience
        self._kept = Tables()
        self._writer = Lock()

    @contextmanager
    def begin(self) -> Iterator["MemoryWork"]:
        if not self._writer.acquire(timeout=self._patience):
            raise StoreUnavailable("Another block is writing; try again when it has ended.")
        try:
            tables = self._kept.copy()
            yield MemoryWork(tables, self._key)
            tables.refuse_dangling()
            self._kept = tables
        finally:
            self._writer.release()

    @contextmanager
    def read(self) -> Iterator["MemoryWork"]:
        before = self._kept
        tables = before.copy()
        yield MemoryWork(tables, self._key)
        if tables != before:
            raise StoreError("This block only reads; open it with begin() to write.")

    def twin(self) -> "MemoryStore":
        """Return a store that holds the same, and goes its own way."""
        other = MemoryStore(key=self._key, patience=self._patience)
        other._kept = self._kept.copy()
        return other

    def close(self) -> None:
        """Nothing is open."""


class MemoryWork:
    """One open block over copies of the tables."""

    def __init__(self, tables: Tables, key: bytes) -> None:
        self.papers = MemoryPapers(tables)
        self.subscribers = MemorySubscribers(tables)
        self.consents = MemoryConsents(tables)
        self.suppressions = MemorySuppressions(tables)
        self.signups = MemorySignups(tables)
        self.forms = MemoryForms(tables)
        self.letters = MemoryLetters(tables)
        self.feedbacks = MemoryFeedbacks(tables)
        self.events = MemoryEvents(tables)
        self.issues = MemoryIssues(tables)
        self.deliveries = MemoryDeliveries(tables)
        self.visits = MemoryVisits(tables)
        self.turns = MemoryTurns(tables)
        self.notes = MemoryNotebook(tables)
        self._key = key

    def address_key(self) -> bytes:
        return self._key
