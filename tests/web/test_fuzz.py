"""Whatever is sent to the web process: it answers, changes nothing unasked, tells no address.

REQUESTS says how many are tried, `make fuzz` more than `make test`; SEED which ones.
"""

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, randrange
from shutil import copyfile

import pytest
from hypothesis import HealthCheck, given, seed, settings
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from digest.bootstrap import App
from digest.errors import LinkExpired, LinkInvalid
from digest.links import DOORS, Purpose
from digest.ports import Store
from digest.store.sql import SqlStore
from digest.web.app import build
from digest.web.headers import security_headers
from tests.fakes import MemoryStore
from tests.store.databases import fresh_sqlite, sqlite_url
from tests.web.conftest import make_app
from tests.web.events.conftest import TOPIC, Curve
from tests.web.test_every_link import dump
from tests.web.traffic import MAILGUN_KEY, POSTMARK_PASSWORD, World, rows, settle
from tests.web.wire import Got, Sent, ask

REQUESTS = int(os.environ.get("REQUESTS", "1000"))  # noqa: TID251 - a test has no settings
SEED = int(os.environ.get("SEED") or randrange(10**9))  # noqa: TID251, S311 - as above; no secret
IN_A_ROW = 4
"""Requests to one installation, so that one can undo what another did."""

BODIES = 2
"""Bodies that are tried with the same row of requests: the plainest one first."""

ON_SQLITE = 10
"""Of so many requests one is tried on SQLite as well."""

LARGEST = 64 * 1024
HEADERS = security_headers(https=True)
PRIVATE = re.compile(r"/(u|i|me|a|confirm|address|back)/")

ADDRESS = re.compile(r"[^\s<>\"(),;:@=&]+@[^\s<>\"(),;:@=&]+")
OURS = {"digest@papers.example.org", "leave@papers.example.org", "bounces@papers.example.org"}
"""Addresses of the installation itself, which its pages tell everybody."""


# A body of a megabyte that broke something is shown whole, and not hidden behind a warning.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


@dataclass(slots=True, kw_only=True)
class Target:
    """An installation in this process that is asked anything."""

    app: App
    web: ASGIApp = field(repr=False)
    runner: asyncio.Runner = field(repr=False)

    def ask(self, sent: Sent) -> tuple[Got, list[str]]:
        """Return the answer, and what was logged meanwhile."""
        with capture_logs() as logs:
            got = self.runner.run(ask(self.web, sent))
        return got, [repr(log) for log in logs]

    def kept(self) -> object:
        """Return all that is kept."""
        if isinstance(self.app.store, MemoryStore):
            return self.app.store._kept.copy()  # noqa: SLF001 - no port tells everything
        return dump(self.app.settings.database_url)

    def addresses(self) -> set[str]:
        """Return the addresses of all people that are known."""
        with self.app.store.read() as work:
            readers = work.subscribers.page(after="", limit=1_000)
        # Nobody new comes by a request alone: sign-ups wait until a worker looks at them.
        return {one.subscriber.address for one in readers if one.subscriber.address} | {
            "newcomer@example.org",
            "moving@example.org",
        }

    def owned(self, sent: Sent) -> set[str]:
        """Return the address of whose settings *sent* has the token for."""
        if not sent.path.startswith("/me/"):
            return set()
        token, links = sent.path.split("/")[2], self.app.links
        try:
            subject = links.subject(Purpose.SETTINGS, token, now=self.app.clock.now())
        except (LinkInvalid, LinkExpired):
            return set()
        with self.app.store.read() as work:
            reader = work.subscribers.by_id(subject.rpartition(".")[0])
        return {reader.subscriber.address} if reader else set()


def no_certificate(_url: str) -> bytes:
    return b"none"


@contextmanager
def target(store: Store, **more: str) -> Iterator[tuple[Target, World]]:
    app = make_app(
        store,
        bounce_address="bounces@papers.example.org",
        trusted_proxies=("127.0.0.1",),
        ses_topic=(TOPIC,),
        sendgrid_key=(Curve().public,),
        mailgun_key=(MAILGUN_KEY,),
        postmark_password=(POSTMARK_PASSWORD,),
        **more,
    )
    world = settle(app)
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setattr(app, "fetch", no_certificate)
        yield Target(app=app, web=build(app), runner=runner), world


def check(target: Target, sent: Sent) -> None:
    """Ask *sent*, and fail where anything is as it must not be."""
    before, owned, known = target.kept(), target.owned(sent), target.addresses()
    got, logs = target.ask(sent)

    if got.raised is not None:
        raise AssertionError(f"{sent.method} broke the app") from got.raised
    assert 200 <= got.status < 500
    if sent.method != "POST" or sent.door == "bad":
        assert target.kept() == before
    if sent.method in ("GET", "HEAD") and sent.door == "bad":
        assert got.status >= 400
    assert_headers(sent, got)
    assert len(got.body) <= LARGEST
    given = sent.text
    text = got.body.decode("utf-8", errors="replace").lower()
    head = repr(got.headers).lower()
    for address in known | target.addresses():
        name = address.partition("@")[0].lower()
        if any(f"{name}{at}" in given for at in ("@", "%40", "\\u0040")):
            continue
        # An address without its sign is one all the same.
        shapes = [f"{name}{at}" for at in ("@", "%40", "&#64;", "\\u0040")]
        if address not in owned:
            assert not [shape for shape in shapes if shape in text + head]
        assert not [shape for shape in shapes if shape in "".join(logs).lower()]
    assert not [log for log in logs if ADDRESS.search(log)]


def assert_headers(sent: Sent, got: Got) -> None:
    present = {name.decode() for name, _value in got.headers}
    assert {name.lower() for name in HEADERS} <= present
    policy = got.header("content-security-policy")
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert policy.endswith("form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
    always = ("x-content-type-options", "referrer-policy", "strict-transport-security")
    for name in always:
        assert got.header(name) == {key.lower(): one for key, one in HEADERS.items()}[name]
    if PRIVATE.match(sent.path):
        assert got.header("cache-control") == "no-store"
        assert got.header("x-robots-tag") == "noindex"
    assert "set-cookie" not in present
    assert not 300 <= got.status < 400


def fuzz(world: World, count: int, tried: Callable[[Sequence[Sent]], None]) -> None:
    """Have about *count* requests *tried*, in rows; a failure says how to see it again."""
    chance = Random(SEED)  # noqa: S311 - no secret is made of it
    for _ in range(max(1, count // IN_A_ROW // BODIES)):
        number = chance.getrandbits(64)
        one = seed(number)(given(rows(world, number, IN_A_ROW))(tried))
        try:
            FREELY(one)()
        except BaseException as error:
            error.add_note(f"To see it again: make fuzz REQUESTS={REQUESTS} SEED={SEED}")
            raise


FREELY = settings(
    deadline=None,
    database=None,
    derandomize=False,
    max_examples=BODIES,
    suppress_health_check=list(HealthCheck),
)


def test_no_request_breaks_anything_or_tells_an_address() -> None:
    with target(MemoryStore()) as (memory, world):
        store = memory.app.store
        assert isinstance(store, MemoryStore)
        beginning = store._kept.copy()  # noqa: SLF001 - as every row of requests finds it

        def tried(row: Sequence[Sent]) -> None:
            store._kept = beginning.copy()  # noqa: SLF001 - see above
            for sent in row:
                check(memory, sent)

        fuzz(world, REQUESTS, tried)


def test_no_request_breaks_anything_in_a_database(tmp_path: Path) -> None:
    url, copy = fresh_sqlite(tmp_path), tmp_path / "copy.sqlite3"
    with target(SqlStore(url), database_url=url) as (first, world):
        first.app.close()
        mailer, clock, tokens = first.app.mailer, first.app.clock, first.app.tokens

        def tried(row: Sequence[Sent]) -> None:
            copyfile(tmp_path / "digest.sqlite3", copy)
            kept = first.app.settings.model_copy(update={"database_url": sqlite_url(copy)})
            app = App(settings=kept, store=SqlStore(kept.database_url), clock=clock, tokens=tokens)
            app.mailer = mailer
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(app, "fetch", no_certificate)
                one = Target(app=app, web=build(app), runner=first.runner)
                for sent in row:
                    check(one, sent)
            app.close()

        fuzz(world, REQUESTS // ON_SQLITE, tried)


def test_no_token_opens_a_door_of_another_purpose() -> None:
    rest = {Purpose.FEEDBACK: "/1/more"}
    with target(MemoryStore()) as (memory, world):
        for door in set(Purpose) - {Purpose.FORM}:
            for other in set(Purpose) - {door}:
                for token in sorted(set(world.tokens[other])):
                    path = f"{DOORS[door]}/{token}{rest.get(door, '')}"
                    for method in ("GET", "POST"):
                        sent = Sent(method=method, path=path, door="bad")
                        check(memory, sent)
