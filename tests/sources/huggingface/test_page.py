import html
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable
from digest.sources.huggingface import is_daily_page, parse_daily, parse_page
from tests.sources.huggingface import ANYTHING, DAY, NOON, make_row, saved

PAGES = ("2024-05-27", "2026-08-20")


def page(properties: object) -> bytes:
    told = html.escape(json.dumps(properties))
    return f'<!doctype html><div data-target="DailyPapers" data-props="{told}"></div>'.encode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_list_behind_it_says(name: str) -> None:
    listing = parse_page(saved(f"{name}.html"), day=None, seen_at=NOON)

    day = date.fromisoformat(name)
    assert listing == parse_daily(saved(f"{name}.json"), day=day, seen_at=NOON)
    assert len(listing.entries) == 2


@pytest.mark.parametrize(
    ("properties", "day"),
    [
        ({"dateString": "2026-11-19", "date": "2026-11-18T00:00:00.000Z"}, date(2026, 11, 19)),
        ({"date": "2026-11-18T00:00:00.000Z"}, date(2026, 11, 18)),
        ({"dateString": "today", "date": "2026-11-18"}, date(2026, 11, 18)),
        ({"periodType": "day", "dateString": "2026-11-19"}, date(2026, 11, 19)),
        ({"periodType": "week", "dateString": "2026-11-16"}, DAY),
        ({"dateString": None}, DAY),
        ({}, DAY),
    ],
)
def test_a_page_is_of_the_day_that_it_names(properties: dict[str, Any], day: date) -> None:
    rows = [make_row(submittedOnDailyAt=None)]

    listing = parse_page(page(properties | {"dailyPapers": rows}), day=DAY, seen_at=None)

    assert (listing.day, len(listing.entries)) == (day, 1)


def test_a_page_that_names_no_day_is_of_that_of_its_rows() -> None:
    listing = parse_page(page({"dailyPapers": [make_row()]}), day=None, seen_at=None)

    assert listing.day == DAY


def test_a_page_is_read_beyond_what_is_usual_in_length() -> None:
    rows = [make_row(number, summary="é & < " * 2000) for number in range(1, 1001)]

    listing = parse_page(page({"dailyPapers": rows}), day=None, seen_at=None)

    assert len(listing.entries) == 1000
    assert listing.entries[-1].abstract.startswith("é & < é")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no page of Hugging Face's Daily Papers"),
        (b"\0", "no page of Hugging Face's Daily Papers"),
        (b"Daily Papers\nby AK", "no page of Hugging Face's Daily Papers"),
        (b"<html><div data-target='Models' data-props='{}'>", "no page of"),
        (b"<div>" * 100_000, "no page of"),
        (b'<div data-target="DailyPapers">', "broken, or a part of it"),
        (b'<div data-target="DailyPapers" data-props="{&quot;dai">', "broken, or a part of it"),
        (b'<div data-target="DailyPapers" data-props="">', "broken, or a part of it"),
        (page({})[:-60], "no page of"),
        (saved("2026-08-20.html")[:1500], "broken, or a part of it"),
        (page({}), "no list of papers in it"),
        (page([]), "no list of papers in it"),
        (page({"dailyPapers": None}), "no list of papers in it"),
        (page({"dailyPapers": {"data": ["{}"]}}), "no list of papers in it"),
        (page({"dailyPapers": ["{}"], "date": "2024-12-11"}), "of 2024-12-11 are quoted strings"),
        (page({"dailyPapers": [7]}), "has a paper with an id and a title"),
        (b'<meta charset="latin-1"><p>\xe9', "not in UTF-8"),
    ],
    ids=lambda value: f"{len(value)} {value[-30:]!r}",
)
def test_what_is_no_such_page_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(ListingUnreadable) as refusal:
        parse_page(content, day=None, seen_at=None)

    assert said in str(refusal.value)


def test_a_page_that_nests_without_end_is_refused() -> None:
    told = html.escape('{"dailyPapers":' + "[" * 200_000)
    content = f'<div data-target="DailyPapers" data-props="{told}">'.encode()

    with pytest.raises(ListingUnreadable):
        parse_page(content, day=None, seen_at=None)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_recognised(name: str) -> None:
    assert is_daily_page(saved(f"{name}.html"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Daily Papers",
        b'<div data-target="DailyPapersBannerSubscribe" data-props="{}">',
        saved("2026-08-20.json"),
    ],
)
def test_other_pages_are_not_taken_for_it(content: bytes) -> None:
    assert not is_daily_page(content)


@given(st.binary())
def test_arbitrary_bytes_raise_nothing_but_listing_unreadable(content: bytes) -> None:
    is_daily_page(content)

    for beginning in (b"", page({"dailyPapers": []})[:60]):
        with pytest.raises(ListingUnreadable):
            parse_page(beginning + content, day=None, seen_at=None)


@given(ANYTHING)
def test_arbitrary_properties_raise_nothing_but_listing_unreadable(value: object) -> None:
    for properties in (value, {"dailyPapers": value}, {"date": value, "dailyPapers": []}):
        try:
            listing = parse_page(page(properties), day=None, seen_at=None)
        except ListingUnreadable:
            continue
        assert listing.entries == ()
