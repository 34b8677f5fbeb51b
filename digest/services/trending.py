"""Show what is talked about now, to nobody in particular."""

from dataclasses import dataclass
from datetime import date, timedelta

from digest.models.issues import Pick, Score
from digest.ports import Store
from digest.ranking.trending import trends
from digest.services.plan import LISTED_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Trending:
    """The papers of the week up to *day* that are talked about most, most first.

    *listed* is how many there were to choose from, *latest* the day of the last listing,
    None where there was none in that week.
    """

    day: date
    picks: tuple[Pick, ...]
    listed: int
    latest: date | None


def trending(day: date, *, store: Store, limit: int) -> Trending:
    """Return the *limit* papers that trend most on *day*; withdrawn ones are not listed."""
    first = day - timedelta(days=LISTED_DAYS - 1)
    with store.read() as work:
        listed = work.papers.listed(first, day)
        papers = [paper for paper in listed if not paper.withdrawn]
        sightings = work.papers.sightings([paper.id for paper in papers], until=day)
    found = trends(papers, sightings, day=day)
    ranked = sorted(papers, key=lambda paper: found[paper.id].rank)[:limit]
    return Trending(
        day=day,
        picks=tuple(
            Pick(
                rank=rank,
                paper=paper,
                score=Score(value=found[paper.id].value, reasons=found[paper.id].reasons),
                trend=found[paper.id],
            )
            for rank, paper in enumerate(ranked, start=1)
        ),
        listed=len(papers),
        latest=max((sighting.listed_on for sighting in sightings), default=None),
    )
