from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import fsum
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.issues import Movement, Signal, Trend
from digest.models.papers import Paper, Sighting
from digest.ranking.trending import UPVOTES, trends
from tests.factories import DAY, NOON, make_paper, make_sighting
from tests.ranking.worlds import papers, sightings

WHALES = make_paper("Whales count in base eight")
GRAPHS = make_paper("Graphs that forget")
YESTERDAY = DAY - timedelta(days=1)


def ago(days: int, paper: Paper = WHALES, **changes: Any) -> Sighting:
    """A sighting on the page of that day, read on that day."""
    past = timedelta(days=days)
    return make_sighting(
        paper, **{"listed_on": DAY - past, "seen_at": NOON - past, "position": None} | changes
    )


def trend(*seen: Sighting, paper: Paper = WHALES) -> Trend:
    return trends([paper], seen, day=DAY)[paper.id]


def signals(found: Trend) -> dict[Signal, str]:
    return {reason.signal: reason.subject for reason in found.reasons}


def test_a_paper_without_counts_has_few_points_and_says_only_what_is_known() -> None:
    found = trend(ago(0, position=2))

    assert signals(found) == {Signal.POSITION: "2", Signal.FRESHNESS: "0"}
    assert found.value < 15
    assert (found.upvotes, found.growth, found.stars, found.history) == (None, None, None, ())


def test_a_paper_nobody_listed_has_no_points() -> None:
    found = trend()

    assert (found.value, found.reasons, found.rank) == (0, (), 1)
    assert found.movement is Movement.NEW


def test_growth_is_what_was_gained_since_the_sighting_before() -> None:
    found = trend(ago(2, upvotes=3), ago(1, upvotes=10), ago(0, upvotes=47))

    assert found.growth == 37
    assert found.history == (3, 10, 47)
    assert signals(found)[Signal.GROWTH] == "37"
    assert signals(found)[Signal.UPVOTES] == "47"


def test_one_sighting_tells_of_no_growth() -> None:
    assert trend(ago(0, upvotes=47)).growth is None


def test_lost_upvotes_are_no_growth() -> None:
    found = trend(ago(1, upvotes=9), ago(0, upvotes=8))

    assert found.growth == 0
    assert Signal.GROWTH not in signals(found)


def test_one_vote_is_no_surge() -> None:
    first = trend(ago(1, upvotes=0), ago(0, upvotes=1))
    surge = trend(ago(1, upvotes=0), ago(0, upvotes=60))
    quiet = trend(ago(1, upvotes=0), ago(0, upvotes=0))

    assert first.value - quiet.value < 2.5
    assert surge.value - quiet.value > 30


def test_the_same_upvotes_are_worth_more_when_they_came_fast() -> None:
    fast = trend(ago(1, upvotes=5), ago(0, upvotes=60))
    slow = trend(ago(1, upvotes=55), ago(0, upvotes=60))

    assert fast.value > slow.value


def test_stars_count_as_they_grow_not_as_they_are() -> None:
    old = trend(ago(1, stars=90_000), ago(0, stars=90_000))
    new = trend(ago(1, stars=10), ago(0, stars=310))

    assert Signal.STARS not in signals(old)
    assert signals(new)[Signal.STARS] == "300"
    assert old.stars == 90_000


def test_comments_count_and_more_so_new_ones() -> None:
    old = trend(ago(1, comments=9), ago(0, comments=9))
    new = trend(ago(1, comments=1), ago(0, comments=9))

    assert signals(old)[Signal.COMMENTS] == signals(new)[Signal.COMMENTS] == "9"
    assert new.value > old.value


def test_the_highest_count_of_several_sources_is_shown_and_both_sources_count() -> None:
    both = trend(ago(0, source="hub", upvotes=12), ago(0, source="pages", upvotes=140))

    assert both.upvotes == 140
    assert signals(both)[Signal.SOURCES] == "2"
    assert Signal.SOURCES not in signals(trend(ago(0, upvotes=140)))


def test_another_source_with_a_higher_count_is_no_growth() -> None:
    found = trend(
        ago(1, source="hub", upvotes=12),
        ago(0, source="hub", upvotes=14),
        ago(0, source="pages", upvotes=140),
    )

    assert found.growth == 2


def test_the_score_of_the_page_counts_a_little() -> None:
    assert signals(trend(ago(0, score=95.2)))[Signal.PAGE_SCORE] == "95.2"


def test_only_the_first_ten_of_a_listing_are_rewarded_for_it() -> None:
    assert Signal.POSITION in signals(trend(ago(0, position=10)))
    assert Signal.POSITION not in signals(trend(ago(0, position=11)))


def test_age_is_counted_from_the_first_listing_not_from_the_papers_date() -> None:
    old = replace(WHALES, published=DAY - timedelta(days=900))

    assert trend(ago(0), paper=old) == trend(ago(0))
    assert signals(trend(ago(3), ago(0)))[Signal.FRESHNESS] == "3"
    assert trend(ago(3)).value < trend(ago(0)).value


def test_pages_read_afterwards_tell_of_their_own_days() -> None:
    late = NOON + timedelta(days=200)
    found = trend(ago(1, upvotes=10, seen_at=late), ago(0, upvotes=47, seen_at=late))

    assert found.history == (10, 47)
    assert found.movement is Movement.SAME


def test_a_page_of_yesterday_read_afterwards_was_known_yesterday() -> None:
    found = trend(ago(1, upvotes=10, seen_at=NOON + timedelta(days=9)))

    assert found.movement is Movement.SAME


def test_two_pages_read_on_one_day_tell_of_two_days() -> None:
    found = trend(ago(1, upvotes=10, seen_at=NOON), ago(0, upvotes=47, seen_at=NOON))

    assert found.history == (10, 47)


def test_one_listing_read_again_tells_of_the_day_it_was_read() -> None:
    found = trend(ago(1, upvotes=10), ago(1, upvotes=47, seen_at=NOON))

    assert found.history == (10, 47)


def test_the_last_reading_of_a_day_counts() -> None:
    evening = NOON + timedelta(hours=8)
    found = trend(ago(0, upvotes=47, seen_at=evening), ago(0, upvotes=40))

    assert found.history == (47,)


def test_what_is_listed_later_is_not_known_yet() -> None:
    assert trend(ago(-1, upvotes=47)).upvotes is None


def test_a_sparkline_has_fourteen_days_at_most() -> None:
    found = trend(*(ago(days, upvotes=100 - days) for days in range(20)))

    assert found.history == tuple(range(87, 101))


def test_movement_says_where_a_paper_went_since_yesterday() -> None:
    seen = [
        ago(1, WHALES, upvotes=10),
        ago(1, GRAPHS, upvotes=20),
        ago(0, WHALES, upvotes=90),
        ago(0, GRAPHS, upvotes=21),
    ]
    found = trends([WHALES, GRAPHS], seen, day=DAY)

    assert (found[WHALES.id].rank, found[WHALES.id].movement, found[WHALES.id].moved) == (
        1,
        Movement.UP,
        1,
    )
    assert (found[GRAPHS.id].rank, found[GRAPHS.id].movement, found[GRAPHS.id].moved) == (
        2,
        Movement.DOWN,
        1,
    )


def test_a_paper_first_listed_today_is_new() -> None:
    seen = [ago(1, WHALES, upvotes=10), ago(0, WHALES, upvotes=10), ago(0, GRAPHS)]
    found = trends([WHALES, GRAPHS], seen, day=DAY)

    assert found[GRAPHS.id].movement is Movement.NEW
    assert (found[WHALES.id].movement, found[WHALES.id].moved) == (Movement.SAME, 0)


def test_equal_papers_are_ranked_by_id() -> None:
    found = trends([WHALES, GRAPHS], [], day=DAY)

    assert [found[key].rank for key in sorted(found)] == [1, 2]


def test_novelty_is_passed_on() -> None:
    assert trends([WHALES], [], day=DAY, novelty={WHALES.id: 71.0})[WHALES.id].novelty == 71
    assert trends([WHALES], [], day=DAY)[WHALES.id].novelty is None


def test_no_papers_have_no_trends() -> None:
    assert trends([], [ago(0)], day=DAY) == {}


@st.composite
def watched(draw: st.DrawFn) -> tuple[list[Paper], list[Sighting]]:
    listed = draw(papers())
    return listed, draw(sightings(listed))


@given(watched())
def test_reasons_sum_to_the_value_which_never_passes_100(
    world: tuple[list[Paper], list[Sighting]],
) -> None:
    for found in trends(*world, day=DAY).values():
        assert found.value == pytest.approx(fsum(reason.points for reason in found.reasons))
        assert 0 <= found.value <= 100
        assert all(reason.points > 0 and reason.subject for reason in found.reasons)


@given(watched(), st.randoms(use_true_random=False))
def test_the_order_of_what_was_seen_plays_no_part(
    world: tuple[list[Paper], list[Sighting]], chance: Random
) -> None:
    listed, seen = world
    shuffled = list(seen)
    chance.shuffle(shuffled)

    assert trends(listed[::-1], shuffled, day=DAY) == trends(listed, seen, day=DAY)


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=6),
    st.integers(1, 300),
    st.sampled_from(["upvotes", "comments", "stars"]),
)
def test_more_of_a_count_today_never_lowers_a_trend(
    counts: Sequence[int], more: int, what: str
) -> None:
    past = [ago(days, WHALES, **{what: count}) for days, count in enumerate(counts, start=1)]

    less, higher = (
        trend(*past, ago(0, WHALES, **{what: today})) for today in (counts[0], counts[0] + more)
    )

    assert higher.value >= less.value


@given(watched())
def test_ranks_run_from_one_and_movement_tells_the_truth(
    world: tuple[list[Paper], list[Sighting]],
) -> None:
    found = trends(*world, day=DAY)
    assert sorted(one.rank for one in found.values()) == list(range(1, len(found) + 1))
    for one in found.values():
        assert (one.moved > 0) == (one.movement in {Movement.UP, Movement.DOWN})


def test_half_the_points_are_earned_at_the_half() -> None:
    assert UPVOTES.points(UPVOTES.half) == UPVOTES.ceiling / 2
