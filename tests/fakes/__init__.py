"""Every port without the outside world: for tests of what uses them, and to agree with the real."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from digest.errors import MailerError, SourceError
from digest.models.deliveries import Email
from digest.models.papers import Listing
from digest.models.visits import Rhythm
from tests.factories import NOON
from tests.fakes.store import MemoryStore
from tests.fakes.turns import MemoryNotebook, MemoryTurns

__all__ = [
    "CannedSource",
    "CountingTokens",
    "MemoryMailer",
    "MemoryNotebook",
    "MemoryStore",
    "MemoryTurns",
    "StoppedClock",
]


class StoppedClock:
    """A clock that moves when told."""

    def __init__(self, time: datetime = NOON) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def advance(self, step: timedelta) -> None:
        self.time += step


class CountingTokens:
    """1, 2, 3, …, as 32 hexadecimal digits."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        self._last += 1
        return f"{self._last:032x}"


class CannedSource:
    """Yields the same listings whatever the day, then raises *error* if there is one."""

    def __init__(
        self,
        *listings: Listing,
        name: str = "saved pages",
        error: SourceError | None = None,
        rhythm: Rhythm | None = None,
    ) -> None:
        self.name = name
        self.rhythm = rhythm or Rhythm()
        self.days: list[date] = []
        self._listings = listings
        self._error = error

    def fetch(self, day: date) -> Iterator[Listing]:
        self.days.append(day)
        yield from self._listings
        if self._error:
            raise self._error


class MemoryMailer:
    """Keeps what it is sent; raises what *failures* has for a recipient."""

    def __init__(
        self, *, idempotent: bool = False, failures: Mapping[str, MailerError] | None = None
    ) -> None:
        self.idempotent = idempotent
        self.sent: list[Email] = []
        self.closed = False
        self.failures = dict(failures or {})

    def send(self, email: Email) -> None:
        if email.recipient in self.failures:
            raise self.failures[email.recipient]
        self.sent.append(email)

    def close(self) -> None:
        self.closed = True
