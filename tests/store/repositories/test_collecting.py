"""Every implementation of `Visits`, `Turns` and `Notebook`, held to one contract."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest

from digest.models.visits import Visit, VisitState
from digest.ports import Store, Work
from digest.store.sql import SqlStore
from tests.factories import DAY, NOON

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
YESTERDAY = DAY - timedelta(days=1)
COMPLETE = Visit(
    source="arXiv",
    day=DAY,
    asked_at=NOON,
    state=VisitState.COMPLETE,
    papers=700,
    complete_at=NOON + MINUTE,
    message="",
)


def start(store: Store, now: datetime, *, source: str = "arXiv") -> bool:
    with store.begin() as work:
        return work.visits.start(source, DAY, now=now, since=now - HOUR)


def end(store: Store, *visits: Visit) -> None:
    with store.begin() as work:
        for visit in visits:
            work.visits.end(visit)


def today(store: Store) -> Visit:
    with store.read() as work:
        (found,) = work.visits.between(DAY, DAY)
    return found


def test_a_first_visit_runs_and_knows_nothing_yet(store: Store) -> None:
    assert start(store, NOON)
    assert today(store) == Visit(source="arXiv", day=DAY, asked_at=NOON, state=VisitState.RUNNING)


def test_while_a_visit_runs_no_other_starts_until_it_must_have_been_stopped(store: Store) -> None:
    assert start(store, NOON)
    assert not start(store, NOON)
    assert not start(store, NOON + HOUR - MINUTE)
    assert today(store).asked_at == NOON
    assert start(store, NOON, source="Hugging Face")
    with store.begin() as work:
        assert work.visits.start("arXiv", YESTERDAY, now=NOON, since=NOON - HOUR)

    assert start(store, NOON + HOUR)
    assert not start(store, NOON + HOUR)


@pytest.mark.parametrize("state", set(VisitState) - {VisitState.RUNNING})
def test_a_visit_that_ended_makes_way_for_the_next_and_what_it_found_stays(
    store: Store, state: VisitState
) -> None:
    ended = replace(
        COMPLETE, state=state, failures=2, retry_at=NOON + HOUR, message="arXiv rests\x00"
    )
    assert start(store, NOON)
    end(store, ended)
    ended = replace(ended, message="arXiv rests\ufffd")
    assert today(store) == ended

    assert start(store, NOON + MINUTE)
    assert today(store) == replace(ended, state=VisitState.RUNNING, asked_at=NOON + MINUTE)


def test_the_end_of_a_visit_is_written_even_where_nobody_noted_its_start(store: Store) -> None:
    end(store, COMPLETE)
    assert today(store) == COMPLETE


def test_visits_come_by_source_and_day(store: Store) -> None:
    hub = replace(COMPLETE, source="Hugging Face")
    before = replace(COMPLETE, day=YESTERDAY)
    tomorrow = replace(COMPLETE, day=DAY + timedelta(days=1))
    end(store, hub, COMPLETE, tomorrow, before)

    with store.read() as work:
        assert work.visits.between(YESTERDAY, DAY) == [hub, before, COMPLETE]
        assert work.visits.between(DAY, YESTERDAY) == []


def test_the_last_complete_day_is_the_latest_that_listed_papers(store: Store) -> None:
    end(
        store,
        replace(COMPLETE, day=YESTERDAY),
        replace(COMPLETE, day=YESTERDAY - timedelta(days=1)),
        replace(COMPLETE, papers=0),
        replace(COMPLETE, source="bioRxiv", complete_at=None, state=VisitState.PARTIAL),
        replace(COMPLETE, source="Hugging Face", state=VisitState.LATE),
    )

    with store.read() as work:
        assert work.visits.last_complete() == {"arXiv": YESTERDAY, "Hugging Face": DAY}


def take(
    store: Store, now: datetime, *, holder: str = "me", host: str = "arXiv"
) -> datetime | None:
    """Ask for the turn until a minute after *now*."""
    with store.begin() as work:
        return work.turns.take(host, holder=holder, now=now, until=now + MINUTE)


def give_back(store: Store, free_at: datetime, *, holder: str = "me") -> None:
    with store.begin() as work:
        work.turns.give_back("arXiv", holder=holder, free_at=free_at)


def silence(store: Store, until: datetime) -> None:
    with store.begin() as work:
        work.turns.silence("arXiv", until=until)


SECOND = timedelta(seconds=1)


def test_only_one_has_the_turn_at_a_host(store: Store) -> None:
    assert take(store, NOON) is None
    assert take(store, NOON, holder="you") == NOON + MINUTE
    assert take(store, NOON, holder="me") == NOON + MINUTE
    assert take(store, NOON, holder="you", host="Hugging Face") is None


def test_a_turn_that_was_given_back_is_free_after_a_pause(store: Store) -> None:
    take(store, NOON)
    give_back(store, NOON + 3 * SECOND)

    assert take(store, NOON + 2 * SECOND, holder="you") == NOON + 3 * SECOND
    assert take(store, NOON + 3 * SECOND, holder="you") is None


def test_a_turn_that_nobody_gives_back_ends_by_itself(store: Store) -> None:
    take(store, NOON)

    assert take(store, NOON + MINUTE - SECOND, holder="you") == NOON + MINUTE
    assert take(store, NOON + MINUTE, holder="you") is None


def test_only_the_holder_gives_a_turn_back(store: Store) -> None:
    give_back(store, NOON + HOUR)
    take(store, NOON)
    give_back(store, NOON, holder="you")
    assert take(store, NOON, holder="you") == NOON + MINUTE

    take(store, NOON + MINUTE, holder="you")
    give_back(store, NOON + HOUR)
    assert take(store, NOON + MINUTE, holder="they") == NOON + 2 * MINUTE


def test_a_pause_may_be_longer_than_the_turn(store: Store) -> None:
    take(store, NOON)
    give_back(store, NOON + 2 * MINUTE)

    assert take(store, NOON + MINUTE) == NOON + 2 * MINUTE


def test_in_a_silence_nobody_has_a_turn(store: Store) -> None:
    silence(store, NOON + HOUR)

    assert take(store, NOON) == NOON + HOUR
    assert take(store, NOON + HOUR) is None


def test_a_silence_during_a_turn_outlasts_it_and_is_never_cut_short(store: Store) -> None:
    take(store, NOON)
    silence(store, NOON + HOUR)
    silence(store, NOON + SECOND)
    give_back(store, NOON)

    assert take(store, NOON + MINUTE) == NOON + HOUR
    silence(store, NOON + 2 * HOUR)
    assert take(store, NOON + HOUR) == NOON + 2 * HOUR


def test_a_short_silence_does_not_end_a_turn(store: Store) -> None:
    take(store, NOON)
    silence(store, NOON + SECOND)

    assert take(store, NOON + 2 * SECOND) == NOON + MINUTE


def test_moments_of_other_zones_are_the_same_moments(store: Store) -> None:
    bombay = timezone(timedelta(hours=5, minutes=30))
    take(store, NOON.astimezone(bombay))

    again = take(store, NOON.astimezone(bombay), holder="you")
    assert again == NOON + MINUTE
    assert again is not None
    assert again.utcoffset() == timedelta(0)


def test_a_note_is_read_as_it_was_last_written(store: Store) -> None:
    long_key = "feed https://example.org/" + "x" * 3_000
    with store.begin() as work:
        assert work.notes.read("arXiv") == {}
        work.notes.write("arXiv", {"etag": '"a"', "modified": "Fri"})
        work.notes.write("arXiv", {"etag": 'W/"é🐋\x00"', "a\x00": ""})
        work.notes.write(long_key, {})
        work.notes.write(f"{long_key}/b", {"b": "c"})

    with store.read() as work:
        assert work.notes.read("arXiv") == {"etag": 'W/"é🐋\ufffd"', "a\ufffd": ""}
        assert work.notes.read(long_key) == {}
        assert work.notes.read(f"{long_key}/b") == {"b": "c"}


def test_a_note_that_was_read_is_the_readers_own(store: Store) -> None:
    mine = {"etag": "a"}
    with store.begin() as work:
        work.notes.write("arXiv", mine)
        mine["etag"] = "b"

    with store.read() as work:
        assert work.notes.read("arXiv") == {"etag": "a"}


def first_come(url: str, ask: Callable[[Work, int], bool]) -> list[int]:
    """Let eight ask at one time, each in a block of its own; return who got it."""
    got: list[int] = []
    ready = Barrier(8)

    def try_it(number: int) -> None:
        with closing(SqlStore(url, patience=20)) as store:
            with store.read():
                ready.wait()
            with store.begin() as work:
                mine = ask(work, number)
            if mine:
                got.append(number)

    threads = [Thread(target=try_it, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


@pytest.mark.parametrize("known", [False, True])
def test_of_many_who_start_a_visit_at_once_one_does(
    url: str, database: SqlStore, *, known: bool
) -> None:
    if known:
        end(database, COMPLETE)

    def ask(work: Work, number: int) -> bool:
        now = NOON + number * SECOND
        return work.visits.start("arXiv", DAY, now=now, since=NOON - HOUR)

    got = first_come(url, ask)

    assert len(got) == 1
    assert today(database).asked_at == NOON + got[0] * SECOND


@pytest.mark.parametrize("known", [False, True])
def test_of_many_who_take_a_turn_at_once_one_gets_it(
    url: str, database: SqlStore, *, known: bool
) -> None:
    if known:
        take(database, NOON - HOUR)

    def ask(work: Work, number: int) -> bool:
        again = work.turns.take("arXiv", holder=str(number), now=NOON, until=NOON + MINUTE)
        return again is None

    got = first_come(url, ask)

    assert len(got) == 1
    give_back(database, NOON + SECOND, holder=str(got[0]))
    assert take(database, NOON) == NOON + SECOND


def test_of_many_who_silence_a_host_at_once_the_last_moment_stands(
    url: str, database: SqlStore
) -> None:
    def ask(work: Work, number: int) -> bool:
        work.turns.silence("arXiv", until=NOON + number * SECOND)
        return True

    assert len(first_come(url, ask)) == 8
    assert take(database, NOON) == NOON + 7 * SECOND
