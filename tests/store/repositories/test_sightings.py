"""Sightings: every one is kept, and nothing that was seen is overwritten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from digest.errors import StoreError
from digest.models.papers import Paper, Sighting
from digest.ports import Store
from tests.factories import DAY, NOON, make_paper, make_sighting

YESTERDAY = DAY - timedelta(days=1)


def keep(store: Store, *papers: Paper, seen: tuple[Sighting, ...] = ()) -> None:
    with store.begin() as work:
        work.papers.keep(papers)
        work.papers.see(seen)


def test_one_sighting_is_counted_once(store: Store) -> None:
    paper = make_paper()
    seen = make_sighting(paper, upvotes=4)
    later = replace(seen, seen_at=NOON + timedelta(hours=1), upvotes=9)
    keep(store, paper)

    with store.begin() as work:
        assert work.papers.see([seen, later, seen]) == 2
        assert work.papers.see([seen]) == 0
    with store.read() as work:
        assert work.papers.sightings([paper.id], until=DAY) == [seen, later]


def test_sightings_are_oldest_first_and_end_with_the_day_asked_for(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    sightings = (
        make_sighting(two, seen_at=NOON, listed_on=YESTERDAY),
        make_sighting(one, seen_at=NOON, listed_on=DAY, source="b"),
        make_sighting(one, seen_at=NOON, listed_on=DAY, source="a"),
        make_sighting(one, seen_at=NOON - timedelta(days=3), listed_on=DAY),
        make_sighting(two, seen_at=NOON, listed_on=DAY + timedelta(days=1)),
    )
    keep(store, one, two, seen=sightings)

    with store.read() as work:
        found = work.papers.sightings(["one", "two"], until=DAY)
    assert found == [sightings[3], sightings[0], sightings[2], sightings[1]]


def test_a_moment_comes_back_in_utc(store: Store) -> None:
    paper = make_paper()
    bombay = datetime(2026, 11, 20, 3, 15, 30, 123456, timezone(timedelta(hours=5, minutes=30)))
    keep(store, paper, seen=(make_sighting(paper, seen_at=bombay),))

    with store.read() as work:
        (found,) = work.papers.sightings([paper.id], until=DAY)
    assert found.seen_at == bombay
    assert found.seen_at.utcoffset() == timedelta(0)
    assert (found.seen_at.astimezone(UTC).day, found.seen_at.microsecond) == (19, 123456)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    paper = make_paper()
    naive = make_sighting(paper, seen_at=NOON.replace(tzinfo=None))
    keep(store, paper)

    with pytest.raises(Exception, match="no time zone"), store.begin() as work:
        work.papers.see([naive])
    with store.read() as work:
        assert work.papers.sightings([paper.id], until=DAY) == []


def test_a_sighting_of_an_unknown_paper_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as work:
        work.papers.see([make_sighting(make_paper())])


def test_a_second_page_of_a_day_fills_in_what_the_first_did_not_say(store: Store) -> None:
    paper = make_paper()
    keep(store, paper)
    first, second = make_sighting(paper, score=81.5), make_sighting(paper, upvotes=7, score=3.0)

    with store.begin() as work:
        assert work.papers.see([first]) == 1
        assert work.papers.see([second]) == 0

    with store.read() as work:
        [sighting] = work.papers.sightings([paper.id], until=DAY)
    assert (sighting.upvotes, sighting.score, sighting.stars) == (7, 81.5, None)


def test_a_count_that_was_seen_stays_and_a_new_one_beside_it_is_counted(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    keep(store, one, two, seen=(make_sighting(one, upvotes=3),))

    with store.begin() as work:
        again = [make_sighting(two, upvotes=1), make_sighting(one, upvotes=8, stars=5)]
        assert work.papers.see([*again, make_sighting(two, comments=2)]) == 1

    with store.read() as work:
        first, second = work.papers.sightings(["one", "two"], until=DAY)
    assert (first.upvotes, first.stars) == (3, 5)
    assert (second.upvotes, second.comments) == (1, 2)


def test_the_last_time_a_paper_was_seen_in_a_listing_is_told(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    last = make_sighting(one, seen_at=NOON + timedelta(hours=2), upvotes=9)
    only = make_sighting(two, seen_at=NOON)
    others = (
        make_sighting(one, upvotes=4),
        make_sighting(one, seen_at=NOON + timedelta(hours=3), source="arXiv"),
        make_sighting(one, seen_at=NOON + timedelta(hours=3), listed_on=YESTERDAY),
    )
    keep(store, one, two, seen=(last, only, *others))

    with store.read() as work:
        assert work.papers.last_seen("saved pages", DAY) == {"one": last, "two": only}
        assert work.papers.last_seen("saved pages", DAY + timedelta(days=1)) == {}
        assert work.papers.last_seen("Hugging Face", DAY) == {}


def test_a_source_knows_what_it_ever_listed(store: Store) -> None:
    one, two = make_paper("One", id="one"), make_paper("Two", id="two")
    seen = (
        make_sighting(one, listed_on=YESTERDAY),
        make_sighting(one),
        make_sighting(two, source="arXiv"),
    )
    keep(store, one, two, seen=seen)

    with store.read() as work:
        assert work.papers.seen_at("saved pages", ["one", "two", "x"]) == {"one"}
        assert work.papers.seen_at("arXiv", ["one", "two"]) == {"two"}
        assert work.papers.seen_at("arXiv", ["one"]) == frozenset()
        assert work.papers.seen_at("arXiv", []) == frozenset()
