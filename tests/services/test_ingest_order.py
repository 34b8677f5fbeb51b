"""Whichever listing comes first, and however often, the archive comes to be the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.models.papers import Announcement, Entry, Listing, ListingKind, Paper
from digest.ports import Store
from digest.services.ingest import ingest
from tests.factories import DAY
from tests.fakes import MemoryStore

unhurried = settings(deadline=None)  # for a busy machine
AT_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

# As TeX has it, as Unicode has it, and what the next version is called.
TITLES = (
    (r"Caf\'e acoustics of M\"unster", "Café Acoustics of Münster", "Echoes of Münster"),
    ("On $S^3$ and\n  $\\beta$-moss", "On S³ and β\u2010Moss", "Moss on spheres"),
    ("Whales count in base $8$", "Whales Count in Base 8", "Whales count in octal"),
    (r"Sch\"odinger's {\em Lamp}", "SCHÖDINGER’S LAMP", "A lamp, reconsidered"),
    # A title may be that of another work by other people.
    ("Whales count in base $8$", "Whales count in base 8", "Whales count on fins"),
)
TWINS = frozenset({2, 4})
# Each name in full, as a journal shortens it, and with its accents in TeX long gone.
PEOPLE = (
    (("Ada Okafor", "Bo Lindqvist"), ("A. Okafor", "B. Lindqvist")),
    (("Jürgen Rive", "Ida Falter", "Tom Motte"), ("J. Rive", "I. Falter")),
    (("Cees van der Berg",), ("C. van der Berg",)),
    (("Lea Nacht Jr.", "Kim Stone"), ("L. Nacht", "K. Stone", "M. Late")),
    (("Ines Park", "Jo van Dam"), ("I. Park", "J. van Dam")),
)
KINDS = {
    "arXiv": ListingKind.FEED,
    "Hugging Face": ListingKind.DAILY,
    "Moss Letters": ListingKind.FEED,
    "saved pages": ListingKind.DAILY,
    "a library": ListingKind.FEED,
    "old versions": ListingKind.FEED,
}
"""Who lists papers, and how; the last three are: titles alone, both ids, the title before."""


@dataclass(frozen=True)
class Work:
    """One work, of which each source *told* its own."""

    number: int
    told: frozenset[str]
    renamed: bool
    upvotes: int

    @property
    def entries(self) -> dict[str, Entry]:
        """What each source says of it."""
        tex, unicode, later = TITLES[self.number]
        full, short = PEOPLE[self.number]
        arxiv_id, doi = f"2611.0000{self.number}", f"10.5555/moss.{self.number}"
        every = {
            "arXiv": Entry(
                title=later if self.renamed else tex,
                abstract="We listen, and count.",
                authors=full,
                author_count=len(full),
                categories=("cs.SD", "cs.LG"),
                primary_first=True,
                arxiv_id=arxiv_id,
                version=2,
                announcement=Announcement.CROSS,
                withdrawn=False,
            ),
            "Hugging Face": Entry(
                title=later if self.renamed else tex,
                abstract="We listen.",
                summary="They listened.",
                authors=full[:1],
                arxiv_id=arxiv_id,
                upvotes=self.upvotes,
                keywords=("moss",),
                code_url="https://github.com/okafor/moss",
                has_code=True,
            ),
            "Moss Letters": Entry(
                title=unicode, authors=short, doi=f"https://doi.org/{doi}", journal="Moss Letters"
            ),
            "saved pages": Entry(title=unicode, author_count=len(full), upvotes=self.upvotes),
            "a library": Entry(title=later, authors=short, arxiv_id=f"{arxiv_id}v2", doi=doi),
            "old versions": Entry(title=tex, authors=full, arxiv_id=f"{arxiv_id}v1", version=1),
        }
        return {source: entry for source, entry in every.items() if source in self.told}


@st.composite
def works(draw: st.DrawFn) -> list[Work]:
    """Return some works, each told of by at least one source."""
    found = []
    for number in draw(st.lists(st.integers(0, 4), min_size=1, max_size=4, unique=True)):
        # A title without authors could be that of either twin.
        sources = sorted(set(KINDS) - ({"saved pages"} if number in TWINS else set()))
        told = draw(st.frozensets(st.sampled_from(sources), min_size=1))
        found.append(Work(number, told, draw(st.booleans()), draw(st.integers(0, 99))))
    return found


def listings_of(found: Sequence[Work]) -> list[Listing]:
    """Return a listing of each source, read at noon."""
    return [
        Listing(
            kind=kind,
            source=source,
            day=DAY,
            entries=tuple(work.entries[source] for work in found if source in work.told),
            seen_at=AT_NOON,
        )
        for source, kind in KINDS.items()
    ]


def taken(listings: Sequence[Listing]) -> MemoryStore:
    store = MemoryStore()
    ingest(listings, DAY, store=store)
    return store


def contents(store: Store) -> tuple[dict[tuple[str, ...], Paper], list[Any]]:
    """Return all papers by their keys, and all sightings, whatever the papers' ids are."""
    with store.read() as work:
        papers = work.papers.archive(1000)
        seen = work.papers.sightings([paper.id for paper in papers], until=DAY)
    named = {paper.id: paper.known_as for paper in papers}
    sightings = sorted((named[s.paper_id], repr(replace(s, paper_id=""))) for s in seen)
    return {paper.known_as: replace(paper, id="") for paper in papers}, sightings


@unhurried
@given(works(), st.data())
def test_listings_make_the_same_archive_in_any_order(
    found: list[Work], data: st.DataObject
) -> None:
    listings = listings_of(found)
    shuffled = data.draw(st.permutations(listings))

    assert contents(taken(shuffled)) == contents(taken(listings))


@unhurried
@given(works(), st.data())
def test_listings_taken_in_again_change_nothing(found: list[Work], data: st.DataObject) -> None:
    listings = listings_of(found)
    store = taken(listings)
    before = contents(store)

    for listing in data.draw(st.permutations(listings)):
        again = ingest([listing], DAY, store=store)
        assert (again.new, again.sightings) == (0, 0)

    assert contents(store) == before


@unhurried
@given(works(), st.data())
def test_one_entry_at_a_time_makes_what_whole_listings_make(
    found: list[Work], data: st.DataObject
) -> None:
    # Papers alone: who lists one by one says nothing of places.
    whole = listings_of(found)
    single = [replace(each, entries=(entry,)) for each in whole for entry in each.entries]

    papers, _ = contents(taken(data.draw(st.permutations(single))))

    assert papers == contents(taken(whole))[0]


@unhurried
@given(works(), st.data())
def test_one_listing_that_has_each_several_times_makes_the_same_papers(
    found: list[Work], data: st.DataObject
) -> None:
    entries = [entry for work in found for entry in work.entries.values()]

    def listed(entries: Sequence[Entry]) -> MemoryStore:
        listing = Listing(
            kind=ListingKind.FEED, source="a hub", day=DAY, entries=tuple(entries), seen_at=AT_NOON
        )
        return taken([listing])

    papers, sightings = contents(listed(data.draw(st.permutations(entries))))

    assert papers == contents(listed(entries))[0]
    # However often it shows a paper, it was seen there once.
    assert len(sightings) == len(papers)


@unhurried
@given(works())
def test_works_are_never_glued_together(found: list[Work]) -> None:
    papers, sightings = contents(taken(listings_of(found)))

    numbers = [{key[-1] for key in known_as if not key.startswith("title:")} for known_as in papers]
    assert all(len(number) <= 1 for number in numbers)
    assert len(sightings) == sum(len(work.told) for work in found)


@unhurried
@given(works(), st.data())
def test_a_record_with_both_ids_makes_one_of_two(found: list[Work], data: st.DataObject) -> None:
    everybody = frozenset(KINDS) - {"saved pages"}
    listings = listings_of([replace(work, told=everybody) for work in found])

    papers, _ = contents(taken(data.draw(st.permutations(listings))))

    assert len(papers) == len(found)
    for paper in papers.values():
        assert paper.arxiv_id
        assert paper.doi
        assert paper.summary
        assert paper.version == 2
        assert paper.categories == ("cs.SD", "cs.LG")
        assert {origin.source for origin in paper.origins} >= {"arXiv", "Hugging Face"}
