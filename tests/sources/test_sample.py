import json
import re
import tarfile
from collections import defaultdict
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, ListingKind, bare_arxiv_id
from digest.ports import Source
from digest.services.ingest import ingest
from digest.sources.sample import DAY, DAYS, MAX_SUMMARY, Sample, parse
from tests.fakes import MemoryStore

PHRASE = 6
"""So many words in a row make a borrowed phrase."""


def anything(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["note", "papers", "seen", "title"]) | st.text()
    return st.lists(leaves) | st.dictionaries(names, leaves)


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_it_is_a_source_by_the_name_of_sample() -> None:
    source: Source = Sample()

    assert source.name == "sample"


def test_every_day_it_names_has_one_listing_and_no_other_day_has_any() -> None:
    listings = parse(shipped())

    assert tuple(listing.day for listing in listings) == DAYS == tuple(sorted(set(DAYS)))
    assert DAYS[-1] == DAY
    for listing in listings:
        assert listing.day is not None
        assert list(Sample().fetch(listing.day)) == [listing]
    assert list(Sample().fetch(date(2026, 5, 26))) == []


def test_a_listing_names_its_source_and_kind_and_no_lines() -> None:
    for listing in parse(shipped()):
        assert (listing.source, listing.kind) == ("sample", ListingKind.DAILY)
        assert listing.warnings == ()
        assert all(entry.line is None for entry in listing.entries)


def test_the_most_upvoted_stand_first() -> None:
    for listing in parse(shipped()):
        upvotes = [entry.upvotes or 0 for entry in listing.entries]
        assert upvotes == sorted(upvotes, reverse=True)


def test_there_are_enough_papers_each_with_what_a_mail_needs() -> None:
    papers = sightings()

    assert 45 <= len(papers) <= 60
    for arxiv_id, seen in papers.items():
        entry = seen[0][1]
        assert bare_arxiv_id(arxiv_id) == arxiv_id
        assert entry.title
        assert entry.authors
        assert entry.author_count is not None
        assert entry.author_count >= len(entry.authors)
        assert entry.published is not None
        assert entry.published <= seen[0][0]
        assert 40 < len(entry.summary) <= MAX_SUMMARY
        assert entry.abstract == ""
        assert all(re.fullmatch(r"[a-z-]+\.[A-Za-z-]+", name) for name in entry.categories)
        assert entry.categories


def test_a_paper_is_the_same_on_every_day_but_for_its_counts() -> None:
    for seen in sightings().values():
        assert len({(entry.title, entry.summary, entry.authors) for _, entry in seen}) == 1
        assert len({day for day, _ in seen}) == len(seen)


@pytest.mark.parametrize("count", ["upvotes", "comments", "stars"])
def test_counts_never_fall(count: str) -> None:
    for arxiv_id, seen in sightings().items():
        known = [value for _, entry in seen if (value := getattr(entry, count)) is not None]
        assert all(before <= after for before, after in pairwise(known)), arxiv_id


def test_enough_is_new_on_the_last_day_and_enough_has_grown_by_then() -> None:
    papers = sightings()
    new = [seen for seen in papers.values() if seen[0][0] == DAY]
    grown = [
        seen for seen in papers.values() if (seen[-1][1].upvotes or 0) > (seen[0][1].upvotes or 0)
    ]

    assert len(new) >= 10
    assert len(grown) >= 15


def test_many_fields_are_there() -> None:
    fields = {seen[0][1].categories[0] for seen in sightings().values()}

    assert {"cs.CL", "cs.CV", "cs.SD", "eess.AS", "cs.RO", "cs.LG", "cs.DC", "cs.CR"} <= fields


def test_taken_in_day_by_day_a_paper_is_one_with_its_growth() -> None:
    store = MemoryStore()
    for day in DAYS:
        ingest(Sample().fetch(day), day, store=store)

    papers = sightings()
    with store.begin() as work:
        assert work.papers.count() == len(papers)
        for paper in work.papers.listed(DAYS[0], DAY):
            kept = work.papers.sightings([paper.id], until=DAY)
            assert paper.arxiv_id is not None
            shown = [(day, entry.upvotes) for day, entry in papers[paper.arxiv_id]]
            assert [(sighting.listed_on, sighting.upvotes) for sighting in kept] == shown


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"arxiv_id": "2605.19833v2"}, "papers.0.arxiv_id"),
        ({"arxiv_id": "not an id"}, "papers.0.arxiv_id"),
        ({"title": "Two\nlines"}, "papers.0.title"),
        ({"title": " padded"}, "papers.0.title"),
        ({"title": ""}, "papers.0.title"),
        ({"summary": "x" * 201}, "papers.0.summary"),
        ({"authors": []}, "papers.0.authors"),
        ({"author_count": 1}, "author_count"),
        ({"published": "last spring"}, "papers.0.published"),
        ({"categories": []}, "papers.0.categories"),
        ({"code_url": "javascript:alert(1)"}, "papers.0.code_url"),
        ({"code_url": "https://"}, "papers.0.code_url"),
        ({"code_url": "http://example.org/code"}, "papers.0.code_url"),
        ({"project_url": "https://example.org/a b"}, "papers.0.project_url"),
        ({"mood": "good"}, "papers.0.mood"),
        ({"seen": []}, "papers.0.seen"),
        ({"seen": [{"listed_on": "2026-05-28", "upvotes": -1}]}, "papers.0.seen.0.upvotes"),
        ({"seen": [{"listed_on": "2026-05-28", "upvotes": "9"}]}, "papers.0.seen.0.upvotes"),
        ({"seen": [{"listed_on": "2026-05-28"}]}, "papers.0.seen.0.upvotes"),
        ({"seen": [{"listed_on": "2026-05-28", "upvotes": 1}] * 2}, "ascend"),
        (
            {"seen": [{"listed_on": "2026-05-28", "seen_at": "2026-05-29T00:10Z", "upvotes": 1}]},
            "seen_at",
        ),
        (
            {"seen": [{"listed_on": "2026-05-28", "seen_at": "2026-05-28T10:00", "upvotes": 1}]},
            "seen_at",
        ),
    ],
)
def test_a_paper_that_is_not_sound_is_refused_by_its_place(
    change: dict[str, Any], place: str
) -> None:
    with pytest.raises(ListingUnreadable, match=re.escape(place)):
        parse(sample_file(a_paper(**change)))


def test_a_sound_paper_is_read() -> None:
    (listing,) = parse(sample_file(a_paper()))

    (entry,) = listing.entries
    assert (entry.arxiv_id, entry.upvotes, entry.comments) == ("2605.19833", 44, None)
    assert entry.has_code


def test_two_papers_of_one_id_are_refused() -> None:
    with pytest.raises(ListingUnreadable, match="arxiv_id must be there once"):
        parse(sample_file(a_paper(), a_paper()))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"note": "n", "papers": []}']
)
def test_what_is_no_sample_file_is_refused(content: bytes) -> None:
    with pytest.raises(ListingUnreadable, match="not a sample file"):
        parse(content)


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), anything).map(dumped))
def test_nothing_else_is_ever_raised(content: bytes) -> None:
    with pytest.raises(ListingUnreadable):
        parse(content)


def test_a_file_cut_short_is_refused() -> None:
    with pytest.raises(ListingUnreadable):
        parse(shipped()[:-40])


def test_its_facts_are_those_on_record(real_input: Path) -> None:
    record = recorded(real_input)
    for arxiv_id, seen in sightings().items():
        listed_on, entry = seen[0]
        (day, item), *others = record[arxiv_id].items()
        paper = item["paper"]
        names = [" ".join(author["name"].split()) for author in paper["authors"]]

        assert not others
        assert (listed_on, entry.title) == (day, " ".join(paper["title"].split()))
        assert entry.published == date.fromisoformat(paper["publishedAt"][:10])
        assert list(entry.authors) == names[: len(entry.authors)]
        assert entry.author_count == len(names)
        assert entry.code_url == paper.get("githubRepo")
        assert entry.project_url in (None, paper.get("projectPage"))
        organisation = item.get("organization") or paper.get("organization")
        shown = (" ".join(organisation["fullname"].split()),) if organisation else ()
        assert entry.institutions == shown
        counts = (paper["upvotes"], item["numComments"], paper.get("githubStars"))
        assert (entry.upvotes, entry.comments, entry.stars) == counts


def test_every_listing_on_record_that_shows_a_paper_again_is_in_it(real_input: Path) -> None:
    record = recorded(real_input)
    for arxiv_id, seen in sightings().items():
        assert {day for day in record[arxiv_id] if day in DAYS} <= {day for day, _ in seen}


def test_no_summary_borrows_a_phrase(real_input: Path) -> None:
    record = recorded(real_input)
    for arxiv_id, seen in sightings().items():
        mine = phrases(seen[0][1].summary)
        for item in record[arxiv_id].values():
            paper = item["paper"]
            theirs = [item.get("summary"), paper.get("summary"), paper.get("ai_summary")]
            for text in filter(None, theirs):
                assert mine.isdisjoint(phrases(text)), (arxiv_id, mine & phrases(text))


def shipped() -> bytes:
    return files("digest.sources.sample").joinpath("papers.json").read_bytes()


def sightings() -> dict[str, list[tuple[date, Entry]]]:
    papers = defaultdict(list)
    for listing in parse(shipped()):
        for entry in listing.entries:
            assert listing.day is not None
            assert entry.arxiv_id is not None
            papers[entry.arxiv_id].append((listing.day, entry))
    return papers


def a_paper(**changes: Any) -> dict[str, Any]:
    return {
        "arxiv_id": "2605.19833",
        "title": "Whales count in base eight",
        "summary": "Sperm whales click in a code of eight symbols.",
        "authors": ["Ada Okafor", "Bo Lindqvist"],
        "author_count": 2,
        "published": "2026-05-19",
        "categories": ["cs.SD"],
        "code_url": "https://example.org/code",
        "seen": [{"listed_on": "2026-05-21", "upvotes": 44}],
    } | changes


def sample_file(*papers: dict[str, Any]) -> bytes:
    return dumped({"note": "For a test.", "papers": papers})


def recorded(real_input: Path) -> dict[str, dict[date, Any]]:
    """Return what the recorded daily listings show of each paper, by arXiv id and day."""
    archive = real_input / "payloads" / "hf" / "archive-2024-05-to-2026-05.tar.xz"
    found: dict[str, dict[date, Any]] = defaultdict(dict)
    with tarfile.open(archive) as days:
        for member in days:
            day = re.search(r"(2026-05-\d\d)\.json$", member.name)
            content = days.extractfile(member) if day else None
            if day and content:
                for item in json.load(content):
                    found[item["paper"]["id"]][date.fromisoformat(day[1])] = item
    return found


def phrases(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(tuple(words[at : at + PHRASE]) for at in range(len(words) - PHRASE + 1))
