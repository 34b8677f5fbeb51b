"""What is talked about, to nobody in particular."""

from datetime import timedelta

from digest.services.ingest import ingest
from digest.services.trending import trending
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore


def _store(*upvotes: int) -> MemoryStore:
    store = MemoryStore()
    entries = [make_entry(f"Whale {count}", upvotes=count) for count in upvotes]
    ingest([make_listing(*entries)], DAY, store=store)
    return store


def test_the_most_talked_about_come_first_as_many_as_asked_for() -> None:
    found = trending(DAY, store=_store(5, 90, 40), limit=2)

    assert [pick.paper.title for pick in found.picks] == ["Whale 90", "Whale 40"]
    assert [pick.rank for pick in found.picks] == [1, 2]
    assert (found.listed, found.latest, found.day) == (3, DAY, DAY)


def test_what_was_listed_a_week_ago_or_later_than_the_day_is_left_out() -> None:
    store = _store(5)

    assert trending(DAY + timedelta(days=6), store=store, limit=9).latest == DAY
    for day in (DAY + timedelta(days=7), DAY - timedelta(days=1)):
        found = trending(day, store=store, limit=9)
        assert (found.picks, found.listed, found.latest) == ((), 0, None)


def test_a_score_is_the_trend_alone() -> None:
    [pick] = trending(DAY, store=_store(5), limit=9).picks

    assert pick.score.value == pick.trend.value
    assert pick.score.reasons == pick.trend.reasons


def test_what_was_withdrawn_does_not_trend() -> None:
    store = MemoryStore()
    entries = [make_entry("Whale 5", upvotes=5), make_entry("Whale 9", withdrawn=True)]
    ingest([make_listing(*entries)], DAY, store=store)

    assert [pick.paper.title for pick in trending(DAY, store=store, limit=9).picks] == ["Whale 5"]
