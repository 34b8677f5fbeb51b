"""Whatever a page of each layout says is what we read from it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.papers import AuthorFigures, Entry
from digest.sources.saved_page import parse

DAY = date(2026, 11, 20)

WORD = st.sampled_from(
    [
        "moss",
        "snails",
        "of",
        "the",
        "in",
        "a",
        "rain,",
        "x-ray",
        "33.3%",
        "$x_2$",
        "été",
        "(as",
        "here)",
        "451",
        "vLLM",
        "e.g.",
        "[2]",
        "&",
        "~",
        "“tide”",
    ]
)
CAPITAL = st.sampled_from(["Moss", "Okafor", "Ada", "Xi", "Émile", "May", "Subscribers", "Jan"])
TITLES = st.tuples(CAPITAL, st.lists(WORD, min_size=1, max_size=9)).map(
    lambda words: " ".join([words[0], *words[1]])
)
SENTENCES = st.tuples(CAPITAL, st.lists(WORD, min_size=2, max_size=30)).map(
    lambda words: " ".join([words[0], *words[1]]) + "."
)
ABSTRACTS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)
DAYS = st.dates(min_value=date(1991, 1, 1), max_value=DAY)
PEOPLE = st.tuples(CAPITAL, CAPITAL).map(" ".join)

PAPERS = st.builds(Entry, title=TITLES, abstract=ABSTRACTS)
DATED = st.builds(
    Entry,
    title=TITLES,
    abstract=ABSTRACTS,
    author_count=st.integers(1, 3000),
    published=DAYS,
    upvotes=st.none() | st.integers(0, 999),
)
MARKED = st.builds(
    Entry,
    title=TITLES,
    abstract=ABSTRACTS,
    authors=st.lists(PEOPLE, min_size=1, max_size=3).map(tuple),
    author_count=st.none(),
    published=DAYS,
    categories=st.sampled_from(["CL", "hep-th", "cs.AI"]).map(lambda name: (name,)),
    institutions=st.sampled_from([(), ("mila",), ("tide-lab", "mila")]),
    has_code=st.booleans(),
    score=st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10),
)

BANNER = ["Get trending papers in your email inbox!"]


def written(day: date) -> str:
    """Return *day* as a page writes it: without the year where that is the latest."""
    year = "" if DAY - timedelta(days=365) < day else f", {day.year}"
    return f"{day:%b} {day.day}{year}"


def dated_page(entries: list[Entry]) -> list[str]:
    lines = [*BANNER, "", "Subscribe", "", written(DAY), ""]
    for entry in entries:
        assert entry.published is not None
        upvotes = "" if entry.upvotes is None else f" {entry.upvotes}"
        marks = [f"  • {entry.author_count} authors", "·", written(entry.published) + upvotes]
        lines += [entry.title, "", entry.abstract, "", *marks, ""]
    return lines


def spaced_page(entries: list[Entry]) -> list[str]:
    lines = [*BANNER, "", "Subscribe", "", written(DAY), ""]
    for entry in entries:
        lines += [entry.title, "", entry.abstract, ""]
    return lines


def compact_page(entries: list[Entry]) -> list[str]:
    lines = [line for entry in entries for line in (entry.title, entry.abstract)]
    return [*BANNER, f"Subscribe{lines[0]}", *lines[1:]]


def author_page(entries: list[Entry]) -> list[str]:
    lines = ["Ada Okafor", "", "CL", "h-index7", "9papers", "", f"{len(entries)} Papers", ""]
    for entry in entries:
        assert entry.published is not None
        score = "" if entry.score is None else f"{entry.score:.1f}"
        code = "Code" if entry.has_code else ""
        names = ", ".join(entry.authors) + " et al."
        places = f" · {', '.join(entry.institutions)}" if entry.institutions else ""
        lines += [f"{score}{entry.categories[0]}{written(entry.published)}{code}", entry.title, ""]
        lines += [names + places, "", entry.abstract, ""]
    return lines


def bibliography_page(entries: list[Entry]) -> list[str]:
    lines = ["Okafor, Ada"]
    for entry in entries:
        names = [", ".join(reversed(name.split(" "))) for name in entry.authors]
        lines += [entry.title, ", ".join(names), entry.abstract]
    return lines


BYTES = st.sampled_from(
    [
        lambda lines: "\n".join(lines).encode(),
        lambda lines: "\n".join([*lines, ""]).encode(),
        lambda lines: "\r\n".join(lines).encode("utf-8-sig"),
        lambda lines: "\r".join(lines).encode(),
        lambda lines: "\n".join(lines).encode("utf-16"),
    ]
)


def unlined(entries: tuple[Entry, ...]) -> list[Entry]:
    """Return *entries* without the number of their line."""
    return [
        Entry(**{name: getattr(entry, name) for name in entry.__slots__ if name != "line"})
        for entry in entries
    ]


@pytest.mark.parametrize(
    ("layout", "papers"),
    [
        (dated_page, DATED),
        (spaced_page, PAPERS),
        (compact_page, PAPERS),
        (author_page, MARKED),
    ],
)
@given(data=st.data())
def test_a_page_is_read_as_it_was_written(
    layout: Callable[[list[Entry]], list[str]],
    papers: st.SearchStrategy[Entry],
    data: st.DataObject,
) -> None:
    entries = data.draw(st.lists(papers, min_size=1, max_size=8))
    content = data.draw(BYTES)(layout(entries))

    listing = parse(content, day=DAY)

    assert unlined(listing.entries) == entries
    assert listing.warnings == ()
    if layout in (dated_page, spaced_page):
        assert listing.day == DAY


GARBLED = st.sampled_from(
    ["CLMayo 4, 2022", "CL4 May 2022", "CLMay 2022", "4/5/2022", "hep-thMai 4, 2022", "CL?", None]
)


@given(st.lists(MARKED, min_size=1, max_size=5), BYTES, st.booleans(), st.data())
def test_a_title_in_lines_on_an_author_page_is_one_title(
    entries: list[Entry],
    encoded: Callable[[list[str]], bytes],
    has_gaps: bool,  # noqa: FBT001 - hypothesis gives it by its place
    data: st.DataObject,
) -> None:
    lines: list[str] = []
    titles = {entry.title for entry in entries}
    for line in author_page(entries):
        words = line.split(" ")
        if line in titles:
            at = data.draw(st.integers(1, len(words) - 1))
            lines += [" ".join(words[:at]), " ".join(words[at:])]
        elif line or has_gaps:
            lines.append(line)

    listing = parse(encoded(lines), day=DAY)

    assert unlined(listing.entries) == entries
    assert listing.warnings == ()


@given(st.lists(MARKED, min_size=2, max_size=5), GARBLED, BYTES, st.data())
def test_a_paper_with_garbled_marks_is_left_out_and_never_glued(
    entries: list[Entry],
    garbled: str | None,
    encoded: Callable[[list[str]], bytes],
    data: st.DataObject,
) -> None:
    place = data.draw(st.integers(1, len(entries) - 1))
    lines = author_page(entries[:place])
    odd = author_page(entries[place : place + 1])[8:]
    odd[:1] = [garbled] if garbled else []
    lines += odd + author_page(entries[place + 1 :])[8:]

    listing = parse(encoded(lines), day=DAY)

    assert unlined(listing.entries) == [*entries[:place], *entries[place + 1 :]]
    at = len(author_page(entries[:place])) + 1
    assert at in [warning.line for warning in listing.warnings]


@given(
    st.lists(
        st.builds(
            Entry,
            title=TITLES,
            abstract=ABSTRACTS,
            authors=st.lists(PEOPLE, max_size=5).map(lambda names: ("Ada Okafor", *names)),
        ),
        min_size=1,
        max_size=8,
    ),
    BYTES,
)
def test_a_bibliography_is_read_as_it_was_written(
    entries: list[Entry], encoded: Callable[[list[str]], bytes]
) -> None:
    listing = parse(encoded(bibliography_page(entries)), day=DAY)

    assert listing.author == AuthorFigures(name="Ada Okafor")
    assert [(entry.title, entry.abstract, entry.authors) for entry in listing.entries] == [
        (entry.title, entry.abstract, entry.authors) for entry in entries
    ]
    assert [entry.author_count for entry in listing.entries] == [
        len(entry.authors) for entry in entries
    ]
    assert listing.warnings == ()


@given(st.lists(PAPERS, min_size=1, max_size=8), st.data())
def test_the_line_of_a_paper_is_that_of_its_title(
    entries: list[Entry], data: st.DataObject
) -> None:
    lines = spaced_page(entries)
    content = data.draw(BYTES)(lines)

    for entry in parse(content, day=DAY).entries:
        assert entry.line is not None
        assert lines[entry.line - 1] == entry.title
