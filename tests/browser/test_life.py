"""A whole life with us, in a browser that runs no script."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page

from digest.bootstrap import App
from digest.models.deliveries import Email
from digest.models.feedback import Verdict
from digest.models.subscribers import Reader, SubscriberState, address_hmac
from digest.services.deliver import deliver
from digest.services.exchange import Import, Outcome, read_csv, take_in
from digest.services.ingest import ingest
from digest.services.plan import plan
from digest.services.post import post
from digest.services.sign_up import admit
from digest.store.sql import SqlStore
from digest.web.app import build
from tests.browser.chromium import Chromium
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryMailer, StoppedClock
from tests.store.databases import fresh_sqlite
from tests.web.conftest import make_app, served

Seen = TypeVar("Seen")

PAPERS = ("Whales count in base eight", "Whales dream of squid", "Bread rises without yeast")


class Life:
    """One person, their browser, and the time that passes."""

    def __init__(self, app: App, chromium: Chromium, client: httpx.Client) -> None:
        self.app = app
        self.client = client
        self._chromium = chromium

    def at(self, path: str, do: Callable[[Page], Seen]) -> Seen:
        """Open a page without scripts, and return what is done there."""
        where = f"{str(self.client.base_url).rstrip('/')}{path}"
        return self._chromium.visit(where, lambda visit: do(visit.page), scripts=False)

    def press(self, path: str, button: str, *, heading: str, **typed: str) -> str:
        """Type into the fields of a page and press a button; return what the next one says."""

        def do(page: Page) -> str:
            for field, value in typed.items():
                page.fill(f"#{field}", value)
            # Who fills in a form takes a moment; a program does not.
            self.wait(timedelta(seconds=5))
            page.get_by_role("button", name=button, exact=True).click()
            assert heading in page.locator("h1").inner_text()
            return page.locator("body").inner_text()

        return self.at(path, do)

    def wait(self, passing: timedelta) -> None:
        assert isinstance(self.app.clock, StoppedClock)
        self.app.clock.time += passing

    def post_comes(self) -> list[Email]:
        """Let the workers look at the inbox and send what waits; return the mails that came."""
        mailer = self.app.mailer
        assert isinstance(mailer, MemoryMailer)
        before = len(mailer.sent)
        admit(store=self.app.store, clock=self.app.clock, tokens=self.app.tokens)
        post(postbag=self.app.postbag)
        return mailer.sent[before:]

    def morning(self, *titles: str) -> list[Email]:
        """Let a day pass, and its issue be sent; return the mails that came."""
        self.wait(timedelta(days=1))
        mailer = self.app.mailer
        assert isinstance(mailer, MemoryMailer)
        before = len(mailer.sent)
        entries = [make_entry(title, abstract=f"{title}, again and again.") for title in titles]
        ingest([make_listing(*entries, day=self.app.today)], self.app.today, store=self.app.store)
        plan(self.app.today, store=self.app.store, clock=self.app.clock)
        deliver(self.app.today, carriage=self.app.carriage)
        return mailer.sent[before:]

    def reader(self, address: str) -> Reader:
        with self.app.store.read() as work:
            found = work.subscribers.by_address(address_hmac(address, key=work.address_key()))
        assert found is not None
        return found

    def state(self, address: str = "eve@example.org") -> SubscriberState:
        return self.reader(address).subscriber.state

    def verdicts(self) -> set[Verdict]:
        subscription = self.reader("eve@example.org").subscription.id
        with self.app.store.read() as work:
            return {one.verdict for one in work.feedbacks.of([subscription]).get(subscription, ())}


def link(email: Email, door: str) -> str:
    """Return the path of the one link in the mail's text that stands alone and opens *door*."""
    [found] = set(
        re.findall(rf"^\s*(https://papers\.example\.org{door}/\S+)$", email.text, re.MULTILINE)
    )
    return str(urlsplit(found).path)


@pytest.fixture
def life(chromium: Chromium, tmp_path: Path) -> Iterator[Life]:
    url = fresh_sqlite(tmp_path)
    app = make_app(SqlStore(url), database_url=url)
    ingest([make_listing(*map(make_entry, PAPERS))], DAY, store=app.store)
    try:
        with served(build(app)) as client:
            yield Life(app, chromium, client)
    finally:
        app.close()


def test_a_whole_life_without_scripts(life: Life) -> None:
    preview = life.press("/", "Preview my issue", heading="", interests="whales")
    assert PAPERS[0] in preview
    assert life.post_comes() == []

    sign_up(life, "eve@example.org")
    assert life.state() is SubscriberState.ACTIVE

    settings = link(life.post_comes()[0], "/me")
    said = life.press(
        settings, "Save", heading="Your settings", phrases="squid, whales", name="Eve"
    )
    assert "squid" in said or life.reader("eve@example.org").subscriber.name == "Eve"
    [interest] = life.reader("eve@example.org").subscription.interests
    assert interest.phrases == ("squid", "whales")

    [issue] = life.morning("Whales sing in base nine", "Squid count whales")
    assert "Squid count whales" in issue.text
    answer(life, issue)

    settings = path_in(issue, "/me")
    life.press(settings, "Pause", heading="Your settings")
    assert life.state() is SubscriberState.PAUSED
    assert life.morning("Whales nobody hears of") == []
    life.press(settings, "Go on now", heading="Your settings")
    assert life.state() is SubscriberState.ACTIVE

    life.press(settings, "Ask the new address", heading="", email="eve@new.example.org")
    [asked] = life.post_comes()
    assert asked.recipient == "eve@new.example.org"
    life.press(link(asked, "/address"), "Yes, use this address", heading="")
    [told] = life.post_comes()
    assert told.recipient == "eve@example.org"
    assert life.state("eve@new.example.org") is SubscriberState.ACTIVE
    assert life.client.get(settings).status_code == 410

    [issue] = life.morning("Squid dream of whales")
    assert issue.recipient == "eve@new.example.org"
    kept = life.at(path_in(issue, "/me"), export)
    assert kept["email"] == "eve@new.example.org"
    assert {"confirmed", "address changed"} <= {one["act"] for one in kept["consents"]}

    leave_and_come_back(life, issue)
    one_click(life, issue)
    erase(life)


def sign_up(life: Life, address: str) -> None:
    life.press("/", "Sign up", heading="Check your mail", email=address, interests="whales")
    [question] = life.post_comes()
    assert question.recipient == address
    assert "List-Unsubscribe" not in question.content.decode(errors="replace")
    confirm = link(question, "/confirm")
    life.press(confirm, "Yes, start my mail", heading="You are in")


def answer(life: Life, issue: Email) -> None:
    for verb, button, verdict in (
        ("more", "More like this", Verdict.MORE),
        ("less", "Less like this", Verdict.LESS),
        ("save", "Save this paper", Verdict.SAVE),
    ):
        said = life.at(path_in(issue, "/a", f"/1/{verb}"), partial(say_and_undo, life, button))
        assert said == {verdict}
        assert life.verdicts() == set()


def say_and_undo(life: Life, button: str, page: Page) -> set[Verdict]:
    page.get_by_role("button", name=button, exact=True).click()
    said = life.verdicts()
    page.get_by_role("button", name="Undo", exact=True).click()
    return said


def export(page: Page) -> dict[str, Any]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    content: dict[str, Any] = json.loads(Path(download.value.path()).read_text("utf-8"))
    return content


def leave_and_come_back(life: Life, issue: Email) -> None:
    address = "eve@new.example.org"

    def leave(page: Page) -> None:
        page.get_by_role("button", name="Unsubscribe").click()
        assert life.state(address) is SubscriberState.UNSUBSCRIBED
        page.get_by_role("button", name="Undo: keep my mail coming").click()

    life.at(path_in(issue, "/u"), leave)
    assert life.state(address) is SubscriberState.ACTIVE
    # Nobody says goodbye to who has come back.
    assert life.post_comes() == []


def one_click(life: Life, issue: Email) -> None:
    address = "eve@new.example.org"
    left = life.client.post(path_in(issue, "/u"), data={"List-Unsubscribe": "One-Click"})
    assert left.status_code == 200
    assert life.state(address) is SubscriberState.UNSUBSCRIBED
    assert life.post_comes() == []


def erase(life: Life) -> None:
    address = "eve@new.example.org"
    life.wait(timedelta(hours=1))
    sign_up(life, address)
    subscriber = life.reader(address).subscriber.id
    settings = link(life.post_comes()[0], "/me")

    def press(page: Page) -> None:
        page.check("#understood")
        page.get_by_role("button", name="Erase me").click()

    life.at(settings, press)
    with life.app.store.read() as work:
        gone = work.subscribers.by_id(subscriber)
    assert gone is not None
    assert (gone.subscriber.state, gone.subscriber.address) == (SubscriberState.ERASED, "")

    file = ["email,interests\n", f"{address},whales\n"]
    *_, progress = take_in(
        read_csv(file),
        Import(confirmed=True, evidence="a list"),
        store=life.app.store,
        clock=life.app.clock,
        tokens=life.app.tokens,
    )
    assert progress.outcomes == {Outcome.SUPPRESSED: 1}
    life.wait(timedelta(days=2))
    life.press("/", "Sign up", heading="Check your mail", email=address, interests="whales")
    assert life.post_comes() == []


def path_in(email: Email, door: str, ending: str = "") -> str:
    """Return the path of the mail's first link that opens *door* and ends so."""
    found = re.search(rf'href="https://papers\.example\.org({door}/[^"]*{ending})"', email.html)
    assert found is not None, door
    return found[1]
