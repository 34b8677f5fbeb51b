"""The world: time, chance, who has papers, and who carries our mail."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.deliveries import Email
from digest.models.papers import Byline, Listing, Paper
from digest.models.visits import Rhythm


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


class Mailer(Protocol):
    """Who carries our mail.

    *idempotent* says that sending the same Email twice leaves one mail, as in a folder.
    """

    @property
    def idempotent(self) -> bool: ...

    def send(self, email: Email) -> None:
        """Hand *email* over; raise the MailerError that says what became of it otherwise."""

    def close(self) -> None: ...
