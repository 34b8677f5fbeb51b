"""Two years of Hugging Face's lists as they were recorded, through all that takes them in."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from digest.bootstrap import App
from digest.models.visits import VisitState
from digest.services.collect import Collected, collect
from tests.fakes import StoppedClock
from tests.replay.archives import counts
from tests.replay.conftest import Install
from tests.replay.server import Answering, Replay
from tests.replay.services import Services, lists_of

COMPLETE, UNREADABLE = VisitState.COMPLETE, VisitState.UNREADABLE


def test_two_years_of_lists_are_taken_in_once(
    real_input: Path,
    replay: Callable[[Answering], Replay],
    install: Install,
    url: str,
    clock: StoppedClock,
) -> None:
    lists = lists_of(real_input / "payloads/hf/archive-2024-05-to-2026-05.tar.xz")
    server = replay(Services(days=lists))
    app = install(server, pace_seconds=0)
    days = sorted(map(date.fromisoformat, lists))

    came = fetch(app, days)

    assert (len(days), len(server.heard)) == (521, 521)
    states = Counter(each.state for each in came.values())
    assert states == {COMPLETE: 499, UNREADABLE: 22}
    assert sum(each.intake.entries for each in came.values()) == 8207
    assert sum(each.intake.new for each in came.values()) == 8206
    assert not any(each.intake.warnings for each in came.values())
    for day, each in came.items():
        if each.state is UNREADABLE:
            assert f"list of {day} are quoted strings instead of objects" in each.message
    # So there is no paper, and no sighting, that only a list which was refused has.
    written = {
        day: json.loads(lists[f"{day}"]) for day, each in came.items() if each.state is COMPLETE
    }
    assert known(app) == {row["paper"]["id"] for rows in written.values() for row in rows}
    assert seen(app) == as_written(written)

    before = counts(url)
    assert (before["papers"], before["sightings"]) == (8206, 8207)
    clock.advance(timedelta(days=1))
    again = fetch(app, days)
    assert counts(url) == before
    assert Counter(each.state for each in again.values()) == states
    assert not any(each.intake.new or each.intake.sightings for each in again.values())


def test_a_day_that_was_never_listed_has_no_papers(
    replay: Callable[[Answering], Replay], install: Install
) -> None:
    app = install(replay(Services()))
    saturday = date(2024, 6, 1)

    came = fetch(app, [saturday])[saturday]

    assert (came.state, came.intake.entries) == (COMPLETE, 0)


def fetch(app: App, days: list[date]) -> dict[date, Collected]:
    [source] = app.sources["huggingface"]
    return {day: collect(source, day, store=app.store, clock=app.clock) for day in days}


def known(app: App) -> set[str | None]:
    with app.store.read() as work:
        return {paper.arxiv_id for paper in work.papers.archive(10_000)}


Seen = Mapping[tuple[date, int | None], tuple[str | None, int | None, int | None, int | None]]


def seen(app: App) -> Seen:
    """Return which paper stood on which day at which place, with which counts."""
    with app.store.read() as work:
        ids = {paper.id: paper.arxiv_id for paper in work.papers.archive(10_000)}
        sightings = work.papers.sightings(list(ids), until=app.today)
    return {
        (each.listed_on, each.position): (
            ids[each.paper_id],
            each.upvotes,
            each.comments,
            each.stars,
        )
        for each in sightings
    }


def as_written(lists: Mapping[date, list[Any]]) -> Seen:
    """Return the same of the lists as they were recorded."""
    return {
        (day, place): (
            row["paper"]["id"],
            row["paper"]["upvotes"],
            row["numComments"],
            row["paper"].get("githubStars"),
        )
        for day, rows in lists.items()
        for place, row in enumerate(rows, start=1)
    }
