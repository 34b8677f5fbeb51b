import gzip
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from digest.errors import SourceRefused, SourceUnavailable
from digest.sources.http import OPENALEX, Manners
from tests.factories import NOON
from tests.fakes import MemoryTurns, StoppedClock
from tests.sources.http.asking import SERVICE, URL, asking
from tests.sources.http.server import Asked, answer, serving


def transport(*replies: httpx.Response | Exception) -> httpx.MockTransport:
    left = list(replies)

    def handle(request: httpx.Request) -> httpx.Response:
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        reply.request = request
        return reply

    return httpx.MockTransport(handle)


def test_we_say_who_we_are_and_what_we_want_to_know() -> None:
    with serving(answer(body=b"[1]", headers={"X-Next": "2"})) as server, asking() as scene:
        reply = scene.client.get(
            f"{server.url}/list", manners=SERVICE, parameters={"day": "2026-11-20"}
        )
    [asked] = server.requests()
    assert asked.target == "/list?day=2026-11-20"
    assert asked.headers["user-agent"] == "paper-digest/1 (ada@example.org)"
    assert asked.headers["accept-encoding"] == "gzip"
    assert (reply.status, reply.content, reply.whole) == (200, b"[1]", True)
    assert reply.headers["x-next"] == "2"
    assert reply.url == f"{server.url}/list"


def test_parameters_join_those_of_the_url_which_else_stays_as_it_is() -> None:
    with serving(answer()) as server, asking() as scene:
        scene.client.get(f"{server.url}/?a=1", manners=SERVICE, parameters={"b": "2"})
        scene.client.get(f"{server.url}/?a=%2f", manners=SERVICE)
    assert [asked.target for asked in server.requests()] == ["/?a=1&b=2", "/?a=%2f"]


def test_a_long_question_is_posted_and_asked_again_as_freely() -> None:
    with serving(answer(503), answer(body=b"{}")) as server, asking() as scene:
        reply = scene.client.post(f"{server.url}/batch", manners=SERVICE, json={"ids": ["a"]})
    assert reply.content == b"{}"
    assert [(a.method, a.body) for a in server.requests()] == [("POST", b'{"ids":["a"]}')] * 2


def test_an_unchanged_page_is_an_answer_only_to_who_asked_for_changes() -> None:
    with asking(transport(httpx.Response(304))) as scene:
        reply = scene.client.get(URL, manners=SERVICE, headers={"If-None-Match": '"a"'})
        assert reply.status == 304
        with pytest.raises(SourceUnavailable, match=r"do not understand \(304\)"):
            scene.client.get(URL, manners=SERVICE)


def test_a_status_that_is_expected_is_an_answer() -> None:
    with asking(transport(httpx.Response(404, text="no such paper"))) as scene:
        reply = scene.client.get(URL, manners=SERVICE, accept={404})
    assert (reply.status, reply.content) == (404, b"no such paper")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "papers.example.org does not let us in (401); check its key or token"),
        (403, "papers.example.org does not let us in (403); check its key or token"),
        (404, "papers.example.org does not answer /list (404); check its URL"),
        (410, "papers.example.org does not answer /list (410); check its URL"),
    ],
)
def test_a_refusal_is_not_asked_again(status: int, said: str) -> None:
    with asking(transport(httpx.Response(status))) as scene:
        with pytest.raises(SourceRefused) as refused:
            scene.client.get(URL, manners=SERVICE, parameters={"api_key": "s3cret"})
        assert str(refused.value).startswith(said)
        assert "s3cret" not in str(refused.value)
        assert scene.slept == []


@pytest.mark.parametrize("status", [202, 304, 501])
def test_an_odd_answer_is_no_reason_to_insist(status: int) -> None:
    with asking(transport(httpx.Response(status))) as scene:
        with pytest.raises(SourceUnavailable, match="do not understand"):
            scene.client.get(URL, manners=SERVICE)
        assert scene.slept == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again_after_a_while(status: int) -> None:
    with serving(answer(status), answer(body=b"here")) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"here"
        assert scene.slept == [2.0]


def test_three_attempts_are_enough_and_wait_longer_each_time() -> None:
    with serving(answer(503)) as server, asking() as scene:
        with pytest.raises(SourceUnavailable) as failed:
            scene.client.get(server.url, manners=SERVICE)
        assert str(failed.value) == "localhost cannot answer now (503)."
        assert failed.value.retry_at is None
        assert len(server.requests()) == 3
        assert scene.slept == [2.0, 4.0]


def test_how_long_we_wait_is_left_to_chance() -> None:
    with serving(answer(503)) as server, asking(jitter=lambda: 0.25) as scene:
        with pytest.raises(SourceUnavailable):
            scene.client.get(server.url, manners=SERVICE)
        assert scene.slept == [0.5, 1.0]


def test_a_short_retry_after_is_waited_for() -> None:
    busy = answer(503, headers={"Retry-After": "7"})
    with serving(busy, answer(body=b"here")) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"here"
        assert scene.slept == [3.0, 3.0, 1.0]


def test_a_long_retry_after_is_left_to_another_time() -> None:
    with serving(answer(503, headers={"Retry-After": "3600"})) as server, asking() as scene:
        for _ in range(2):
            with pytest.raises(SourceUnavailable) as failed:
                scene.client.get(server.url, manners=SERVICE)
            assert failed.value.retry_at == NOON + timedelta(hours=1)
        assert len(server.requests()) == 1
        assert scene.slept == []


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({}, 10),
        ({"Retry-After": "120"}, 2),
        ({"Retry-After": "0"}, 10),
        ({"RateLimit": '"api";r=0;t=300'}, 5),
        ({"X-RateLimit-Remaining": "0"}, 12 * 60),
    ],
)
def test_after_a_429_nobody_asks_for_a_while(headers: dict[str, str], minutes: int) -> None:
    manners = Manners(name="a", pause=timedelta(0), silence=timedelta(minutes=10))
    back = NOON + timedelta(minutes=minutes)
    with serving(answer(429, headers=headers), answer()) as server, asking() as scene:
        for _ in range(2):
            with pytest.raises(SourceUnavailable, match=r"localhost .*asked") as failed:
                scene.client.get(server.url, manners=manners)
            assert failed.value.retry_at == back
        assert len(server.requests()) == 1
        assert scene.slept == []
        scene.clock.time = back
        assert scene.client.get(server.url, manners=manners).status == 200


def test_the_last_answer_of_a_budget_is_followed_by_silence() -> None:
    last = answer(body=b"last", headers={"RateLimit": '"api";r=0;t=300'})
    with serving(last) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"last"
        with pytest.raises(SourceUnavailable) as failed:
            scene.client.get(server.url, manners=SERVICE)
        assert failed.value.retry_at == NOON + timedelta(minutes=5)


def test_no_key_is_logged_or_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(answer(), answer(503)) as server, asking() as scene:
        secret: dict[str, Any] = {
            "manners": OPENALEX,
            "parameters": {"api_key": "s3cret"},
            "headers": {"Authorization": "Bearer s3cret"},
        }
        reply = scene.client.get(server.url, **secret)
        assert "s3cret" not in repr(reply)
        with pytest.raises(SourceUnavailable) as failed:
            scene.client.get(server.url, **secret)
    assert "s3cret" not in str(failed.value)
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("token", ["s3cret\nHost: elsewhere.example", "s3cret\u2026"])
def test_a_token_that_cannot_be_sent_is_not_shown(token: str) -> None:
    with serving(answer()) as server, asking() as scene:
        with pytest.raises(SourceRefused, match="cannot be sent as it is") as refused:
            scene.client.get(server.url, manners=SERVICE, headers={"Authorization": token})
        assert "s3cret" not in str(refused.value)
        assert refused.value.__suppress_context__
        assert server.requests() == []


@pytest.mark.parametrize("url", ["https://", "https://a\x00b/", "ftp://a.example/", "nothing"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with asking() as scene, pytest.raises(SourceRefused, match="settings"):
        scene.client.get(url, manners=SERVICE)


def test_a_packed_answer_is_unpacked() -> None:
    packed = answer(body=gzip.compress(b"x" * 5000), headers={"Content-Encoding": "gzip"})
    with serving(packed) as server, asking() as scene:
        assert scene.client.get(server.url, manners=SERVICE).content == b"x" * 5000


PATHS: dict[str, httpx.Response | BaseException] = {
    "well": httpx.Response(200, text="well"),
    "spent": httpx.Response(200, headers={"RateLimit": '"api";r=0;t=9'}),
    "not there": httpx.Response(404),
    "too often": httpx.Response(429),
    "busy": httpx.Response(503, headers={"Retry-After": "5"}),
    "too large": httpx.Response(200, content=b"x" * 200),
    "elsewhere": httpx.Response(302, headers={"Location": "https://other.example/"}),
    "unreachable": httpx.ConnectError("no"),
    "late": httpx.ReadTimeout("late"),
    "garbled": httpx.RemoteProtocolError("what?"),
    "stopped": KeyboardInterrupt(),
    "a slip of ours": ZeroDivisionError(),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_turn_is_given_back_whatever_happens(path: str) -> None:
    manners = Manners(name="a", pause=timedelta(seconds=2), largest=100)
    turns, clock, held = MemoryTurns(), StoppedClock(), []

    def handle(_: httpx.Request) -> httpx.Response:
        held.append(turns.holder("a"))
        outcome = PATHS[path]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    passing = (SourceRefused, SourceUnavailable, KeyboardInterrupt, ZeroDivisionError)
    with asking(httpx.MockTransport(handle), turns=turns, clock=clock) as scene, suppress(*passing):
        scene.client.get(URL, manners=manners)
    assert held
    assert all(held)
    assert turns.holder("a") == ""
    again = turns.take("a", holder="next", now=clock.now(), until=clock.now())
    assert again is not None
    assert again >= clock.now() + manners.pause


def test_an_interrupt_ends_a_download_and_the_turn() -> None:
    def interrupted(_: Asked) -> list[bytes]:
        return [answer(body=b"some", headers={"Content-Length": "9000"})]

    ticks = iter([0.0])

    def monotonic() -> float:
        for tick in ticks:
            return tick
        raise KeyboardInterrupt

    with serving(interrupted) as server, asking(monotonic=monotonic) as scene:
        with pytest.raises(KeyboardInterrupt):
            scene.client.get(server.url, manners=SERVICE)
        assert scene.memory.holder(SERVICE.name) == ""
