import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from digest.bootstrap import SystemClock
from digest.errors import SourceUnavailable
from digest.sources.http import ARXIV, HUGGING_FACE, Client, Manners, pacing
from digest.sources.turns import StoreTurns
from digest.store.sql import SqlStore
from tests.fakes import CountingTokens, MemoryTurns, StoppedClock
from tests.sources.http.asking import SERVICE, URL, asking
from tests.sources.http.server import Asked, answer, serving
from tests.store.databases import fresh_sqlite

WELL = httpx.MockTransport(lambda _: httpx.Response(200))
FEED = "https://rss.arxiv.org/rss/cs.CL"
API = "https://export.arxiv.org/api/query"


def test_a_pause_is_kept_between_requests_to_one_service_whatever_its_host() -> None:
    with asking(WELL) as scene:
        scene.client.get(FEED, manners=ARXIV)
        scene.client.get(API, manners=ARXIV)
        scene.client.get(API, manners=ARXIV)
        assert scene.slept == [3.0, 3.0]


def test_services_do_not_wait_for_each_other() -> None:
    with asking(WELL) as scene:
        scene.client.get(FEED, manners=ARXIV)
        scene.client.get("https://huggingface.co/", manners=HUGGING_FACE)
        assert scene.slept == []


def test_a_pause_counts_from_the_end_of_an_answer() -> None:
    def slow(_: httpx.Request) -> httpx.Response:
        clock.advance(timedelta(seconds=10))
        return httpx.Response(200)

    clock = StoppedClock()
    with asking(httpx.MockTransport(slow), clock=clock) as scene:
        scene.client.get(FEED, manners=ARXIV)
        scene.client.get(FEED, manners=ARXIV)
        assert scene.slept == [3.0]


def test_a_stand_in_on_this_machine_needs_no_pause() -> None:
    with serving(answer()) as server, asking() as scene:
        scene.client.get(server.url, manners=ARXIV)
        scene.client.get(server.url, manners=ARXIV)
        assert scene.slept == []


def test_a_pause_that_is_set_is_kept_everywhere() -> None:
    with serving(answer()) as server, asking(pause=timedelta(seconds=2)) as scene:
        scene.client.get(server.url, manners=ARXIV)
        scene.client.get(server.url, manners=ARXIV)
        assert scene.slept == [2.0]
    with asking(WELL, pause=timedelta(0)) as scene:
        scene.client.get(FEED, manners=ARXIV)
        scene.client.get(FEED, manners=ARXIV)
        assert scene.slept == []


def at_night() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 20, 0, 20, tzinfo=UTC))


def test_quiet_hours_are_kept() -> None:
    with asking(WELL, clock=at_night()) as scene:
        with pytest.raises(SourceUnavailable) as refused:
            scene.client.get(FEED, manners=ARXIV)
        assert str(refused.value) == (
            "rss.arxiv.org is not asked before 01:00 UTC: these are its quiet hours."
        )
        assert refused.value.retry_at == datetime(2026, 11, 20, 1, tzinfo=UTC)
        assert scene.slept == []


def test_quiet_hours_that_begin_while_we_wait_are_kept() -> None:
    clock = StoppedClock(datetime(2026, 11, 19, 23, 59, 59, tzinfo=UTC))
    with asking(WELL, clock=clock) as scene:
        scene.client.get(FEED, manners=ARXIV)
        with pytest.raises(SourceUnavailable, match="quiet hours"):
            scene.client.get(FEED, manners=ARXIV)


def test_a_stand_in_has_no_quiet_hours() -> None:
    with serving(answer()) as server:
        for pause in (None, timedelta(seconds=1)):
            with asking(clock=at_night(), pause=pause) as scene:
                assert scene.client.get(server.url, manners=ARXIV).status == 200


def test_who_comes_while_another_asks_waits_until_that_has_ended() -> None:
    with asking(WELL) as scene:
        turns, clock = scene.memory, scene.clock
        start = clock.now()
        turns.take("arXiv", holder="another", now=start, until=start + timedelta(seconds=20))

        def ends(seconds: float) -> None:
            scene.sleep(seconds)
            if clock.now() >= start + timedelta(seconds=5):
                turns.give_back("arXiv", holder="another", free_at=start + timedelta(seconds=8))

        with asking(WELL, turns=turns, clock=clock, sleep=ends) as other:
            assert other.client.get(FEED, manners=ARXIV).status == 200
        assert scene.slept == [3.0, 3.0, 2.0]


def test_who_would_wait_too_long_is_told_when_to_come_back() -> None:
    with asking(WELL) as scene:
        turns, clock, slept = scene.memory, scene.clock, scene.slept
        lease = timedelta(seconds=20)
        turns.take("arXiv", holder="another", now=clock.now(), until=clock.now() + lease)

        def goes_on(seconds: float) -> None:
            scene.sleep(seconds)
            turns.hold("arXiv", holder="another", until=clock.now() + lease)

        with (
            asking(WELL, turns=turns, clock=clock, sleep=goes_on) as other,
            pytest.raises(SourceUnavailable) as refused,
        ):
            other.client.get(FEED, manners=ARXIV)
        assert refused.value.retry_at == clock.now() + lease
        assert sum(slept) == 30
        assert turns.holder("arXiv") == "another"


def test_a_turn_is_held_on_to_while_an_answer_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "SIGN_OF_LIFE", 0.001)
    signs = Event()

    class Watched(MemoryTurns):
        def hold(self, host: str, *, holder: str, until: datetime) -> None:
            super().hold(host, holder=holder, until=until)
            assert self.holder(host) == holder
            signs.set()

    def slow(_: httpx.Request) -> httpx.Response:
        assert signs.wait(30)
        return httpx.Response(200)

    with asking(httpx.MockTransport(slow), turns=Watched()) as scene:
        assert scene.client.get(FEED, manners=ARXIV).status == 200


def test_a_clock_that_stands_still_does_not_keep_us_waiting_for_ever() -> None:
    slept: list[float] = []
    with asking(WELL, sleep=slept.append) as scene:
        scene.client.get(FEED, manners=ARXIV)
        with pytest.raises(SourceUnavailable):
            scene.client.get(FEED, manners=ARXIV)
        assert sum(slept) == 30


def test_a_long_silence_is_not_waited_for() -> None:
    with asking(WELL) as scene:
        back = scene.clock.now() + timedelta(minutes=10)
        scene.memory.silence("arXiv", until=back)
        with pytest.raises(SourceUnavailable) as refused:
            scene.client.get(FEED, manners=ARXIV)
        assert refused.value.retry_at == back
        assert scene.slept == []


def test_threads_that_share_turns_ask_one_at_a_time_with_a_pause_after_each() -> None:
    turns, clock, tokens = MemoryTurns(), SystemClock(), CountingTokens()
    manners = Manners(name="a service", pause=timedelta(milliseconds=20))
    begun: list[datetime] = []
    ended: list[datetime] = []

    def handle(_: httpx.Request) -> httpx.Response:
        assert len(begun) == len(ended)
        begun.append(clock.now())
        time.sleep(0.005)
        ended.append(clock.now())
        return httpx.Response(200)

    def ask() -> None:
        client = Client(
            user_agent="one of two",
            turns=turns,
            clock=clock,
            tokens=tokens,
            transport=httpx.MockTransport(handle),
        )
        with closing(client):
            for _ in range(3):
                client.get(URL, manners=manners)

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 6
    assert all(
        later - earlier >= manners.pause for earlier, later in zip(ended, begun[1:], strict=False)
    )


PROJECT = Path(__file__).resolve().parents[3]
ASKING = """
import sys
from datetime import timedelta
from digest.sources.http import Client, Manners
from digest.sources.turns import StoreTurns
from digest.store.sql import SqlStore
from tests.fakes import CountingTokens, StoppedClock

Client(
    user_agent="killed",
    turns=StoreTurns(SqlStore(sys.argv[1])),
    clock=StoppedClock(),
    tokens=CountingTokens(),
).get(sys.argv[2], manners=Manners(name="a service", pause=timedelta(seconds=2)))
"""


def test_a_turn_of_who_was_killed_lapses(tmp_path: Path) -> None:
    database = fresh_sqlite(tmp_path)
    store = SqlStore(database)

    def kill(_: Asked) -> list[bytes]:
        child.kill()
        child.wait()
        return []

    with serving(kill, answer(body=b"here")) as server:
        child = subprocess.Popen([sys.executable, "-c", ASKING, database, server.url], cwd=PROJECT)
        child.wait(timeout=60)
        assert child.returncode < 0
        with asking(turns=StoreTurns(store), tokens=LaterTokens()) as scene:
            assert scene.client.get(server.url, manners=SERVICE).content == b"here"
            assert 0 < sum(scene.slept) <= 20
    store.close()


class LaterTokens:
    """Other names than the first of another process."""

    def __init__(self) -> None:
        self._tokens = CountingTokens()

    def new(self) -> str:
        return "later" + self._tokens.new()
