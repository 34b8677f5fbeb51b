"""The store on SQLite or PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.store.engine import file_of, opened, parsed, reading
from digest.store.failures import explained, missing, named
from digest.store.repositories.collecting import SqlNotebook, SqlTurns, SqlVisits
from digest.store.repositories.consents import SqlConsents
from digest.store.repositories.deliveries import SqlDeliveries
from digest.store.repositories.events import SqlEvents
from digest.store.repositories.feedbacks import SqlFeedbacks
from digest.store.repositories.forms import SqlForms
from digest.store.repositories.issues import SqlIssues
from digest.store.repositories.letters import SqlLetters
from digest.store.repositories.papers import SqlPapers
from digest.store.repositories.signups import SqlSignups
from digest.store.repositories.subscribers import SqlSubscribers
from digest.store.repositories.suppressions import SqlSuppressions
from digest.store.tables import keyring
from digest.store.version import require


class SqlWork:
    """One open transaction and its repositories."""

    def __init__(self, connection: Connection) -> None:
        self.papers = SqlPapers(connection)
        self.subscribers = SqlSubscribers(connection)
        self.consents = SqlConsents(connection)
        self.suppressions = SqlSuppressions(connection)
        self.signups = SqlSignups(connection)
        self.forms = SqlForms(connection)
        self.letters = SqlLetters(connection)
        self.feedbacks = SqlFeedbacks(connection)
        self.events = SqlEvents(connection)
        self.issues = SqlIssues(connection)
        self.deliveries = SqlDeliveries(connection)
        self.visits = SqlVisits(connection)
        self.turns = SqlTurns(connection)
        self.notes = SqlNotebook(connection)
        self._connection = connection

    def address_key(self) -> bytes:
        """Return the key that addresses are looked up by."""
        key = self._connection.scalar(select(keyring.c.value).where(keyring.c.name == "address"))
        if key is None:
            raise StoreError(
                "The key of all addresses is gone from the database, and a new one would know "
                "nobody; restore the database from a backup."
            )
        return key


class SqlStore:
    """A `Store` on the database at *url*; a block waits *patience* seconds for a lock.

    Nothing connects before the first block. It may be used by several threads, and by a
    process forked from the one that made it.
    """

    def __init__(self, url: str, *, patience: float = 5.0) -> None:
        self._url = parsed(url)
        self._engine = opened(self._url, patience=patience)
        self._known: tuple[int, ...] | None = None

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        """Open a transaction; raise StoreError where the store cannot be used."""
        self._recognise()
        try:
            with self._engine.begin() as connection:
                yield SqlWork(connection)
        except DBAPIError as error:
            raise explained(error, self._url) from error

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        """Open a block that sees one state of the store, waits for no writer and cannot write."""
        self._recognise()
        with self._reading() as connection:
            yield SqlWork(connection)

    def close(self) -> None:
        """Let go of all connections; the next block makes new ones."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection, reading(connection).begin():
                yield connection
        except DBAPIError as error:
            raise explained(error, self._url, reading=True) from error

    def _recognise(self) -> None:
        """Check the tables' version, once for each process and database file.

        A connection must not cross a fork, and one to a file that was moved away, as when a
        backup is restored, would write where nobody looks.
        """
        found = self._identity()
        if found == self._known:
            return
        same_process = self._known is None or self._known[0] == found[0]
        self._engine.dispose(close=same_process)
        with self._reading() as connection:
            require(connection, named(self._url))
        self._known = found

    def _identity(self) -> tuple[int, ...]:
        """Return what tells this process and this database from others."""
        path = file_of(self._url)
        if path is None:
            return (os.getpid(),)
        try:
            there = path.stat()
        except FileNotFoundError:
            raise missing(str(path)) from None
        except OSError:
            # What is wrong with it is said when it is opened.
            return (os.getpid(),)
        return (os.getpid(), there.st_dev, there.st_ino)
