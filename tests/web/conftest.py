"""The pages as a browser finds them: a real server on a free port of this machine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from lxml import html as lxml_html
from starlette.types import ASGIApp

from digest.bootstrap import App
from digest.links import SETTINGS_FOR, Purpose
from digest.models.deliveries import Claim, Email
from digest.models.letters import Letter
from digest.models.signups import SignupState
from digest.models.subscribers import Reader, SubscriberState
from digest.ports import Store
from digest.services.deliver import deliver
from digest.services.ingest import ingest
from digest.services.plan import plan
from digest.services.sign_up import admit
from digest.settings import Settings
from digest.store.schema import upgrade
from digest.store.sql import SqlStore
from digest.web.app import build
from digest.web.stamps import stamp
from tests.factories import DAY, make_entry, make_listing, make_reader
from tests.fakes import CountingTokens, MemoryMailer, MemoryStore, StoppedClock
from tests.store.databases import emptied, empty_schema, fresh_sqlite

TITLES = ("Whales count in base eight", "Whales dream of squid", "Bread rises without yeast")


def make_app(store: Store, **settings: Any) -> App:
    defaults: dict[str, Any] = {
        "public_url": "https://papers.example.org",
        "secret_keys": ("only-for-tests",),
        "sender": "Daily Papers <digest@papers.example.org>",
        "postal_address": "1 Sample Street",
        "unsubscribe_address": "leave@papers.example.org",
        "time_zone": "UTC",
    }
    app = App(
        settings=Settings(**defaults | settings),
        store=store,
        clock=StoppedClock(),
        tokens=CountingTokens(),
    )
    app.mailer = MemoryMailer()
    return app


def fill(app: App) -> None:
    """Give *app* three papers, and two readers who have got their issues."""
    entries = [
        make_entry(title, abstract=f"{title}.", arxiv_id=f"2511.0000{place}", upvotes=place)
        for place, title in enumerate(TITLES, start=1)
    ]
    ingest([make_listing(*entries)], DAY, store=app.store)
    with app.store.begin() as work:
        for name, wish in (("ada", "whales"), ("bob", "bread")):
            assert work.subscribers.add(make_reader(name, phrases=(wish,)))
    plan(DAY, store=app.store, clock=app.clock)
    deliver(DAY, carriage=app.carriage)


@contextmanager
def served(web: ASGIApp) -> Iterator[httpx.Client]:
    """Serve *web* while the block lasts; give a client of it, which follows no redirect."""
    config = uvicorn.Config(
        web, port=0, log_config=None, access_log=False, ws="none", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.005)
        assert thread.is_alive(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def parsed(page: str) -> Any:
    """Return *page* as a tree; what its paths lead to, lxml's types leave open."""
    return lxml_html.document_fromstring(page)


@dataclass(slots=True, kw_only=True)
class Site:
    """An installation whose pages are served."""

    app: App
    client: httpx.Client = field(repr=False)

    @property
    def emails(self) -> list[Email]:
        assert isinstance(self.app.mailer, MemoryMailer)
        return self.app.mailer.sent

    def leaving(self, name: str = "ada") -> str:
        token = self.app.links.token(Purpose.UNSUBSCRIBE, f"subscriber-{name}")
        return f"/u/{token}"

    def opening(self, name: str = "ada") -> str:
        [email] = [email for email in self.emails if email.recipient.startswith(name)]
        return f"/i/{self.app.links.token(Purpose.ISSUE, email.delivery_id)}"

    def settings(self, name: str = "ada") -> str:
        subject = self.reader(name).subscriber.settings_subject
        until = self.app.clock.now() + SETTINGS_FOR
        return f"/me/{self.app.links.token(Purpose.SETTINGS, subject, until=until)}"

    def returning(self, name: str = "ada") -> str:
        until = self.app.clock.now() + timedelta(days=1)
        token = self.app.links.token(Purpose.RETURN, f"subscriber-{name}", until=until)
        return f"/back/{token}"

    def answering(self, verdict: str = "more", name: str = "ada", rank: int = 1) -> str:
        [email] = [email for email in self.emails if email.recipient.startswith(name)]
        token = self.app.links.token(Purpose.FEEDBACK, email.delivery_id)
        return f"/a/{token}/{rank}/{verdict}"

    def stamp(self) -> str:
        """Return what a form carries that was shown a minute ago."""
        return stamp(self.app.links, self.app.clock.now() - timedelta(minutes=1))

    def sign_up(self, **changes: str) -> httpx.Response:
        said = {"email": "eve@example.org", "interests": "whales", "stamp": self.stamp()}
        return self.client.post("/signup", data=said | changes)

    def admit(self) -> Mapping[SignupState, int]:
        app = self.app
        return admit(store=app.store, clock=app.clock, tokens=app.tokens)

    def letters(self) -> Sequence[Letter]:
        """Return the letters that wait, and hold them for a minute."""
        now = self.app.clock.now()
        claim = Claim(fence=self.app.tokens.new(), at=now, lease_until=now + timedelta(minutes=1))
        with self.app.store.begin() as work:
            return work.letters.take(claim, limit=100)

    def reader(self, name: str = "ada") -> Reader:
        with self.app.store.read() as work:
            readers = work.subscribers.page(after="", limit=100)
        [reader] = [one for one in readers if one.subscriber.address == f"{name}@example.org"]
        return reader

    def state(self, name: str = "ada") -> SubscriberState:
        with self.app.store.read() as work:
            reader = work.subscribers.by_id(f"subscriber-{name}")
        assert reader is not None
        return reader.subscriber.state


@pytest.fixture
def app() -> App:
    """An installation in memory, with papers, readers and their issues."""
    app = make_app(MemoryStore())
    fill(app)
    return app


@pytest.fixture
def site(app: App) -> Iterator[Site]:
    """That installation, served."""
    with served(build(app)) as client:
        yield Site(app=app, client=client)


@pytest.fixture(scope="session")
def server_database() -> Iterator[str]:
    """A migrated PostgreSQL database for the whole session."""
    with empty_schema() as url:
        upgrade(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database of each kind, with nothing in it."""
    if request.param == "sqlite":
        return fresh_sqlite(tmp_path)
    url: str = request.getfixturevalue("server_database")
    emptied(url)
    return url


@pytest.fixture
def kept_site(database_url: str) -> Iterator[Site]:
    """An installation on each kind of database, served."""
    app = make_app(SqlStore(database_url), database_url=database_url)
    try:
        fill(app)
        with served(build(app)) as client:
            yield Site(app=app, client=client)
    finally:
        app.close()
