"""The way out: for people with a button, for mail programs with one POST."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from digest.links import Links, Purpose
from digest.models.subscribers import SubscriberState
from digest.services.deliver import deliver
from digest.services.ingest import ingest
from digest.services.plan import plan
from tests.factories import DAY, make_entry, make_listing
from tests.fakes.repositories import MemoryDeliveries
from tests.web.conftest import Site, parsed

ENCODINGS = ["urlencoded", "multipart"]


def one_click(site: Site, path: str, encoding: str = "urlencoded") -> httpx.Response:
    """Do what a mail program does."""
    if encoding == "urlencoded":
        return site.client.post(path, data={"List-Unsubscribe": "One-Click"})
    return site.client.post(path, files={"List-Unsubscribe": (None, b"One-Click")})


def told(answer: httpx.Response) -> tuple[int, bytes, Mapping[str, str]]:
    """Return all that whoever asked learns, less what time it is."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, headers


def nobodys(site: Site) -> str:
    """Return the link of somebody whom the store does not know."""
    return f"/u/{site.app.links.token(Purpose.UNSUBSCRIBE, 'subscriber-nobody')}"


def test_opening_the_page_asks_and_changes_nothing(site: Site) -> None:
    answer = site.client.get(site.leaving())

    assert answer.status_code == 200
    assert answer.text.count("<form") == answer.text.count("<button") == 2
    for action in (site.leaving(), f"{site.leaving()}/weekly"):
        assert f'<form method="post" action="{action}">' in answer.text
    assert site.state() == "active"


def test_the_page_is_the_same_for_everybody(site: Site) -> None:
    site.client.post(site.leaving("bob"))

    paths = (site.leaving(), site.leaving("bob"), nobodys(site))
    assert len({site.client.get(path).text.replace(path, "HERE") for path in paths}) == 1


def test_the_button_unsubscribes_and_says_so(site: Site) -> None:
    answer = site.client.post(site.leaving())

    assert (answer.status_code, site.state()) == (200, "unsubscribed")
    assert "<h1>You are unsubscribed</h1>" in answer.text
    assert site.state("bob") == "active"


def test_pressing_the_button_again_gets_the_same_answer(site: Site) -> None:
    first, second = site.client.post(site.leaving()), site.client.post(site.leaving())

    assert told(first) == told(second)


def test_a_goodbye_can_be_undone_on_the_page_for_a_day(site: Site) -> None:
    [undo] = parsed(site.client.post(site.leaving()).text).forms

    assert site.client.get(undo.action).status_code == 200
    assert site.state() == "unsubscribed"
    for _ in range(2):
        answer = site.client.post(undo.action)
        assert "<h1>Welcome back</h1>" in answer.text
        assert "Saturday 21 November at 07:00 (UTC)" in answer.text
        assert site.state() == "active"
    site.client.post(site.leaving())
    site.app.clock.advance(timedelta(hours=25))  # type: ignore[attr-defined]  # a stopped one
    assert site.client.post(undo.action).status_code == 410
    assert site.state() == "unsubscribed"
    assert "/back/" not in site.client.post(site.leaving()).text


def test_who_leaves_by_a_program_and_presses_later_cannot_be_brought_back_by_others(
    site: Site,
) -> None:
    one_click(site, site.leaving())
    site.app.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]  # a stopped one

    assert "/back/" not in site.client.post(site.leaving()).text
    assert "/back/" not in site.client.post(nobodys(site)).text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_coming_back_needs_a_token_of_its_own(site: Site, method: str) -> None:
    site.client.post(site.leaving())
    for path in ("/back/forged", site.leaving().replace("/u/", "/back/"), site.returning()[:-1]):
        assert site.client.request(method, path).status_code == 404
    assert site.state() == "unsubscribed"


def test_less_often_is_once_a_week_and_no_goodbye(site: Site) -> None:
    path = f"{site.leaving()}/weekly"
    assert site.client.get(path).text == site.client.get(site.leaving()).text

    answer = site.client.post(path)

    assert (answer.status_code, site.state()) == (200, "active")
    assert "Monday 23 November at 07:00 (UTC)" in answer.text
    assert site.reader().subscription.schedule.weekdays == (0,)
    site.client.post(site.leaving())
    assert site.client.post(path).status_code == 410
    assert site.client.post("/u/forged/weekly").status_code == 404


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_click_unsubscribes_at_once(site: Site, encoding: str) -> None:
    answer = one_click(site, site.leaving(), encoding)

    assert (answer.status_code, site.state()) == (200, "unsubscribed")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert not {"set-cookie", "location", "www-authenticate"} & set(answer.headers)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_click_tells_nobody_whether_there_is_such_a_reader(site: Site, encoding: str) -> None:
    paths = [
        site.leaving(),
        site.leaving(),  # who has just left
        nobodys(site),
        "/u/forged",
        site.leaving()[:-1],
        site.leaving("bob") + "x",
        site.opening().replace("/i/", "/u/"),
        f"/u/{Links(['another key']).token(Purpose.UNSUBSCRIBE, 'subscriber-bob')}",
    ]

    answers = [told(one_click(site, path, encoding)) for path in paths]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    assert (site.state(), site.state("bob")) == ("unsubscribed", "active")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", None),
        (b"", "application/x-www-form-urlencoded"),
        (b"List-Unsubscribe=Two-Clicks", "application/x-www-form-urlencoded"),
        (b"x=1&" * 2_000, "application/x-www-form-urlencoded"),
        (b"--no boundary", "multipart/form-data"),
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
        (b"\xff\x00", "nonsense"),
    ],
)
def test_a_post_is_a_wish_to_leave_whatever_it_carries(
    site: Site, content: bytes, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    answer = site.client.post(site.leaving(), content=content, headers=headers)

    assert (answer.status_code, site.state()) == (200, "unsubscribed")


def test_a_file_of_that_name_is_no_one_click(site: Site) -> None:
    answer = site.client.post(
        site.leaving(), files={"List-Unsubscribe": ("One-Click", b"One-Click")}
    )

    assert "<h1>You are unsubscribed</h1>" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_was_cut_forged_or_made_for_something_else_opens_nothing(
    site: Site, method: str
) -> None:
    own = site.leaving()
    other_key = Links(["another key"]).token(Purpose.UNSUBSCRIBE, "subscriber-ada")
    token = own.rpartition(".")[2]
    for path in (
        "/u/forged",
        own[:-1],
        own[:-9],
        f"/u/subscriber-bob.{token}",
        site.opening().replace("/i/", "/u/"),
        f"/u/{other_key}",
        "/u/" + "x" * 5_000,
        "/u/%ED%A0%80",
    ):
        answer = site.client.request(method, path)

        assert answer.status_code == 404
        assert "<h1>This link leads nowhere</h1>" in answer.text
        assert "ada" not in answer.text
    assert (site.state(), site.state("bob")) == ("active", "active")


def test_who_left_gets_nothing_the_next_day(kept_site: Site) -> None:
    one_click(kept_site, kept_site.leaving())
    sent = len(kept_site.emails)
    next_day = DAY.replace(day=DAY.day + 1)
    titles = ("Whales sleep standing", "Bread sings in the oven")
    listing = make_listing(*map(make_entry, titles), day=next_day)
    ingest([listing], next_day, store=kept_site.app.store)

    plan(next_day, store=kept_site.app.store, clock=kept_site.app.clock)
    deliver(next_day, carriage=kept_site.app.carriage)

    assert [email.recipient for email in kept_site.emails[sent:]] == ["bob@example.org"]


def test_what_is_logged_holds_no_token_and_no_address(site: Site) -> None:
    with capture_logs() as logs:
        site.client.get(site.leaving())
        one_click(site, site.leaving())
        site.client.post(site.leaving())
        one_click(site, "/u/forged")
        site.client.get(site.opening())
        site.client.get("/u/forged")

    said = repr(logs)
    assert site.leaving().rpartition(".")[2] not in said
    assert site.opening().rpartition(".")[2] not in said
    assert "forged" not in said
    assert "@" not in said
    told = [log for log in logs if log["event"] == "unsubscribed"]
    assert [(log["subscriber"], log["before"], log["one_click"]) for log in told] == [
        ("subscriber-ada", False, True),
        ("subscriber-ada", True, False),
    ]


def test_somebody_else_in_between_does_not_undo_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    suppress = MemoryDeliveries.suppress
    seen: list[SubscriberState] = []

    def watched(self: MemoryDeliveries, subscription_id: str, *, reason: str) -> int:
        # What others see while the second transaction is open.
        seen.append(site.state())
        return suppress(self, subscription_id, reason=reason)

    monkeypatch.setattr(MemoryDeliveries, "suppress", watched)
    one_click(site, site.leaving())

    assert seen == [SubscriberState.UNSUBSCRIBED]
