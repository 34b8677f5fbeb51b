"""How each source did for a day, and who is to blame where there is nothing to read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digest.models.issues import SourceState
from digest.models.papers import Sighting
from digest.models.visits import Visit, VisitState
from digest.services.lateness import states, why_nothing
from tests.factories import DAY, NOON, make_paper, make_sighting

THURSDAY = date(2026, 11, 19)
SATURDAY = date(2026, 11, 21)
NEVER: dict[str, Any] = {"complete_at": None, "papers": 0}


def visit(source: str = "arXiv", **changes: Any) -> Visit:
    defaults: dict[str, Any] = {
        "day": DAY,
        "asked_at": NOON,
        "state": VisitState.COMPLETE,
        "complete_at": NOON,
        "papers": 2,
    }
    return Visit(source=source, **defaults | changes)


def sighting(title: str = "Whales", source: str = "arXiv", listed_on: date = DAY) -> Sighting:
    return make_sighting(make_paper(title), source=source, listed_on=listed_on)


def state(
    *visits: Visit, seen: tuple[Sighting, ...] = (), day: date = DAY, now: datetime = NOON
) -> tuple[bool, str]:
    """Return whether arXiv is late, and why."""
    found = {each.name: each for each in states(day, visits=visits, sightings=seen, now=now)}
    return found["arXiv"].late, found["arXiv"].why


def test_each_source_is_told_with_its_distinct_papers_and_its_latest_day() -> None:
    seen = (
        sighting("Whales", listed_on=THURSDAY),
        sighting("Whales"),
        sighting("Squid", listed_on=THURSDAY),
        sighting("Squid", source="saved pages", listed_on=THURSDAY),
    )

    assert states(DAY, visits=[visit(), visit("bioRxiv", papers=0)], sightings=seen, now=NOON) == (
        SourceState(name="arXiv", papers=2, latest=DAY),
        SourceState(name="bioRxiv", papers=0, latest=None),
        SourceState(name="saved pages", papers=1, latest=THURSDAY),
    )


def test_nobody_is_late_who_is_never_asked() -> None:
    seen = [sighting(source="saved pages", listed_on=DAY - timedelta(days=6))]

    [found] = states(DAY, visits=[], sightings=seen)

    assert (found.late, found.why) == (False, "")


@pytest.mark.parametrize(
    ("how", "papers", "why"),
    [
        (VisitState.LATE, 0, "could not be reached"),
        (VisitState.LATE, 3, "was only partly there"),
        (VisitState.PARTIAL, 3, "was only partly there"),
        (VisitState.PARTIAL, 0, "was only partly there"),
        (VisitState.UNREADABLE, 0, "gave no readable answer"),
        (VisitState.UNREADABLE, 3, "was only partly there"),
    ],
)
def test_a_source_that_failed_is_late_and_why_is_said(
    how: VisitState, papers: int, why: str
) -> None:
    failed = visit(state=how, complete_at=None, papers=papers, failures=1)

    assert state(failed) == (True, why)
    assert state(failed, seen=(sighting(),)) == (True, why)


def test_while_it_is_asked_again_it_is_as_late_as_it_was() -> None:
    running = visit(state=VisitState.RUNNING, **NEVER)
    again = visit(state=VisitState.RUNNING, **NEVER, failures=2)

    assert state(running) == (False, "")
    assert state(again) == (True, "could not be reached")


def test_a_source_whose_day_we_have_is_not_late_because_it_failed_later() -> None:
    failed = visit(state=VisitState.LATE, failures=1)

    assert state(failed, seen=(sighting(),)) == (False, "")


def test_a_whole_answer_without_papers_is_not_the_day_if_it_fails_later() -> None:
    failed = visit(state=VisitState.LATE, failures=1, papers=0)

    assert state(failed) == (True, "could not be reached")


def test_a_whole_answer_without_papers_is_not_late() -> None:
    assert state(visit(papers=0)) == (False, "")


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("how", [VisitState.COMPLETE, VisitState.LATE])
def test_on_a_day_without_announcement_nobody_is_late(how: VisitState, *, asked: bool) -> None:
    of_saturday = visit(day=SATURDAY, state=how, papers=0)
    visits = [visit(), of_saturday] if asked else [visit()]

    assert state(*visits, day=SATURDAY, seen=(sighting(),)) == (
        False,
        "announces nothing at weekends",
    )


def test_what_is_listed_on_such_a_day_is_up_to_date() -> None:
    assert state(visit(day=SATURDAY), day=SATURDAY, seen=(sighting(listed_on=SATURDAY),)) == (
        False,
        "",
    )
    assert state(visit(), day=SATURDAY, seen=(sighting(listed_on=SATURDAY),)) == (False, "")


def test_before_it_is_asked_for_the_first_time_of_a_day_a_source_is_not_late() -> None:
    yesterday = visit(day=THURSDAY, asked_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    at_three = datetime(2026, 11, 20, 3, tzinfo=UTC)

    assert state(yesterday, now=at_three) == (False, "")


def test_when_nobody_is_asked_any_more_all_are_late() -> None:
    stopped = visit(day=THURSDAY, asked_at=NOON - timedelta(days=1, minutes=1))
    just = visit(day=THURSDAY, asked_at=NOON - timedelta(days=1))

    assert state(stopped) == (True, "was not asked")
    assert state(just) == (False, "")
    assert state(stopped, seen=(sighting(),)) == (False, "")


def test_who_alone_is_not_asked_any_more_is_not_late() -> None:
    old = visit(day=THURSDAY - timedelta(days=3), asked_at=NOON - timedelta(days=4))

    assert state(old, visit("Hugging Face")) == (False, "")


def test_a_day_of_long_ago_is_judged_as_of_its_end() -> None:
    before = visit(day=THURSDAY, asked_at=datetime(2026, 11, 19, 23, tzinfo=UTC))
    after = visit(day=THURSDAY, asked_at=NOON + timedelta(days=3))
    later = NOON + timedelta(days=30)

    assert state(before, now=later) == (True, "was not asked")
    assert state(after, now=later) == (False, "")
    assert states(DAY, visits=[before], sightings=[])[0].late


def test_why_there_is_nothing_names_every_source() -> None:
    found = (
        SourceState(
            name="Hugging\nFace", papers=0, latest=None, late=True, why="could not be reached"
        ),
        SourceState(name="arXiv", papers=0, latest=None, why="announces nothing at weekends"),
        SourceState(name="bioRxiv", papers=0, latest=None),
    )

    assert why_nothing(date(2026, 11, 14), DAY, found) == (
        "Nothing was listed from 14 to 20 November: Hugging Face could not be reached; "
        "arXiv announces nothing at weekends; bioRxiv listed nothing."
    )
    assert why_nothing(date(2026, 10, 28), date(2026, 11, 3), found[2:]) == (
        "Nothing was listed from 28 October to 3 November: bioRxiv listed nothing."
    )
    assert why_nothing(date(2026, 11, 14), DAY, ()) == ""
