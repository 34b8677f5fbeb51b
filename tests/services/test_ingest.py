"""Listings become papers, once each, with what every page knows."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import AuthorFigures, Entry, ListingKind, ListingWarning
from digest.services.ingest import Intake, ingest
from tests.factories import DAY, make_entry, make_listing
from tests.fakes import MemoryStore


def test_every_entry_becomes_a_paper_with_a_sighting() -> None:
    store = MemoryStore()
    listing = make_listing(make_entry("Whales"), make_entry("Squid", upvotes=7, score=81.5))

    intake = ingest([listing], DAY, store=store)

    assert intake == Intake(entries=2, papers=2, new=2)
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
