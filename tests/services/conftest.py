"""A morning with the core as it is and fakes at both ends."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from digest.links import Links
from digest.models.deliveries import DeliveryState
from digest.models.subscribers import Reader
from digest.rendering.emails import Press
from digest.rendering.imprint import Imprint
from digest.services.deliver import Carriage
from digest.services.ingest import ingest
from digest.services.plan import Planned, plan
from tests.factories import DAY, make_entry, make_listing, make_reader
from tests.fakes import CountingTokens, MemoryMailer, MemoryStore, StoppedClock

IMPRINT = Imprint(
    sender="Daily Papers <digest@papers.example.org>",
    postal_address="1 Sample Street",
    list_host="papers.example.org",
)


@dataclass(slots=True)
class Morning:
    """A store, a clock, a mailer, and what is done with them."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: StoppedClock = field(default_factory=StoppedClock)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    press: Press = field(default_factory=lambda: Press(IMPRINT))
    links: Links = field(default_factory=lambda: Links(["key"]))
    tokens: CountingTokens = field(default_factory=CountingTokens)

    @property
    def carriage(self) -> Carriage:
        return Carriage(
            store=self.store,
            mailer=self.mailer,
            press=self.press,
            links=self.links,
            clock=self.clock,
            tokens=self.tokens,
        )

    def list_papers(self, *titles: str, day: date = DAY) -> None:
        entries = [make_entry(title, abstract=f"{title}.") for title in titles]
        ingest([make_listing(*entries, day=day)], day, store=self.store)

    def add(self, *readers: Reader) -> None:
        with self.store.begin() as work:
            for reader in readers:
                assert work.subscribers.add(reader)

    def plan(self, day: date = DAY) -> Planned:
        return plan(day, store=self.store, clock=self.clock)

    def states(self, day: date = DAY) -> dict[DeliveryState, int]:
        with self.store.read() as work:
            account = work.deliveries.account(day)
        assert account.adds_up
        return dict(account.states)

    def recipients(self) -> list[str]:
        return sorted(email.recipient for email in self.mailer.sent)


@pytest.fixture
def morning() -> Morning:
    """Three papers on whales and bread, and two readers, Ada for the one and Bob for the other."""
    morning = Morning()
    morning.list_papers(
        "Whales count in base eight", "Whales dream of squid", "Bread rises twice without yeast"
    )
    morning.add(make_reader("ada", phrases=("whales",)), make_reader("bob", phrases=("bread",)))
    return morning
