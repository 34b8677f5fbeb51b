"""The page of settings: everything a reader can do about their subscription, themselves."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from digest.links import Links, Purpose
from digest.models.deliveries import DeliveryState
from digest.models.letters import LetterKind
from digest.models.signups import SignupState
from digest.models.subscribers import SubscriberState
from digest.services.plan import plan
from tests.factories import DAY
from tests.fakes import StoppedClock
from tests.web.conftest import Site, parsed

Send = Callable[..., httpx.Response]


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """Return what a browser would send if the button of that form was pressed."""
    tree = parsed(page)
    [form] = [form for form in tree.forms if form.action.endswith(action)]
    sent: dict[str, list[str]] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value.lstrip("\n"))
    return sent


@pytest.fixture
def send(site: Site) -> Send:
    """Press a button of Ada's page, with some of its fields changed."""

    def press(deed: str = "", path: str | None = None, **changes: object) -> httpx.Response:
        here = path or site.settings()
        action = f"{here}/{deed}" if deed else here
        sent = form_of(site.client.get(here).text, action)
        return site.client.post(action, data=sent | changes)

    return press


def notice(answer: httpx.Response) -> str:
    tree = parsed(answer.text)
    return " ".join(one.text_content() for one in tree.xpath("//*[@role='status']"))


def test_it_shows_what_is_asked_for_and_when_the_next_issue_comes(site: Site) -> None:
    answer = site.client.get(site.settings())

    assert answer.status_code == 200
    for words in ("ada@example.org", "whales", "Saturday 21 November at 07:00 (UTC)"):
        assert words in answer.text
    assert "20 November" in answer.text  # the timeline
    actions = [form.action for form in parsed(answer.text).forms]
    assert len(actions) == len(set(actions))


def test_saving_changes_what_is_kept(site: Site, send: Send) -> None:
    answer = send(
        phrases="squid, moss",
        authors="Ada Okafor",
        exclusions="bread",
        weekdays=["0", "2"],
        send_at="18:15",
        time_zone="Asia/Tokyo",
        paper_limit="3",
        dial="80",
        name="Ada",
    )

    assert (answer.status_code, notice(answer)[:6]) == (200, "Saved.")
    reader = site.reader()
    wish, [interest] = reader.subscription, reader.subscription.interests
    assert (interest.phrases, interest.authors) == (("squid", "moss"), ("Ada Okafor",))
    assert interest.exclusions == ("bread",)
    assert (wish.schedule.weekdays, wish.schedule.time_zone) == ((0, 2), "Asia/Tokyo")
    assert (wish.paper_limit, wish.dial, reader.subscriber.name) == (3, 0.8, "Ada")
    assert reader.subscriber.version == 0


def test_pressing_save_at_once_changes_nothing(site: Site, send: Send) -> None:
    before = site.reader()

    assert send().status_code == 200
    assert site.reader() == before


def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(site: Site, send: Send) -> None:
    before = site.reader()

    answer = send(paper_limit="99", phrases="squid", seeds="A title nobody has")

    assert answer.status_code == 422
    page = parsed(answer.text)
    assert page.xpath("//*[@aria-invalid='true']/@name") == ["paper_limit"]
    assert form_of(answer.text, site.settings())["phrases"] == ["squid"]
    assert site.reader() == before
    seeds = send(seeds="A title nobody has")
    page = parsed(seeds.text)
    assert page.xpath("//*[@aria-invalid='true']/@name") == ["seeds"]
    assert "A title nobody has" in seeds.text


def test_a_pause_holds_what_waits_and_ends_by_a_press(site: Site, send: Send) -> None:
    answer = send("pause", until="2026-12-24", catch_up="yes")

    assert "until 24 December" in notice(answer)
    person = site.reader().subscriber
    assert (person.state, person.paused_until) == (SubscriberState.PAUSED, date(2026, 12, 24))
    assert person.catch_up
    again = send("resume")
    assert "Saturday 21 November at 07:00 (UTC)" in notice(again)
    person = site.reader().subscriber
    assert (person.state, person.paused_until) == (SubscriberState.ACTIVE, None)
    assert not person.catch_up


def test_a_pause_without_a_day_lasts_until_they_say_so(site: Site, send: Send) -> None:
    assert "until you say so" in notice(send("pause"))
    assert "You are paused:" in " ".join(site.client.get(site.settings()).text.split())
    assert send("pause", path=site.settings("bob"), until="2020-01-01").status_code == 422
    assert site.state("bob") == "active"


def test_what_was_planned_is_not_sent_to_who_paused(site: Site, send: Send) -> None:
    tomorrow = DAY + timedelta(days=1)
    plan(tomorrow, store=site.app.store, clock=site.app.clock)

    send("pause")

    with site.app.store.read() as work:
        [state] = [
            one.state
            for one in work.deliveries.of_subscription("subscription-ada")
            if one.day == tomorrow
        ]
    assert state in {DeliveryState.SUPPRESSED, DeliveryState.EMPTY}


def test_a_new_address_is_asked_first(site: Site, send: Send) -> None:
    answer = send("address", email="lovelace@example.org")

    assert "A letter is on its way" in notice(answer)
    assert site.reader().subscriber.address == "ada@example.org"
    assert site.admit() == {SignupState.MAILED: 1}
    [letter] = site.letters()
    assert (letter.kind, letter.address) == (LetterKind.NEW_ADDRESS, "lovelace@example.org")


def test_nothing_tells_whether_an_address_is_somebodys(site: Site, send: Send) -> None:
    here = site.settings()
    answers = [send("address", path=here, email=f"{name}@example.org") for name in ("bob", "eve")]

    assert answers[0].text == answers[1].text
    assert site.admit() == {SignupState.REFUSED: 1, SignupState.MAILED: 1}


@pytest.mark.parametrize("address", ["", "eve@", "ada@example.org", "ADA@example.org"])
def test_an_address_that_is_none_or_theirs_already_is_refused(send: Send, address: str) -> None:
    answer = send("address", email=address)

    assert answer.status_code == 422
    page = parsed(answer.text)
    assert page.xpath("//*[@aria-invalid='true']/@name") == ["email"]


def test_the_export_has_all_and_is_kept_by_no_cache(site: Site, send: Send) -> None:
    site.client.post(site.answering("more"))

    answer = send("export")

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "no-store"
    found = json.loads(answer.text)
    assert (found["email"], found["state"]) == ("ada@example.org", "active")
    assert found["interests"][0]["phrases"] == ["whales"]
    assert [one["verdict"] for one in found["feedback"]] == ["more"]
    assert [one["state"] for one in found["deliveries"]] == ["sent"]
    assert found["schedule"]["send_at"] == "07:00:00"


def test_what_was_said_of_papers_is_shown_and_taken_back(site: Site, send: Send) -> None:
    for verdict, rank in (("more", 1), ("save", 1), ("less", 2)):
        site.client.post(site.answering(verdict, rank=rank))
    page = parsed(site.client.get(site.settings()).text)
    values = page.xpath("//button[@name='said']/@value")
    assert len(values) == 3

    answer = site.client.post(f"{site.settings()}/unsay", data={"said": values[0]})

    assert "Taken back" in notice(answer)
    assert parsed(answer.text).xpath("//button[@name='said']/@value") == (values[1:])
    assert "forgotten" in notice(send("reset"))
    assert "What you said of papers" not in site.client.get(site.settings()).text


@pytest.mark.parametrize("said", ["", "love x", "more", "more nothing-of-that-id"])
def test_taking_back_what_was_not_said_changes_nothing(site: Site, said: str) -> None:
    site.client.post(site.answering("more"))

    assert site.client.post(f"{site.settings()}/unsay", data={"said": said}).status_code == 200
    assert "What you said of papers" in site.client.get(site.settings()).text


def test_erasing_needs_a_tick_and_then_leaves_nothing(site: Site, send: Send) -> None:
    here = site.settings()
    first = send("erase")
    assert (first.status_code, site.state()) == (422, "active")

    answer = send("erase", understood="yes")

    assert "<h1>You are erased</h1>" in answer.text
    assert site.state() == "erased"
    for method in ("GET", "POST"):
        assert site.client.request(method, here).status_code == 410
    assert site.sign_up(email="ada@example.org").status_code == 200
    assert site.admit() == {SignupState.SUPPRESSED: 1}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "deed", ["", "pause", "resume", "address", "export", "unsay", "reset", "erase"]
)
def test_whose_link_is_over_can_do_nothing(site: Site, method: str, deed: str) -> None:
    here, app = site.settings(), site.app
    at = f"/{deed}" if deed else ""
    assert isinstance(app.clock, StoppedClock)
    app.clock.advance(timedelta(days=61))
    old = site.client.request(method, here + at, data={"understood": "yes"})
    app.clock.advance(-timedelta(days=61))
    site.client.post(site.leaving("bob"))
    gone = site.client.request(method, site.settings("bob") + at, data={"understood": "yes"})

    assert (old.status_code, gone.status_code) == (410, 410)
    assert "@example.org" not in (old.text + gone.text).replace("digest@papers.example.org", "")
    assert (site.state(), site.state("bob")) == ("active", "unsubscribed")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_another_purpose_or_key_opens_nothing(site: Site, method: str) -> None:
    subject = site.reader().subscriber.settings_subject
    until = site.app.clock.now() + timedelta(days=1)
    for token in (
        "forged",
        site.leaving().removeprefix("/u/"),
        Links(["another key"]).token(Purpose.SETTINGS, subject, until=until),
        site.app.links.token(Purpose.CONFIRM, subject, until=until),
        site.settings()[4:-1],
    ):
        assert site.client.request(method, f"/me/{token}").status_code == 404


def test_a_deed_that_there_is_not_is_no_page(site: Site) -> None:
    for method in ("GET", "POST"):
        assert site.client.request(method, f"{site.settings()}/promote").status_code == 404


def test_opening_the_address_of_a_button_shows_the_page_and_does_nothing(site: Site) -> None:
    here = site.settings()

    for deed in ("pause", "erase", "export"):
        answer = site.client.get(f"{here}/{deed}")
        assert answer.text == site.client.get(here).text
    assert site.state() == "active"


def test_what_is_logged_holds_no_token_and_no_address(site: Site, send: Send) -> None:
    with capture_logs() as logs:
        send(phrases="squid")
        send("address", email="lovelace@example.org")
        send("pause")

    said = repr(logs)
    assert "@" not in said
    assert site.settings().rpartition(".")[2] not in said


def test_what_a_reader_calls_themselves_is_only_text(send: Send) -> None:
    nasty = '"><script>alert(1)</script>'

    answer = send(name=nasty, phrases=nasty)

    assert answer.status_code == 200
    assert "<script" not in answer.text


def test_it_works_on_each_kind_of_database(kept_site: Site) -> None:
    here = kept_site.settings()
    kept_site.client.post(kept_site.answering("save"))
    sent = form_of(kept_site.client.get(here).text, here) | {"phrases": "squid"}

    assert kept_site.client.post(here, data=sent).status_code == 200
    assert kept_site.reader().subscription.interests[0].phrases == ("squid",)
    assert kept_site.client.post(f"{here}/export").status_code == 200
    assert kept_site.client.post(f"{here}/pause", data={"until": "2026-12-24"}).status_code == 200
    assert kept_site.state() == "paused"
    assert kept_site.client.post(f"{here}/resume").status_code == 200
    erased = kept_site.client.post(f"{here}/erase", data={"understood": "yes"})
    assert (erased.status_code, kept_site.state()) == (200, "erased")
