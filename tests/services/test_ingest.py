"""Listings become papers, once each, with what every page knows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import (
    Announcement,
    AuthorFigures,
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    Origin,
    Sighting,
)
from digest.services.ingest import Intake, ingest
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore


def test_every_entry_becomes_a_paper_with_a_sighting() -> None:
    store = MemoryStore()
    listing = make_listing(make_entry("Whales"), make_entry("Squid", upvotes=7, score=81.5))

    intake = ingest([listing], DAY, store=store)

    assert intake == Intake(entries=2, papers=2, new=2, sightings=2)
    with store.read() as work:
        papers = work.papers.listed(DAY, DAY)
        sightings = work.papers.sightings([paper.id for paper in papers], until=DAY)
    assert {paper.title for paper in papers} == {"Whales", "Squid"}
    by_position = {sighting.position: sighting for sighting in sightings}
    assert by_position[2].upvotes == 7
    assert by_position[2].score == 81.5
    assert by_position[1].upvotes is None
    assert by_position[1].seen_at == datetime(2026, 11, 20, tzinfo=UTC)


def test_taking_the_same_listing_in_again_adds_nothing() -> None:
    store = MemoryStore()
    listing = make_listing(make_entry("Whales"), make_entry("Squid"))
    ingest([listing], DAY, store=store)

    again = ingest([listing], DAY, store=store)

    assert again == Intake(entries=2, papers=2, new=0)
    with store.read() as work:
        ids = [paper.id for paper in work.papers.listed(DAY, DAY)]
        assert len(work.papers.sightings(ids, until=DAY)) == 2


def test_two_pages_make_one_paper_of_what_each_knows() -> None:
    store = MemoryStore()
    daily = make_listing(make_entry("On S$^3$", authors=(), author_count=3, upvotes=4))
    author = make_listing(
        make_entry("On S³", abstract="", authors=("Ada Okafor",), categories=("CL",)),
        kind=ListingKind.AUTHOR,
        source="author pages",
    )

    intake = ingest([daily, author], DAY, store=store)

    assert (intake.entries, intake.papers, intake.new) == (2, 1, 1)
    with store.read() as work:
        [paper] = work.papers.listed(DAY, DAY)
    assert paper.authors == ("Ada Okafor",)
    assert paper.author_count == 3
    assert paper.categories == ("CL",)
    assert paper.abstract


def test_two_papers_of_one_title_and_other_authors_stay_two() -> None:
    store = MemoryStore()
    listing = make_listing(
        make_entry("Introduction", authors=("Ada Okafor",)),
        make_entry("Introduction", authors=("Grace Wu",)),
    )

    assert ingest([listing], DAY, store=store).papers == 2
    assert ingest([listing], DAY, store=store).new == 0


def test_a_paper_twice_on_one_page_is_one() -> None:
    listing = make_listing(make_entry("Whales"), make_entry("whales"))

    assert ingest([listing], DAY, store=MemoryStore()).papers == 1


def test_a_listing_without_a_day_belongs_to_the_day_given() -> None:
    store = MemoryStore()

    ingest([make_listing(day=None)], date(2026, 1, 2), store=store)

    with store.read() as work:
        assert work.papers.listed(date(2026, 1, 2), date(2026, 1, 2))
        assert not work.papers.listed(DAY, DAY)


def test_an_authors_figures_are_kept() -> None:
    store = MemoryStore()
    figures = AuthorFigures(name="Ada Okafor", h_index=16)

    ingest([make_listing(author=figures)], DAY, store=store)

    with store.read() as work:
        assert work.papers.authors() == {"Ada Okafor": figures}


def test_only_a_daily_pages_order_means_something() -> None:
    store = MemoryStore()

    ingest([make_listing(kind=ListingKind.AUTHOR)], DAY, store=store)

    with store.read() as work:
        [paper] = work.papers.listed(DAY, DAY)
        [sighting] = work.papers.sightings([paper.id], until=DAY)
    assert sighting.position is None


def test_warnings_reach_whoever_asked() -> None:
    warning = ListingWarning(line=3, message="what is this?")

    intake = ingest([make_listing(warnings=(warning,))], DAY, store=MemoryStore())

    assert intake.warnings == (warning,)


ENTRIES = st.lists(
    st.builds(
        Entry,
        title=st.sampled_from(["Whales", "Squid", "On S$^3$", "On S³"]),
        authors=st.sampled_from([(), ("Ada Okafor",), ("Ada Okafor", "Bo Li"), ("Grace Wu",)]),
        arxiv_id=st.sampled_from([None, "2611.00001", "2611.00001v2", "2611.00002"]),
        abstract=st.sampled_from(["", "Short.", "A longer abstract."]),
    ),
    max_size=6,
)


@given(ENTRIES)
def test_whatever_the_page_the_second_time_adds_no_paper(entries: list[Entry]) -> None:
    store = MemoryStore()
    page = [make_listing(*entries)] if entries else []
    first = ingest(page, DAY, store=store)

    again = ingest(page, DAY, store=store)

    assert again.new == 0
    # Contradictory pages may turn out to tell of one paper, never of one more.
    assert again.papers <= first.papers


LIVE = datetime(2026, 11, 20, 9, tzinfo=UTC)


def live(*entries: Entry, **changes: Any) -> Listing:
    defaults: dict[str, Any] = {"source": "Hugging Face", "seen_at": LIVE}
    return make_listing(*entries, **defaults | changes)


def sightings(store: MemoryStore, until: date = DAY) -> Sequence[Sighting]:
    with store.read() as work:
        return work.papers.sightings(
            [paper.id for paper in work.papers.page(after="", limit=99)], until=until
        )


def test_an_answer_that_says_the_same_within_a_day_adds_nothing() -> None:
    store = MemoryStore()
    ingest([live(make_entry("Whales", upvotes=4))], DAY, store=store)

    later = live(make_entry("Whales", upvotes=4), seen_at=LIVE + timedelta(hours=3))

    assert ingest([later], DAY, store=store).sightings == 0
    assert [one.seen_at for one in sightings(store)] == [LIVE]


def test_an_answer_with_another_count_is_another_sighting() -> None:
    store = MemoryStore()
    ingest([live(make_entry("Whales", upvotes=4))], DAY, store=store)

    ingest(
        [live(make_entry("Whales", upvotes=9), seen_at=LIVE + timedelta(hours=1))], DAY, store=store
    )

    assert [one.upvotes for one in sightings(store)] == [4, 9]


@pytest.mark.parametrize(("days", "kept"), [(1, 2), (14, 2), (15, 1)])
def test_counts_that_stand_still_are_told_once_a_day_while_the_paper_is_young(
    days: int, kept: int
) -> None:
    store = MemoryStore()
    ingest([live(make_entry("Whales", upvotes=4))], DAY, store=store)

    later = live(make_entry("Whales", upvotes=4), seen_at=LIVE + timedelta(days=days))
    ingest([later], DAY, store=store)

    assert len(sightings(store)) == kept


def test_an_announcement_without_counts_is_told_once() -> None:
    store = MemoryStore()
    for days in range(3):
        seen_at = LIVE + timedelta(days=days)
        ingest([live(make_entry("Whales"), source="arXiv", seen_at=seen_at)], DAY, store=store)

    assert len(sightings(store)) == 1


def test_a_catalogue_announces_no_paper_that_its_source_has_shown() -> None:
    store = MemoryStore()
    whales, squid = make_entry("Whales"), make_entry("Squid")
    ingest([live(whales, source="arXiv", kind=ListingKind.FEED)], DAY, store=store)
    ingest([live(squid)], DAY, store=store)

    eve = DAY - timedelta(days=1)
    catalogue = live(whales, squid, source="arXiv", kind=ListingKind.CATALOGUE, day=eve)

    assert ingest([catalogue], eve, store=store).sightings == 1
    assert [one.listed_on for one in sightings(store) if one.source == "arXiv"] == [eve, DAY]


def test_an_update_changes_a_paper_we_know_and_announces_none() -> None:
    store = MemoryStore()
    known = make_entry("Whales", arxiv_id="2601.00001")
    ingest([live(known)], DAY, store=store)

    intake = ingest(
        [
            live(
                replace(known, comment="12 pages", announcement=Announcement.UPDATE),
                make_entry("Squid", announcement=Announcement.UPDATE),
                source="arXiv",
            )
        ],
        DAY,
        store=store,
    )

    assert intake == Intake(entries=2, papers=1, new=0)
    with store.read() as work:
        [paper] = work.papers.page(after="", limit=9)
    assert paper.comment == "12 pages"
    assert Origin("comment", "arXiv") in paper.origins


def test_a_record_that_knows_both_joins_a_preprint_and_what_was_printed() -> None:
    store = MemoryStore()
    preprint = make_entry("Whales count", arxiv_id="2601.00001")
    printed = make_entry("How whales count", doi="10.1000/whales", journal="Whale Letters")
    ingest([live(preprint)], DAY, store=store)
    ingest([live(printed, source="Whale Letters")], DAY, store=store)

    both = make_entry("Whales count", arxiv_id="2601.00001", doi="10.1000/whales")
    intake = ingest([live(both, source="arXiv")], DAY, store=store)

    assert (intake.papers, intake.new) == (1, 0)
    with store.read() as work:
        [paper] = work.papers.page(after="", limit=9)
        assert work.papers.get(["gone"]) == {}
    assert (paper.journal, paper.arxiv_id, paper.doi) == (
        "Whale Letters",
        "2601.00001",
        "10.1000/whales",
    )
    assert {one.source for one in sightings(store)} == {"Hugging Face", "Whale Letters", "arXiv"}
    assert {one.paper_id for one in sightings(store)} == {paper.id}


def test_a_listing_may_itself_show_that_two_of_its_papers_are_one() -> None:
    store = MemoryStore()
    listing = live(
        make_entry("Whales count", arxiv_id="2601.00001"),
        make_entry("How whales count", doi="10.1000/whales"),
        make_entry("Whales count", arxiv_id="2601.00001", doi="10.1000/whales"),
    )

    assert ingest([listing], DAY, store=store).papers == 1
    assert ingest([listing], DAY, store=store).new == 0
