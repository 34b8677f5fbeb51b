"""What every keeper of turns agrees on."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from redis import Redis

from digest.errors import SourceUnavailable
from digest.ports import Turns
from digest.sources.turns import RedisTurns, StoreTurns
from digest.store.sql import SqlStore
from tests.factories import NOON
from tests.fakes import MemoryStore, MemoryTurns
from tests.store.databases import fresh_sqlite


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis database of our own, emptied before and after."""
    url = os.environ.get("DIGEST_TEST_REDIS_URL")  # noqa: TID251 - where tests find a server
    if not url:
        pytest.skip("DIGEST_TEST_REDIS_URL is not set, so nothing is tried on Redis")
    own = url.rpartition("/")[0] + f"/{1 + os.getpid() % 15}"
    with Redis.from_url(own) as client:
        client.flushdb()
        yield own
        client.flushdb()


@pytest.fixture(params=["memory", "memory store", "sqlite", "redis"])
def turns(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Turns]:
    """Every keeper of turns, with nobody's turn."""
    match request.param:
        case "memory":
            yield MemoryTurns()
        case "memory store":
            yield StoreTurns(MemoryStore())
        case "sqlite":
            with closing(SqlStore(fresh_sqlite(tmp_path))) as store:
                yield StoreTurns(store)
        case _:
            with closing(RedisTurns(request.getfixturevalue("redis_url"))) as kept:
                yield kept


def take(turns: Turns, holder: str, seconds: float, host: str = "a") -> datetime | None:
    """Ask for a turn of a minute, so many seconds after noon."""
    return turns.take(host, holder=holder, now=at(seconds), until=at(seconds + 60))


def test_a_turn_is_one_at_a_time(turns: Turns) -> None:
    assert take(turns, "me", 0) is None
    assert take(turns, "you", 1) == at(60)


def test_each_host_has_its_own_turns(turns: Turns) -> None:
    assert take(turns, "me", 0) is None
    assert take(turns, "you", 0, host="b") is None


def test_after_a_turn_there_is_a_pause(turns: Turns) -> None:
    take(turns, "me", 0)
    turns.give_back("a", holder="me", free_at=at(8.25))
    assert take(turns, "you", 5) == at(8.25)
    assert take(turns, "me", 8.249999) == at(8.25)
    assert take(turns, "you", 8.25) is None


def test_a_turn_lapses(turns: Turns) -> None:
    take(turns, "me", 0)
    assert take(turns, "you", 59.999999) == at(60)
    assert take(turns, "you", 60) is None
    assert take(turns, "another", 61) == at(120)


def test_a_turn_that_is_held_on_to_lapses_later(turns: Turns) -> None:
    take(turns, "me", 0)
    turns.hold("a", holder="me", until=at(90))
    assert take(turns, "you", 61) == at(90)
    assert take(turns, "you", 90) is None


def test_nobody_holds_on_to_a_turn_of_anothers(turns: Turns) -> None:
    turns.hold("a", holder="me", until=at(90))
    assert take(turns, "you", 1) is None
    turns.hold("a", holder="me", until=at(900))
    assert take(turns, "another", 2) == at(61)
    turns.give_back("a", holder="you", free_at=at(5))
    turns.hold("a", holder="you", until=at(900))
    assert take(turns, "another", 5) is None


def test_a_turn_that_lapsed_ends_nobody_elses(turns: Turns) -> None:
    take(turns, "me", 0)
    take(turns, "you", 60)
    turns.give_back("a", holder="me", free_at=at(61))
    assert take(turns, "another", 62) == at(120)


def test_a_turn_is_given_back_once(turns: Turns) -> None:
    take(turns, "me", 0)
    turns.give_back("a", holder="me", free_at=at(5))
    turns.give_back("a", holder="me", free_at=at(90))
    assert take(turns, "you", 5) is None


def test_what_nobody_took_cannot_be_given_back(turns: Turns) -> None:
    turns.give_back("a", holder="me", free_at=at(90))
    assert take(turns, "you", 0) is None


def test_in_a_silence_nobody_has_a_turn(turns: Turns) -> None:
    turns.silence("a", until=at(600))
    assert take(turns, "me", 599) == at(600)
    assert take(turns, "me", 600) is None


def test_a_silence_is_never_shortened(turns: Turns) -> None:
    turns.silence("a", until=at(600))
    turns.silence("a", until=at(30))
    assert take(turns, "me", 31) == at(600)
    turns.silence("a", until=at(900))
    assert take(turns, "me", 601) == at(900)


def test_a_silence_outlasts_the_turn_in_which_it_began(turns: Turns) -> None:
    take(turns, "me", 0)
    turns.silence("a", until=at(600))
    turns.give_back("a", holder="me", free_at=at(4))
    assert take(turns, "you", 5) == at(600)


def test_a_turn_outlasts_a_shorter_silence(turns: Turns) -> None:
    take(turns, "me", 0)
    turns.silence("a", until=at(10))
    assert take(turns, "you", 11) == at(60)
    turns.give_back("a", holder="me", free_at=at(20))
    assert take(turns, "you", 12) == at(20)


def test_of_many_who_come_at_once_one_has_the_turn(turns: Turns) -> None:
    start, answers = Barrier(6), []

    def come(holder: str) -> None:
        start.wait()
        answers.append(take(turns, holder, 0))

    threads = [Thread(target=come, args=(f"holder {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [at(60)] * 5 + [None]


def test_two_on_one_redis_share_their_turns(redis_url: str) -> None:
    with closing(RedisTurns(redis_url)) as one, closing(RedisTurns(redis_url)) as other:
        assert take(one, "me", 0) is None
        assert take(other, "you", 1) == at(60)


def test_nothing_stays_in_redis_for_good(redis_url: str) -> None:
    with closing(RedisTurns(redis_url)) as turns:
        take(turns, "me", 0)
        turns.silence("b", until=at(600))
    with Redis.from_url(redis_url) as client:
        assert all(int(client.ttl(key)) > 0 for key in client.scan_iter())


def test_without_redis_nobody_is_asked() -> None:
    with (
        closing(RedisTurns("redis://:s3cret@127.0.0.1:1/0")) as turns,
        pytest.raises(SourceUnavailable, match=r"Redis, where .* does not answer") as said,
    ):
        take(turns, "me", 0)
    assert "s3cret" not in str(said.value)
