"""Settings → App: the only module that knows every adapter."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zoneinfo import ZoneInfo

from digest.errors import SettingsInvalid
from digest.links import Links
from digest.mailers.outbox import Outbox
from digest.mailers.smtp import SmtpMailer, parse_smtp_url
from digest.models.papers import Listing
from digest.ports import AuthorDirectory, Clock, Details, Mailer, Source, Store, Tokens
from digest.rendering.emails import Press
from digest.rendering.imprint import Imprint
from digest.rendering.letters import Stationery
from digest.services.deliver import Carriage
from digest.services.post import Postbag
from digest.settings import Settings
from digest.sources import sample
from digest.store.sql import SqlStore

if TYPE_CHECKING:
    from digest.bootstrap.live import Live
    from digest.store.schema import SchemaState


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of this machine, or one that is *ahead* of it."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(tz=UTC) + self.ahead


class RandomTokens:
    """Names that nobody can guess, from the system's randomness."""

    def new(self) -> str:
        """Return 128 random bits in hex."""
        return secrets.token_hex(16)


# Not frozen: a cached property keeps what it made in the instance.
@dataclass(kw_only=True)
class App:
    """Everything a shell needs, made when it is first asked for."""

    settings: Settings
    store: Store
    clock: Clock = field(default_factory=SystemClock)
    tokens: Tokens = field(default_factory=RandomTokens)

    @cached_property
    def live(self) -> "Live":
        """The sources that are asked over the network."""
        # What speaks to the network takes a moment to import, which sending need not wait for.
        from digest.bootstrap.live import Live  # noqa: PLC0415

        return Live(self.settings, store=self.store, clock=self.clock, tokens=self.tokens)

    @cached_property
    def sources(self) -> Mapping[str, tuple[Source, ...]]:
        """Every source, by the name that commands know it by."""
        return {"sample": (sample.Sample(),), **self.live.sources}

    @property
    def scheduled(self) -> tuple[Source, ...]:
        """The sources that are asked by themselves: those that DIGEST_SOURCES names."""
        named = (self.sources[name] for name in self.settings.sources if name in self.sources)
        return tuple(source for sources in named for source in sources)

    @property
    def details(self) -> Details | None:
        """Who knows more of single papers, unless DIGEST_SOURCES leaves arXiv out."""
        return self.live.details if "arxiv" in self.settings.sources else None

    @property
    def directories(self) -> tuple[AuthorDirectory, ...]:
        """Who knows the figures of authors, unless DIGEST_SOURCES leaves them out."""
        return self.live.directories if "authors" in self.settings.sources else ()

    @property
    def today(self) -> date:
        """The day it is in the installation's time zone."""
        return self.clock.now().astimezone(ZoneInfo(self.settings.time_zone)).date()

    @cached_property
    def mailer(self) -> Mailer:
        """Who carries our mail; raise SettingsInvalid where real mail may not leave yet."""
        self.settings.require_for_mail()
        if self.settings.outbox_folder is not None:
            return Outbox(self.settings.outbox_folder)
        try:
            server = parse_smtp_url(self.settings.mailer_url)
        except ValueError as wrong:
            raise SettingsInvalid(f"DIGEST_MAILER_URL: {wrong}.") from None
        # Postmark puts a Message-ID of its own in the place of ours, and hands this back.
        named = "X-PM-Metadata-mail" if self.settings.postmark_password else ""
        return SmtpMailer(server, id_header=named)

    @cached_property
    def links(self) -> Links:
        """Signed links; without DIGEST_SECRET_KEYS they are signed with the database's own key."""
        if self.settings.secret_keys:
            return Links(self.settings.secret_keys)
        with self.store.read() as work:
            return Links([work.address_key().hex()])

    @cached_property
    def imprint(self) -> Imprint:
        """Who writes, and where from; raise SettingsInvalid where no mail could say so."""
        sender = self.settings.sender or "Daily Papers <digest@localhost>"
        return Imprint(
            sender=sender,
            postal_address=self.settings.postal_address,
            list_host=parseaddr(sender)[1].rpartition("@")[2],
            unsubscribe_address=self.settings.unsubscribe_address or None,
            public_url=self.settings.public_url or None,
        )

    @cached_property
    def press(self) -> Press:
        """What turns issues into mails, with the day's cards kept between them."""
        return Press(self.imprint)

    @cached_property
    def stationery(self) -> Stationery:
        """What turns letters into mails."""
        return Stationery(self.imprint)

    @cached_property
    def carriage(self) -> Carriage:
        """What sending needs."""
        return Carriage(
            store=self.store,
            mailer=self.mailer,
            press=self.press,
            links=self.links,
            clock=self.clock,
            tokens=self.tokens,
            bounce_address=self.settings.bounce_address,
        )

    def fetch(self, url: str) -> bytes:
        """Return what is at *url*, asked as politely as any source; raise SourceError."""
        return self.live.fetch(url)

    @cached_property
    def postbag(self) -> Postbag:
        """What sending letters needs."""
        return Postbag(
            store=self.store,
            mailer=self.mailer,
            stationery=self.stationery,
            links=self.links,
            clock=self.clock,
            tokens=self.tokens,
            bounce_address=self.settings.bounce_address,
        )

    def close(self) -> None:
        """Let go of connections and files."""
        if "mailer" in self.__dict__:
            self.mailer.close()
        if "live" in self.__dict__:
            self.live.close()
        self.store.close()


def bootstrap(settings: Settings, *, clock: Clock | None = None) -> App:
    """Return the App that *settings* describe; nothing is opened before it is used."""
    return App(
        settings=settings,
        store=SqlStore(settings.database_url),
        clock=clock or SystemClock(timedelta(seconds=settings.time_shift_seconds)),
    )


def read_page(file: Path, standard_input: BinaryIO, *, day: date) -> tuple[Listing, ...]:
    """Return what a file says, `-` being *standard_input*; raise SourceError with its name."""
    # The parsers of live sources take a moment to import, which sending need not wait for.
    from digest.sources.saved_file import read_file  # noqa: PLC0415

    return read_file(file, standard_input, day=day)


SAMPLE_DAY = sample.DAY
"""The last day of the sample listing that ships with the project."""

SAMPLE_DAYS = sample.DAYS
"""Every day of the sample listing, in order."""


def upgrade_database(url: str) -> None:
    """Make the database at *url*, or bring its tables up to this version; raise StoreError."""
    # Alembic takes a second to import, which sending need not wait for.
    from digest.store import schema  # noqa: PLC0415

    schema.upgrade(url)


def check_database(url: str) -> "SchemaState":
    """Return how the tables at *url* stand to this version's; raise StoreError."""
    from digest.store import schema  # noqa: PLC0415

    return schema.check(url)
