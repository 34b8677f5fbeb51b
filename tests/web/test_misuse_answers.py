"""A stranger who signs other people up: what they learn from the answers, and what is kept."""

from collections.abc import Iterator

import httpx
import pytest

from digest.models.subscribers import SubscriberState, Suppression, address_hmac
from digest.web.stamps import stamp
from digest.web.webhooks.submissions import HONEYPOT
from tests.factories import KEY, make_reader
from tests.fakes import MemoryStore
from tests.web.strangers import (
    DAY,
    DOORS,
    Door,
    Stranger,
    Try,
    answer_of,
    by_html_form,
    by_html_form_in_a_browser,
    by_page,
    kept,
    strange,
)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with strange(MemoryStore()) as one:
        yield one


@pytest.mark.parametrize("door", DOORS)
def test_nobody_learns_from_an_answer_who_is_known_here(stranger: Stranger, door: Door) -> None:
    store, clock = stranger.app.store, stranger.clock
    with store.begin() as work:
        for state in SubscriberState:
            if state is not SubscriberState.ERASED:
                assert work.subscribers.add(make_reader(state.value, state=state))
        barred = address_hmac("gone@example.org", key=KEY)
        put = Suppression(address_hmac=barred, reason=SubscriberState.ERASED, at=clock.now())
        work.suppressions.put([put])
    names = [state.value for state in SubscriberState] + ["gone", "new", "asked", "asked", "asked"]
    tries = [Try(address=f"{name}@example.org") for name in names]
    tries += [Try(address=f"limited{place}@example.org") for place in range(10)]
    # Well formed, and there is no such mailbox, no such host, no such network.
    tries += [Try(address="nobody@no-such-host.example.org"), Try(address="x@xn--bcher-kva.de")]
    tries += [Try(address="a+b@example.org", network="unknown"), Try(address="ü@example.org")]

    answers = set()
    for one in tries:
        answers.add(answer_of(stranger.send(door, one)))
        became = stranger.work()
        assert sum(became.values()) <= 1
    [(status, body, _headers)] = answers

    assert status == 200
    assert b"@" not in body.replace(b"@media", b"")


@pytest.mark.parametrize("door", [by_page, by_html_form, by_html_form_in_a_browser])
def test_a_program_that_fills_in_what_nobody_sees_is_kept_nowhere(
    stranger: Stranger, door: Door
) -> None:
    person, program = (Try(address=f"{who}@example.org") for who in ("person", "program"))
    before = kept(stranger)
    request = door(stranger, program)
    content = request.content + f"&{HONEYPOT}=https%3A%2F%2Fspam.example.org".encode()
    headers = [pair for pair in request.headers.items() if pair[0] != "content-length"]
    caught = httpx.Request("POST", request.url, content=content, headers=headers)

    answer = stranger.runner.run(stranger.client.send(caught))

    assert kept(stranger) == before
    assert answer_of(answer) == answer_of(stranger.send(door, person))
    assert kept(stranger) != before


@pytest.mark.parametrize("given", ["", "forged", "now", "future"])
def test_a_program_that_answers_at_once_is_kept_nowhere(stranger: Stranger, given: str) -> None:
    links, now = stranger.app.links, stranger.clock.now()
    shown = {"now": stamp(links, now), "future": stamp(links, now + DAY)}.get(given, given)
    said = {"email": "eve@example.org", "interests": "whales", "stamp": shown}
    before = kept(stranger)

    request = stranger.request("/signup", "203.0.113.9", data=said)
    answer = stranger.runner.run(stranger.client.send(request))

    assert kept(stranger) == before
    person = Try(address="person@example.org")
    assert answer_of(answer) == answer_of(stranger.send(by_page, person))
