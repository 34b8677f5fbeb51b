"""The preview: an issue for whoever asks, of which nothing is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from digest.models.interests import Interest
from digest.ports import Store
from digest.ranking.selection import Choice
from digest.services.glimpse import glimpse
from digest.services.ingest import ingest
from digest.services.plan import Morning, prepare
from digest.web import previews
from digest.web.app import build
from digest.web.previews import FRESH, KEPT, MORNING, PER_MINUTE, Mornings
from tests.factories import DAY, NOON, make_entry, make_listing
from tests.fakes import MemoryStore, StoppedClock
from tests.web.conftest import Site, make_app, parsed, served


def titles(page: str) -> list[str]:
    return [one.text_content().strip() for one in parsed(page).iter("h3")]


def test_it_shows_what_fits_first_and_why(site: Site) -> None:
    answer = site.client.get("/preview", params={"interests": "squid"})

    assert answer.status_code == 200
    assert titles(answer.text)[0] == "Whales dream of squid"
    assert "Why this:" in answer.text
    assert "“Squid”" in answer.text or "“squid”" in answer.text
    assert "1 of the 3 papers of the week is close to what you asked for" in answer.text


def test_a_post_gives_the_same_and_keeps_the_address_out_of_any_url(site: Site) -> None:
    said = {"interests": "squid", "email": "eve@example.org", "time_zone": "Asia/Tokyo"}

    answer = site.client.post("/preview", data=said)

    assert titles(answer.text)[0] == "Whales dream of squid"
    form = parsed(answer.text).forms[0]
    assert (form.fields["email"], form.fields["time_zone"]) == ("eve@example.org", "Asia/Tokyo")
    assert str(form.fields["interests"]).strip() == "squid"
    front = parsed(site.client.get("/").text)
    [button] = front.xpath("//button[@formaction='/preview']")
    assert (button.get("formmethod"), "formnovalidate" in button.attrib) == ("post", True)


def test_who_says_nothing_sees_what_everybody_talks_about(site: Site) -> None:
    page = site.client.get("/preview").text

    assert len(titles(page)) == 3
    assert "You have not said what you want to read yet" in page


def test_nothing_is_kept_of_it(kept_site: Site) -> None:
    with kept_site.app.store.read() as work:
        before = work.subscribers.counts()

    kept_site.client.post("/preview", data={"interests": "2511.00001", "email": "eve@example.org"})

    with kept_site.app.store.begin() as work:
        assert work.subscribers.counts() == before
        assert not work.signups.waiting(limit=1)


def test_words_that_no_paper_has_say_so(site: Site) -> None:
    page = site.client.get("/preview", params={"interests": "zeppelins"}).text

    assert "No paper of the week is about what you asked for" in page or "close enough" in page


def test_a_seed_brings_what_is_like_it() -> None:
    app = make_app(MemoryStore())
    sung = "Humpback whales sing in verses, which hydrophones record off the coast."
    entries = [
        make_entry("Songs of the sea", abstract=sung, arxiv_id="2511.00001"),
        make_entry("Verses below the waves", abstract=sung.replace("verses", "long verses")),
        make_entry("Sourdough", abstract="Flour and water ferment."),
    ]
    ingest([make_listing(*entries)], DAY, store=app.store)
    with served(build(app)) as client:
        page = client.get("/preview", params={"interests": "https://arxiv.org/abs/2511.00001v2"})

    assert titles(page.text)[0] == "Verses below the waves"
    assert "close to" in page.text


def test_an_empty_week_says_so() -> None:
    with served(build(make_app(MemoryStore()))) as client:
        page = client.get("/preview", params={"interests": "whales"})

    assert page.status_code == 200
    assert "No paper was listed" in page.text


@pytest.mark.parametrize("typed", ["x" * 4_001, "x" * 201, ",".join(map(str, range(41)))])
def test_what_is_too_much_is_told_beside_its_field(site: Site, typed: str) -> None:
    answer = site.client.post("/preview", data={"interests": typed})

    assert answer.status_code == 422
    [wrong] = parsed(answer.text).xpath("//*[@aria-invalid='true']")
    assert wrong.get("name") == "interests"


def test_one_network_gets_so_many_a_minute(site: Site) -> None:
    answers = [site.client.get("/preview") for _ in range(PER_MINUTE + 2)]

    assert [answer.status_code for answer in answers] == [200] * PER_MINUTE + [429] * 2
    assert answers[-1].headers["retry-after"] == "60"
    assert "<h1>That was a lot at once</h1>" in answers[-1].text
    assert site.client.get("/").status_code == 200


def test_the_same_words_are_looked_up_once_a_minute(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = counted(monkeypatch)
    assert isinstance(site.app.clock, StoppedClock)

    pages = [
        site.client.get("/preview", params={"interests": typed}).text
        for typed in ("squid, whales", "squid\nwhales", " squid ,, whales")
    ]
    assert len(made) == 1
    assert titles(pages[0]) == titles(pages[2])
    site.client.get("/preview", params={"interests": "bread"})
    assert len(made) == 2
    site.app.clock.advance(FRESH)
    site.client.get("/preview", params={"interests": "bread"})
    assert len(made) == 3


def test_only_so_many_are_remembered(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "KEPT", 2)
    made = counted(monkeypatch)

    for typed in ("one", "two", "one", "three", "one", "two"):
        site.client.get("/preview", params={"interests": typed})

    assert len(made) == 4
    assert KEPT > 2


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Interest]:
    """Return a list that every interest is added to of which an issue is made."""
    made: list[Interest] = []

    def noted(interest: Interest, morning: Morning, **named: Any) -> Choice:
        made.append(interest)
        return glimpse(interest, morning, **named)

    monkeypatch.setattr(previews, "glimpse", noted)
    return made


class Watched:
    """Stands for `prepare`, and counts."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.waits: Event | None = None
        self.begun = Event()

    def __call__(self, day: date, *, store: Store, now: datetime | None = None) -> Morning:
        self.days.append(day)
        self.begun.set()
        if self.waits is not None:
            assert self.waits.wait(10)
        return prepare(day, store=store, now=now)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched()
    monkeypatch.setattr(previews, "prepare", watched)
    return watched


def test_a_morning_is_prepared_once_for_all(watched: Watched) -> None:
    mornings = Mornings(make_app(MemoryStore()))

    first = mornings.of(DAY, NOON)
    assert mornings.of(DAY, NOON + MORNING - timedelta(seconds=1)) is first
    assert mornings.of(DAY, NOON + MORNING) is not first
    assert mornings.of(DAY + timedelta(days=1), NOON + MORNING).day == DAY + timedelta(days=1)
    assert len(watched.days) == 3


def test_while_a_newer_morning_is_made_the_others_have_the_old_one(watched: Watched) -> None:
    mornings = Mornings(make_app(MemoryStore()))
    old = mornings.of(DAY, NOON)
    watched.waits, watched.begun = Event(), Event()

    with ThreadPoolExecutor(1) as pool:
        newer = pool.submit(mornings.of, DAY, NOON + MORNING)
        assert watched.begun.wait(10)
        assert mornings.of(DAY, NOON + MORNING) is old
        watched.waits.set()
        assert newer.result(10) is not old


def test_of_many_who_come_first_one_makes_the_morning(watched: Watched) -> None:
    mornings = Mornings(make_app(MemoryStore()))
    watched.waits = Event()

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(mornings.of, DAY, NOON) for _ in range(3)]
        assert watched.begun.wait(10)
        watched.waits.set()
        assert len({id(one.result(10)) for one in asked}) == 1
    assert len(watched.days) == 1


def test_a_failure_does_not_keep_the_next_from_trying(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mornings = Mornings(make_app(MemoryStore()))
    with monkeypatch.context() as broken:
        broken.setattr(previews, "prepare", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mornings.of(DAY, NOON)

    assert mornings.of(DAY, NOON).day == DAY


def test_what_papers_say_is_only_text() -> None:
    app = make_app(MemoryStore())
    nasty = '<script>alert("x")</script>'
    ingest([make_listing(make_entry(nasty, abstract=nasty))], DAY, store=app.store)
    with served(build(app)) as client:
        page = client.get("/preview", params={"interests": f"alert, {nasty}"}).text

    assert "<script" not in page
    assert "&lt;script&gt;" in page
