import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, ListingKind
from digest.sources.huggingface import is_daily_json, parse_daily
from digest.sources.huggingface.daily import whole_rows
from tests.sources.huggingface import (
    ANYTHING,
    DAY,
    NOON,
    encoded,
    make_row,
    messages,
    parsed,
    saved,
)

SHAPES = ("2024-05-27", "2025-09-29", "2026-08-20")


def test_the_first_lists_have_little_more_than_papers() -> None:
    day = date(2024, 5, 27)
    listing = parse_daily(saved(f"{day}.json"), day=day, seen_at=NOON)

    assert (listing.kind, listing.source) == (ListingKind.DAILY, "Hugging Face")
    assert (listing.day, listing.seen_at, listing.warnings) == (day, NOON, ())
    assert listing.entries == (
        Entry(
            title="Whales Count in Base Eight: A Study of Clicks",
            abstract="We listen to sperm whales. Their clicks follow a code of $8$ symbols. "
            "Code is at https://github.com/okafor/base-eight.",
            authors=("Ada Okafor", "Bo Lindqvist"),
            author_count=2,
            published=date(2024, 5, 24),
            arxiv_id="2405.99001",
            has_code=True,
            code_url="https://github.com/okafor/base-eight",
            upvotes=12,
            comments=3,
        ),
        Entry(
            title="Moss as a Slow Computer",
            abstract="Moss computes, in its own time.",
            authors=("Chiara Duarte",),
            author_count=1,
            published=date(2024, 5, 25),
            arxiv_id="2405.99002",
            upvotes=0,
            comments=1,
            submitter="edsato",
            thumbnail_url="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2405.99002.png",
        ),
    )


def test_later_lists_have_more_of_each_paper() -> None:
    listing = parse_daily(saved("2025-09-29.json"), day=None, seen_at=None)

    assert (listing.day, listing.seen_at, listing.warnings) == (date(2025, 9, 29), None, ())
    assert listing.entries == (
        Entry(
            title="Bridges That Remember Storms",
            abstract="We let bridges learn.",
            summary="Bridges learn from storms.",
            authors=("Fen Abara", "Gro Haug"),
            author_count=2,
            published=date(2025, 9, 26),
            institutions=("Span Laboratory",),
            arxiv_id="2509.99001",
            has_code=True,
            code_url="https://github.com/fabara/storm-bridges",
            project_url="https://bridges.example.org/storms",
            upvotes=41,
            comments=2,
            stars=7,
            keywords=("structural memory", "strain gauges"),
            submitter="fabara",
            thumbnail_url="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2509.99001.png",
        ),
    )


def test_the_lists_of_today_have_organisations_and_withdrawals() -> None:
    listing = parse_daily(saved("2026-08-20.json"), day=None, seen_at=None)

    first, second = listing.entries
    assert (listing.day, listing.warnings) == (date(2026, 8, 20), ())
    assert (first.title, first.institutions) == (
        "Tides as Teachers: Learning from $\\mathcal{M}_2$",
        ("Tidal Institute",),
    )
    assert (first.stars, first.project_url) == (1204, "https://github.com/tidal/site")
    assert (first.withdrawn, second.withdrawn) == (None, True)
    assert (second.submitter, second.institutions, second.has_code) == ("", (), False)


def test_a_day_without_papers_is_an_empty_list() -> None:
    listing = parsed()

    assert (listing.day, listing.entries, listing.warnings) == (DAY, (), ())


def test_rows_of_another_day_are_left_out_and_counted() -> None:
    friday, monday = "2026-11-20T00:00:00.000Z", "2026-11-23T01:02:03.456Z"
    listing = parsed(
        make_row(1, submittedOnDailyAt=monday),
        make_row(2, submittedOnDailyAt=friday),
        make_row(3, submittedOnDailyAt=monday),
        make_row(4, submittedOnDailyAt=None),
        make_row(5, submittedOnDailyAt="2026-11-21"),
    )

    assert [entry.upvotes for entry in listing.entries] == [2, 4]
    assert messages(listing) == [
        "line 1: 2 rows of 2026-11-23, not of 2026-11-20, were left out",
        "line 5: 1 row of 2026-11-21, not of 2026-11-20, was left out",
    ]


def test_a_list_of_another_day_alone_is_empty_and_no_error() -> None:
    listing = parsed(make_row(), make_row(2), day=date(2026, 11, 21))

    assert (listing.day, listing.entries) == (date(2026, 11, 21), ())
    assert len(listing.warnings) == 1


@pytest.mark.parametrize("other", ["2026-11-19T00:00:00.000Z", "2026-11-21T00:00:00.000Z"])
def test_a_saved_list_is_of_the_day_that_most_of_its_rows_name(other: str) -> None:
    listing = parsed(make_row(1, submittedOnDailyAt=other), make_row(2), make_row(3), day=None)

    assert (listing.day, [entry.upvotes for entry in listing.entries]) == (DAY, [2, 3])


def test_a_saved_list_that_names_no_day_has_none() -> None:
    listing = parsed(make_row(submittedOnDailyAt=None), day=None)

    assert (listing.day, len(listing.entries)) == (None, 1)


def test_a_paper_that_stands_there_twice_counts_once_and_first() -> None:
    listing = parsed(make_row(1), make_row(2), make_row(1, title="Again"))

    assert [entry.title for entry in listing.entries] == [
        "Whales count in base 1",
        "Whales count in base 2",
    ]


BROKEN: list[Any] = [
    None,
    7,
    "{'paper': {}}",
    [],
    {},
    {"paper": None},
    {"paper": [make_row()]},
    {"id": "2611.00009", "title": "Flat"},
    make_row(id=None),
    make_row(id=261100001),
    make_row(id=" \n"),
    make_row(title="", outer={"title": None}),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_row_is_left_out_and_told_of_and_the_others_stay(broken: Any) -> None:
    listing = parsed(make_row(1), broken, make_row(2))

    assert [entry.upvotes for entry in listing.entries] == [1, 2]
    assert messages(listing) == [
        "line 2: this row has no paper with an id and a title, and was left out"
    ]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_list_of_broken_rows_alone_is_unreadable(broken: Any) -> None:
    with pytest.raises(ListingUnreadable):
        parsed(broken, broken)


def test_warnings_are_in_the_order_of_the_rows() -> None:
    listing = parsed(
        make_row(1, submittedOnDailyAt="2026-11-19"), None, make_row(3, upvotes=-1), make_row(4)
    )

    assert [warning.line for warning in listing.warnings] == [1, 2, 3]


@pytest.mark.parametrize(("day", "named"), [(None, ""), (DAY, " of 2026-11-20")])
def test_rows_that_are_quoted_strings_are_refused_as_such(day: date | None, named: str) -> None:
    with pytest.raises(ListingUnreadable) as refusal:
        parse_daily(saved("quoted.json"), day=day, seen_at=None)

    assert str(refusal.value) == (
        f"The rows of Hugging Face's list{named} are quoted strings instead of objects; "
        "ask the service for that day again."
    )


def test_a_wrapper_of_quoted_strings_says_of_which_day_they_are() -> None:
    with pytest.raises(ListingUnreadable, match=r"rows of .* list of 2025-01-10 are quoted"):
        parse_daily(saved("wrapped.json"), day=None, seen_at=None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<!doctype html><title>Down for maintenance</title>", "is a web page instead of JSON"),
        (b"upstream timed out", "is broken JSON, or a part of it"),
        (b"[", "is broken JSON"),
        (encoded(make_row())[:-1], "is broken JSON"),
        (b"[" * 200_000, "is broken JSON"),
        (b'[{"paper":' * 100_000, "is broken JSON"),
        (b"[" + b"9" * 5_000 + b"]", "is broken JSON"),
        (b"{}", "is a JSON object instead of an array"),
        (b'{"error":"Not Found"}', "is a JSON object instead of an array"),
        (b'{"data":[{"paper":{"id":"1","title":"2"}}]}', "is a JSON object instead of an array"),
        (b"7", "is a single JSON value instead of an array"),
        (b"null", "is a single JSON value instead of an array"),
        (b'"quoted"', "is a single JSON value instead of an array"),
        (b"[7]", "has a paper with an id and a title"),
        (b'["quoted", 7]', "has a paper with an id and a title"),
        ("[{'paper':'é'}]".encode("latin-1"), "is not in UTF-8"),
        (encoded(make_row()).decode().encode("utf-16"), "is not in UTF-8"),
        (encoded(make_row()).decode().encode("utf-16-le"), "is not in UTF-8"),
        (encoded(make_row()).decode().encode("utf-32-be"), "is not in UTF-8"),
    ],
    ids=lambda value: f"{len(value)} {value[-30:]!r}",
)
def test_what_is_no_list_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(ListingUnreadable) as refusal:
        parse_daily(content, day=DAY, seen_at=NOON)

    assert said in str(refusal.value)
    assert "Hugging Face's list of 2026-11-20" in str(refusal.value)


def test_a_byte_order_mark_changes_nothing() -> None:
    content = saved("2026-08-20.json")

    with_mark = parse_daily(b"\xef\xbb\xbf" + content, day=None, seen_at=None)

    assert with_mark == parse_daily(content, day=None, seen_at=None)


@pytest.mark.parametrize(
    "content",
    [
        *(saved(f"{name}.json") for name in SHAPES),
        saved("quoted.json"),
        saved("wrapped.json"),
        b"[]",
        b" [\n]",
        b"{}",
        b"[",
        b"\xef\xbb\xbf[{",
        "[{}]".encode("utf-16"),
        b"[" + b" " * 5000 + b"{}]",
    ],
    ids=lambda content: f"{len(content)} {content[-30:]!r}",
)
def test_json_is_recognised(content: bytes) -> None:
    assert is_daily_json(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Daily Papers\nby AK and the research community",
        b"[1] A. Okafor. Whales.",
        b"[Okafor 2026] Whales.",
        b"{whales}",
        b"<html>[{}]",
        b"7",
        saved("2026-08-20.html"),
    ],
)
def test_other_pages_are_not_taken_for_json(content: bytes) -> None:
    assert not is_daily_json(content)


def test_the_rows_before_a_cut_are_whole() -> None:
    rows = [make_row(number, title=f"Wale zählen {number} {{[") for number in (1, 2, 3)]
    content = json.dumps(rows, ensure_ascii=False, indent=1).encode()

    for end in range(len(content) + 1):
        found = whole_rows(content[:end])

        assert found == rows[: len(found)]
    assert whole_rows(content) == rows
    assert whole_rows(content[:-8]) == rows[:2]


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"[7, 8", b'["a"', b"{}", b"<html>", b'[{"a":' * 100_000, b"\xff\xfe[{}", b"\xe2"],
)
def test_a_cut_may_leave_no_row(content: bytes) -> None:
    assert whole_rows(content) == []


def test_rows_after_bytes_of_another_encoding_are_not_guessed_at() -> None:
    rows = [make_row(1), make_row(2, title="Wale zählen"), make_row(3)]
    content = json.dumps(rows, ensure_ascii=False).encode("latin-1")

    assert whole_rows(content) == rows[:1]
    assert whole_rows(b"\xef\xbb\xbf" + content) == rows[:1]


@given(st.binary())
def test_arbitrary_bytes_raise_nothing_but_listing_unreadable(content: bytes) -> None:
    whole_rows(content)
    is_daily_json(content)
    with pytest.raises(ListingUnreadable):
        parse_daily(content + b"\n.", day=None, seen_at=None)


@given(ANYTHING, st.none() | st.just(DAY))
def test_arbitrary_json_raises_nothing_but_listing_unreadable(
    value: object, day: date | None
) -> None:
    content = json.dumps(value).encode()

    try:
        listing = parse_daily(content, day=day, seen_at=NOON)
    except ListingUnreadable:
        return

    assert value == []
    assert listing.day == day


@given(st.lists(ANYTHING | st.builds(make_row, st.integers(1, 99999))))
def test_every_row_is_an_entry_a_repetition_or_a_warning(rows: list[Any]) -> None:
    numbers = [row["paper"]["upvotes"] for row in rows if isinstance(row, dict) and "paper" in row]
    if rows and not numbers:
        return

    listing = parsed(*rows)

    assert [entry.upvotes for entry in listing.entries] == list(dict.fromkeys(numbers))
    assert len(listing.warnings) == len(rows) - len(numbers)
    assert json.loads(encoded(*rows)) is not None
