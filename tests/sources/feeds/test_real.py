"""Feeds as preprint servers really serve them; skipped where there are none."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.models.papers import Announcement, Listing, bare_arxiv_id
from digest.sources.feeds import parse_feed

DAY = date(2026, 4, 27)


def parsed(path: Path, day: date = DAY) -> Listing:
    seen_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return parse_feed(path.read_bytes(), name="a feed", day=day, seen_at=seen_at)


def test_the_paper_of_biorxiv_has_all_it_says(real_input: Path) -> None:
    listing = parsed(real_input / "payloads/biorxiv/rss1_biorxiv.xml", date(2023, 12, 20))

    (entry,) = listing.entries
    assert listing.warnings == ()
    assert entry.title.startswith("Complete genome of the Medicago anthracnose fungus, ")
    assert entry.abstract.endswith("in this asexual fungal pathogen.")
    assert (entry.authors[0], entry.authors[4], entry.authors[-1]) == (
        "N. LAPALU",
        "J. Amselem",
        "R. J. O'Connell",
    )
    assert len(entry.authors) == 10
    assert (entry.doi, entry.arxiv_id) == ("10.1101/2023.12.16.571984", None)
    assert (entry.published, entry.journal) == (date(2023, 12, 16), "")
    assert entry.announcement is Announcement.NEW


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("atom_2025-08-20_cs.AI_trim", 4),
        ("rss2_2024-03-26_stat_full", 123),
        ("rss2_2026-04-27_cs.AI_trim", 3),
        ("rss2_2026-04-27_cs.CL_trim", 3),
        ("rss2_2026-04-27_cs.LG_trim", 3),
        ("rss2_2026-08-01_cs.CL_weekend_empty", 0),
    ],
)
def test_the_feeds_of_arxiv_have_papers_of_arxiv(real_input: Path, name: str, count: int) -> None:
    listing = parsed(real_input / f"payloads/arxiv/feed/{name}.xml")

    assert (len(listing.entries), listing.warnings) == (count, ())
    for entry in listing.entries:
        assert entry.arxiv_id
        assert entry.arxiv_id == bare_arxiv_id(entry.arxiv_id)
        assert len(entry.abstract) > 100
        assert "Announce Type" not in entry.abstract
        assert entry.authors
        assert not any("," in author or "(" in author for author in entry.authors)
        assert (entry.project_url, entry.journal, entry.keywords) == (None, "", ())
