"""The five real pages, value by value; skipped where there are none."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from digest.models.papers import (
    AuthorFigures,
    Entry,
    Listing,
    ListingKind,
    Paper,
    identity_keys,
    merge,
    new_paper,
    same_work,
)
from digest.sources.saved_page import parse, read_page

DAY = date(2026, 11, 20)
NAMES = (
    "daily-papers-dated",
    "daily-papers-spaced",
    "daily-papers-compact",
    "author-page",
    "author-bibliography",
)


@pytest.fixture
def content(real_input: Path) -> Callable[[str], bytes]:
    return lambda name: read_page(real_input / "listings" / f"{name}.txt")


@pytest.fixture
def listing(content: Callable[[str], bytes]) -> Callable[[str], Listing]:
    return lambda name: parse(content(name), day=DAY)


@pytest.mark.parametrize(
    ("name", "kind", "day", "papers"),
    [
        ("daily-papers-dated", ListingKind.DAILY, date(2026, 4, 17), 35),
        ("daily-papers-spaced", ListingKind.DAILY, date(2026, 3, 12), 50),
        ("daily-papers-compact", ListingKind.DAILY, None, 314),
        ("author-page", ListingKind.AUTHOR, None, 42),
        ("author-bibliography", ListingKind.BIBLIOGRAPHY, None, 10),
    ],
)
def test_every_page_is_read_whole(
    listing: Callable[[str], Listing], name: str, kind: ListingKind, day: date | None, papers: int
) -> None:
    found = listing(name)

    assert (found.kind, found.day, len(found.entries)) == (kind, day, papers)
    assert found.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_bytes_do_not_matter(content: Callable[[str], bytes], name: str) -> None:
    page = content(name)
    whole = parse(page, day=DAY)

    for other in (
        page.replace(b"\n", b"\r\n"),
        page.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + page,
        b"\xef\xbb\xbf" + page.replace(b"\n", b"\r\n") + b"\r\n",
        page.rstrip(b"\n"),
        page + b"\n",
    ):
        assert parse(other, day=DAY) == whole


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_used_once_and_nothing_is_left(
    content: Callable[[str], bytes], name: str
) -> None:
    lines = content(name).decode().split("\n")
    entries = parse(content(name), day=DAY).entries
    starts = [entry.line or 0 for entry in entries]

    assert starts == sorted(set(starts))
    for entry, end in zip(entries, [*starts[1:], len(lines) + 1], strict=True):
        start = entry.line or 0
        assert lines[start - 1].removeprefix("Subscribe") == entry.title
        long = [line for line in lines[start : end - 1] if len(line) > 250]
        assert entry.abstract in long
        assert len([line for line in long if "et al." not in line]) <= 2


def test_the_dated_page_has_counts_days_and_upvotes(listing: Callable[[str], Listing]) -> None:
    entries = listing("daily-papers-dated").entries

    assert sum(entry.author_count or 0 for entry in entries) == 208
    assert [entry.upvotes for entry in entries if entry.upvotes is not None] == [1, 4, 1, 15, 2, 1]
    assert all(entry.published for entry in entries)
    by_title = {entry.title.split(":")[0]: entry for entry in entries}
    assert by_title["SQuTR"].published == date(2026, 2, 13)
    assert by_title["SQuTR"].upvotes == 4
    assert by_title["SNIP"].published == date(2026, 2, 1)
    assert by_title["SNIP"].upvotes is None
    assert by_title["LOST"].code_url == (
        "https://github.com/JiaxiLi1/LOST-Low-rank-and-Sparse-Training-for-Large-Language-Models"
    )


def test_the_compact_page_begins_with_the_title_behind_the_button(
    listing: Callable[[str], Listing],
) -> None:
    entries = listing("daily-papers-compact").entries

    assert entries[0].title == (
        "End-to-End Training of Neural Retrievers for Open-Domain Question Answering"
    )
    assert entries[0].line == 3
    assert entries[-1].abstract.endswith(r"15.4\% and 23.9\%. Our code will be released")
    assert any(entry.title.startswith("S$^{3}$: ") for entry in entries)


def test_the_author_page_has_figures_scores_and_flags(listing: Callable[[str], Listing]) -> None:
    found = listing("author-page")

    assert found.author == AuthorFigures(
        name="Ernie Chang",
        field="CL",
        h_index=16,
        paper_count=42,
        citations=10_866,
        novelty=50.0,
        ai_score=62.0,
    )
    assert [entry.score for entry in found.entries if entry.score is not None] == [
        95.2,
        75.6,
        95.8,
        69.9,
        54.0,
        81.4,
        12.2,
    ]
    assert [entry.title.split(":")[0] for entry in found.entries if entry.has_code] == [
        "MobileMoE",
        "MobileLLM-R1",
        "Time-Aware Ancient Chinese Text Translation and Inference",
    ]
    assert [entry.institutions for entry in found.entries if entry.institutions] == [
        ("allen-ai", "amazon-science"),
        ("deepmind", "mila"),
        ("meta-ai", "mila"),
    ]
    moe = next(entry for entry in found.entries if entry.title.startswith("MobileMoE"))
    assert (moe.score, moe.categories, moe.published) == (95.2, ("LG",), date(2026, 5, 26))
    assert moe.authors == ("Yanbei Chen", "Hanxian Huang", "Ernie Chang")
    assert moe.author_count is None
    assert any("Gaël Le Lan" in entry.authors for entry in found.entries)
    assert all(entry.published and entry.authors and entry.categories for entry in found.entries)
    assert sum(entry.author_count is not None for entry in found.entries) == 5
    assert not any("et al" in name for entry in found.entries for name in entry.authors)


def test_the_bibliography_has_its_names_the_right_way_round(
    listing: Callable[[str], Listing],
) -> None:
    found = listing("author-bibliography")

    assert found.author == AuthorFigures(name="Yangyang Shi")
    assert all("Yangyang Shi" in entry.authors for entry in found.entries)
    assert sum(len(entry.authors) for entry in found.entries) == 92
    names = {name for entry in found.entries for name in entry.authors}
    assert {"Jürgen Schmidhuber", "Forrest N. Iandola", "Pin-Jie Lin"} <= names


def test_the_five_pages_are_451_entries_and_444_papers(
    listing: Callable[[str], Listing],
) -> None:
    entries = [entry for name in NAMES for entry in listing(name).entries]
    papers: list[Paper] = []
    by_key: dict[str, int] = {}
    for entry in entries:
        place = _known(entry, papers, by_key)
        if place is None:
            place = len(papers)
            papers.append(new_paper(entry))
        papers[place] = merge(papers[place], entry)
        by_key.update(dict.fromkeys(identity_keys(entry), place))

    assert (len(entries), len(papers)) == (451, 444)
    judge = next(paper for paper in papers if paper.title.startswith("Agent-as-a-Judge"))
    assert "Jürgen Schmidhuber" in judge.authors
    assert judge.categories == ("AI",)


def _known(entry: Entry, papers: list[Paper], by_key: dict[str, int]) -> int | None:
    for key in identity_keys(entry):
        place = by_key.get(key)
        if place is not None and same_work(papers[place], entry):
            return place
    return None
