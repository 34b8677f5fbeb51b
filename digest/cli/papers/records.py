"""A paper as programs read it: one schema, whichever command printed it."""

from collections.abc import Iterable, Sequence
from typing import Any

from digest.models.papers import Byline, Paper, Sighting

TOLD = (
    "id",
    "arxiv_id",
    "doi",
    "title",
    "abstract",
    "summary",
    "authors",
    "author_count",
    "published",
    "categories",
    "institutions",
    "keywords",
    "comment",
    "journal",
    "version",
    "withdrawn",
    "code_url",
    "project_url",
    "thumbnail_url",
    "submitter",
)
"""The fields of a paper that are printed as they are."""

COUNTS = ("upvotes", "comments", "stars")
"""The counts of which the latest that anybody showed is printed."""


def by_paper(sightings: Iterable[Sighting]) -> dict[str, list[Sighting]]:
    """Return *sightings* by the id of their paper, in the order they come in."""
    found: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        found.setdefault(sighting.paper_id, []).append(sighting)
    return found


def latest(sightings: Sequence[Sighting], count: str) -> int | None:
    """Return what *count* was when it was last shown; *sightings* are oldest first."""
    shown = (getattr(sighting, count) for sighting in reversed(sightings))
    return next((value for value in shown if value is not None), None)


def paper_record(paper: Paper, sightings: Sequence[Sighting]) -> dict[str, Any]:
    """Return *paper* with its latest counts and where it was listed; *sightings* oldest first."""
    listed = sorted({(sighting.listed_on, sighting.source) for sighting in sightings})
    return (
        {name: getattr(paper, name) for name in TOLD}
        | {count: latest(sightings, count) for count in COUNTS}
        | {
            "listed": [{"source": source, "day": day} for day, source in listed],
            "first_listed": listed[0][0] if listed else None,
        }
    )


def full_record(
    paper: Paper, sightings: Sequence[Sighting], byline: Byline | None
) -> dict[str, Any]:
    """Return all that is known of *paper*; *byline* is empty where nobody told of its authors."""
    return paper_record(paper, sightings) | {
        "sightings": [
            {
                "source": one.source,
                "listed_on": one.listed_on,
                "seen_at": one.seen_at,
                "position": one.position,
                "upvotes": one.upvotes,
                "comments": one.comments,
                "stars": one.stars,
                "score": one.score,
            }
            for one in sightings
        ],
        "origins": [origin._asdict() for origin in paper.origins],
        "bylines": [
            {
                "name": author.name,
                "identity": author.identity,
                "h_index": author.h_index,
                "papers": author.paper_count,
                "citations": author.citations,
            }
            for author in (byline.authors if byline else ())
        ],
    }
