"""The two questions that letters ask, and what a page says when they are answered."""

from datetime import timedelta

import pytest

from digest.links import Purpose
from digest.models.letters import LetterKind
from digest.models.subscribers import SubscriberState
from digest.services import change
from digest.services.post import tokens_for
from tests.fakes import StoppedClock
from tests.web.conftest import Site, parsed


def link(site: Site, kind: LetterKind = LetterKind.CONFIRM) -> str:
    """Return the path that the one letter of that kind asks for."""
    [letter] = [letter for letter in site.letters() if letter.kind is kind]
    door = "/confirm" if kind is LetterKind.CONFIRM else "/address"
    return f"{door}/{tokens_for(letter, links=site.app.links).asks}"


@pytest.fixture
def confirm(site: Site) -> str:
    site.sign_up(time_zone="Europe/Vienna")
    site.admit()
    return link(site)


@pytest.fixture
def move(site: Site) -> str:
    site.client.post(f"{site.settings()}/address", data={"email": "lovelace@example.org"})
    site.admit()
    return link(site, LetterKind.NEW_ADDRESS)


def wait(site: Site, time: timedelta) -> None:
    assert isinstance(site.app.clock, StoppedClock)
    site.app.clock.advance(time)


def state(site: Site, name: str = "eve") -> SubscriberState:
    return site.reader(name).subscriber.state


def test_opening_the_link_asks_with_one_form_and_changes_nothing(site: Site, confirm: str) -> None:
    answer = site.client.get(confirm)

    [form] = parsed(answer.text).forms
    assert (answer.status_code, form.method) == (200, "POST")
    assert all(field.get("type") == "hidden" for field in form.iter("input"))
    assert state(site) is SubscriberState.PENDING


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://mail.example.net"}],
    ids=["bare", "cross-site", "origin"],
)
def test_the_button_lets_them_in_and_says_when_the_first_issue_comes(
    site: Site, confirm: str, headers: dict[str, str]
) -> None:
    answer = site.client.post(confirm, headers=headers)

    assert (answer.status_code, state(site)) == (200, SubscriberState.ACTIVE)
    assert "<h1>You are in</h1>" in answer.text
    assert "Saturday 21 November at 07:00 (Europe/Vienna)" in answer.text
    assert [letter.kind for letter in site.letters()] == [LetterKind.WELCOME]
    [settings] = parsed(answer.text).xpath("//main//a/@href")
    assert "eve@example.org" in site.client.get(settings).text


def test_pressing_twice_is_pressing_once(site: Site, confirm: str) -> None:
    first, second = site.client.post(confirm), site.client.post(confirm)

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(site.letters()) == 1


def test_a_link_that_was_answered_asks_no_more_and_opens_no_settings(
    site: Site, confirm: str
) -> None:
    assert "/me/" in site.client.post(confirm).text

    again, page = site.client.post(confirm), site.client.get(confirm)

    assert (again.status_code, page.status_code) == (200, 410)
    assert "answered this already" in page.text
    assert "/me/" not in again.text + page.text


def test_two_sign_ups_of_one_person_may_both_be_answered(site: Site, confirm: str) -> None:
    wait(site, timedelta(minutes=20))
    site.sign_up(interests="bread")
    site.admit()
    [letter] = [one for one in site.letters() if not confirm.endswith(one.subject_id)][-1:]
    second = f"/confirm/{tokens_for(letter, links=site.app.links).asks}"

    assert [site.client.post(path).status_code for path in (confirm, second)] == [200, 200]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_after_two_days_it_is_over(site: Site, confirm: str, method: str) -> None:
    wait(site, timedelta(hours=48))

    answer = site.client.request(method, confirm)

    assert (answer.status_code, state(site)) == (410, SubscriberState.PENDING)
    assert "<h1>This link is not good any more</h1>" in answer.text
    assert 'href="/signup"' in answer.text


def test_who_left_after_it_was_used_does_not_come_back_by_it(site: Site, confirm: str) -> None:
    site.client.post(confirm)
    token = site.app.links.token(Purpose.UNSUBSCRIBE, site.reader("eve").subscriber.id)
    site.client.post(f"/u/{token}")

    answer = site.client.post(confirm)

    assert (answer.status_code, state(site)) == (410, SubscriberState.UNSUBSCRIBED)
    assert "used before" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_was_erased_is_not_brought_back(site: Site, confirm: str, method: str) -> None:
    change.erase(site.reader("eve"), store=site.app.store, clock=site.app.clock)

    assert site.client.request(method, confirm).status_code == 410
    with site.app.store.read() as work:
        assert work.subscribers.counts()[SubscriberState.ERASED] == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_forged_or_of_another_purpose_opens_nothing(
    site: Site, confirm: str, move: str, method: str
) -> None:
    token = confirm.removeprefix("/confirm/")
    for path in (
        "/confirm/forged",
        confirm[:-1],
        f"/address/{token}",
        move.replace("/address/", "/confirm/"),
        site.leaving().replace("/u/", "/confirm/"),
        f"/me/{token}",
    ):
        answer = site.client.request(method, path)
        assert answer.status_code == 404
        assert "eve" not in answer.text
    assert state(site) is SubscriberState.PENDING


def test_a_token_of_a_signup_that_is_not_kept_is_over(site: Site) -> None:
    until = site.app.clock.now() + timedelta(hours=1)
    token = site.app.links.token(Purpose.CONFIRM, "nobodys", until=until)

    for method in ("GET", "POST"):
        assert site.client.request(method, f"/confirm/{token}").status_code == 410


def test_the_new_address_is_taken_when_it_says_so(site: Site, move: str) -> None:
    settings = site.settings()
    assert site.client.get(move).status_code == 200
    assert site.reader().subscriber.address == "ada@example.org"

    answer = site.client.post(move)

    assert "<h1>Your address is changed</h1>" in answer.text
    moved = site.reader("lovelace").subscriber
    assert (moved.id, moved.state) == ("subscriber-ada", SubscriberState.ACTIVE)
    assert site.client.get(settings).status_code == 410
    [newer] = parsed(answer.text).xpath("//main//a/@href")
    assert "lovelace@example.org" in site.client.get(newer).text
    told = [letter for letter in site.letters() if letter.kind is LetterKind.MOVED]
    assert [letter.address for letter in told] == ["ada@example.org"]


def test_moving_twice_is_moving_once(site: Site, move: str) -> None:
    assert [site.client.post(move).status_code for _ in range(2)] == [200, 200]
    assert len([one for one in site.letters() if one.kind is LetterKind.MOVED]) == 1


def test_who_left_meanwhile_does_not_move(site: Site, move: str) -> None:
    site.client.post(site.leaving())

    assert site.client.post(move).status_code == 410
    assert site.reader().subscriber.state is SubscriberState.UNSUBSCRIBED


def test_somebody_who_is_paused_is_told_so(site: Site, move: str) -> None:
    site.client.post(f"{site.settings()}/pause")

    assert "the next issue comes" not in site.client.post(move).text
