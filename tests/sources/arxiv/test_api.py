import re
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable, SourceRefused
from digest.models.papers import Announcement, Entry, ListingKind
from digest.sources.arxiv.api import is_api_feed, parse_api, read_reply
from tests.sources.arxiv import saved

SEEN = datetime(2026, 8, 13, 12, tzinfo=UTC)
REPLY = saved("api.xml")


def test_a_reply_adds_to_papers_that_we_know() -> None:
    listing = parse_api(REPLY, seen_at=SEEN)

    assert (listing.kind, listing.source, listing.day, listing.seen_at) == (
        ListingKind.CATALOGUE,
        "arXiv",
        date(2026, 8, 13),
        SEEN,
    )
    assert listing.entries[0] == Entry(
        title="Rain, again",
        abstract="It rains.",
        authors=("Dora Rive", "Emil Rivé"),
        author_count=2,
        published=date(1999, 1, 1),
        categories=("hep-th", "math.GT"),
        institutions=("Rain Institute", "Tide Lab"),
        arxiv_id="hep-th/9901001",
        doi="10.1000/rain.1",
        announcement=Announcement.UPDATE,
        primary_first=True,
        comment="This paper has been withdrawn by the author due to rain",
        journal="Rain Letters 7 (1999) 12",
        version=3,
        withdrawn=True,
    )


def test_the_first_day_is_that_of_utc_and_unknown_ids_are_skipped() -> None:
    entries = parse_api(REPLY).entries

    assert [(entry.arxiv_id, entry.published, entry.withdrawn) for entry in entries] == [
        ("hep-th/9901001", date(1999, 1, 1), True),
        ("2608.00101", date(2026, 8, 11), None),
    ]


def test_a_saved_search_can_be_taken_as_news() -> None:
    listing = parse_api(REPLY, announcement=Announcement.NEW)

    assert {entry.announcement for entry in listing.entries} == {Announcement.NEW}


def test_no_results_are_an_empty_listing() -> None:
    reply = read_reply(re.sub(rb"(?s)<entry>.*</entry>", b"", REPLY))

    assert (reply.listing.entries, reply.is_cut, reply.total) == ((), False, 3)


@pytest.mark.parametrize("total", [b"", b"many", b"-1", b"9" * 30])
def test_a_total_that_is_no_number_is_none(total: bytes) -> None:
    assert read_reply(REPLY.replace(b"totalResults>3", b"totalResults>" + total)).total == 0


def test_an_error_is_refused_with_its_sentence() -> None:
    with pytest.raises(SourceRefused, match="incorrect id format for moss"):
        parse_api(saved("api_error.xml"))


@pytest.mark.parametrize("name", ["feed.xml", "feed_atom.xml", "oai.xml"])
def test_what_is_no_reply_is_unreadable(name: str) -> None:
    with pytest.raises(ListingUnreadable):
        parse_api(saved(name))


def test_replies_are_told_from_other_files_at_a_glance() -> None:
    names = ["api.xml", "api_error.xml", "feed.xml", "feed_atom.xml", "oai.xml"]

    assert [is_api_feed(saved(name)) for name in names] == [True, True, False, False, False]


@given(st.integers(0, len(REPLY)))
def test_wherever_a_reply_is_cut_its_whole_papers_come_and_no_half_one(cut: int) -> None:
    whole, beginning = parse_api(REPLY).entries, REPLY[:cut]
    try:
        reply = read_reply(beginning)
    except ListingUnreadable:
        assert b"</entry>" not in beginning
        return

    assert reply.listing.entries == whole[: beginning.count(b"</entry>")]
    assert reply.is_cut is bool(reply.listing.warnings) is (b"</feed>" not in beginning)


@given(st.binary() | st.binary().map(lambda junk: REPLY[:700] + junk + REPLY[700:]))
def test_no_bytes_raise_anything_but_what_is_declared(content: bytes) -> None:
    with suppress(ListingUnreadable, SourceRefused):
        parse_api(content)
    is_api_feed(content)
