from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable
from digest.models.papers import ListingKind
from tests.sources.feeds import NAMES, feed, only, parsed, rss, titles


@pytest.mark.parametrize("name", NAMES)
def test_of_a_feed_cut_anywhere_whole_items_are_taken_and_no_half_one(name: str) -> None:
    content = feed(name)
    whole = parsed(content)

    counts = set()
    for end in range(content.index(b"<title>"), len(content.rstrip()) - 1):
        listing = parsed(content[:end])
        assert listing.entries == whole.entries[: len(listing.entries)]
        assert listing.warnings[-1].message == "the feed breaks off here; the rest is missing"
        counts.add(len(listing.entries))
    assert counts == set(range(len(whole.entries) + 1))


def test_an_item_that_was_complete_when_the_feed_broke_off_is_taken() -> None:
    content = feed("rdf")
    end = content.index(b"</item>") + len(b"</item>")

    assert titles(parsed(content[:end])) == ["Lichens keep a calendar."]


def test_an_empty_feed_is_no_error() -> None:
    for content in (rss(), b'<rss version="2.0"/>', b'<feed xmlns="http://www.w3.org/2005/Atom"/>'):
        assert parsed(content).entries == ()
        assert parsed(content).warnings == ()


def test_a_web_page_is_refused_with_the_address_of_its_feed() -> None:
    page = (
        b"<!DOCTYPE html><html><head><link rel='stylesheet' href='/x.css'>"
        b"<link rel='alternate' type='application/rss+xml' href='/rss/new.xml'></head></html>"
    )

    with pytest.raises(
        ListingUnreadable, match=r"Quiet is a web page, not a feed; it says .* \"/rss/new.xml\"\."
    ):
        parsed(page)
    with pytest.raises(ListingUnreadable, match="is a web page, not a feed; look on it"):
        parsed(b"\n <html><body>Just a moment</body>")


@pytest.mark.parametrize("content", [b"", b"{}", b"moths", b"<opml/>", b"\xff\xfe\x00", b"<rss"])
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    with pytest.raises(ListingUnreadable, match="Quiet is no RSS or Atom feed; check its address"):
        parsed(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_of_its_own_are_refused_before_they_unfold(encoding: str) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "moth"><!ENTITY b "&a;&a;">]>'
    content = rss("<title>&amp;b;</title>", root=bomb).decode().replace("UTF-8", encoding)

    with pytest.raises(ListingUnreadable, match="declares XML entities of its own"):
        parsed(content.encode(encoding))


def test_a_doctype_without_entities_is_read_and_nothing_is_fetched() -> None:
    doctype = '<!DOCTYPE rss SYSTEM "https://dtd.example/rss-0.91.dtd">'

    assert titles(parsed(rss("<title>A paper</title>", root=doctype))) == ["A paper"]


def test_a_paper_about_entities_declares_none() -> None:
    content = rss("<title><![CDATA[How <!ENTITY a grows]]></title>")

    assert titles(parsed(content)) == ["How <!ENTITY a grows"]


def test_the_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss("<title>A paper</title>"))

    with pytest.raises(ListingUnreadable):
        parsed(str(tmp_path / "feed.xml").encode())


def test_one_stray_byte_or_control_character_spoils_no_other_letter() -> None:
    content = rss("<title>Jörg's \x0b lamp</title>", "<title>Größe ?</title>")

    listing = parsed(content.replace(b"?", b"\xe9"))

    assert titles(listing) == ["Jörg's lamp", "Größe \ufffd"]


def test_a_feed_in_latin_1_that_says_nothing_of_it_is_read() -> None:
    content = rss("<title>Jörg's lamp</title>").decode().encode("latin-1")

    assert titles(parsed(content)) == ["Jörg's lamp"]
    assert titles(parsed(content.replace(b"UTF-8", b"ISO-8859-1"))) == ["Jörg's lamp"]


def test_a_feed_in_utf_16_is_read() -> None:
    content = rss("<title>Jörg's lamp</title>").decode().replace("UTF-8", "UTF-16")

    assert titles(parsed(content.encode("utf-16"))) == ["Jörg's lamp"]


def test_a_feed_that_is_no_wellformed_xml_is_read_all_the_same() -> None:
    content = rss(
        "<title>Salt & pepper&nbsp;II</title><link>https://doi.org/10.5555/1?a=1&b=2</link>"
    )

    assert only(content).title == "Salt & pepper II"
    assert only(content).doi == "10.5555/1"


def test_two_thousand_items_are_read() -> None:
    content = rss(*(f"<title>Paper {number}</title>" for number in range(2000)))

    assert len(parsed(content).entries) == 2000


@pytest.mark.parametrize(
    "content",
    [
        rss(f"<title>x</title><dc:creator>B, {'A.' * 500_000}</dc:creator>"),
        rss(f"<title>x</title><link>10.1234/{'/full' * 500_000}x</link>"),
        rss(f"<title>x</title><description>{'&lt;a ' * 200_000}</description>"),
        b"<!---->" * 200_000 + b"<x",
        b"<rss><channel>" + b"<channel " * 200_000,
    ],
    ids=["a name", "a link", "tags", "comments", "channels"],
)
def test_what_is_made_to_take_for_ever_does_not(content: bytes) -> None:
    with suppress(ListingUnreadable):
        assert len(parsed(content).entries) <= 1


@given(st.binary() | st.builds(bytes.__add__, st.just(b"<rss><channel><item>"), st.binary()))
def test_arbitrary_bytes_are_a_listing_or_unreadable(content: bytes) -> None:
    try:
        listing = parsed(content)
    except ListingUnreadable:
        return
    assert listing.kind is ListingKind.CATALOGUE


PIECES = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "<description>",
        "<![CDATA[",
        "]]>",
        "<dc:creator>",
        "<pubDate>",
        "&amp;",
        "&lt;p&gt;",
        "<b>",
        "</b>",
        "</channel>",
        "<!--",
        "-->",
        "10.1101/",
        "2026-11-20",
        "99999-99-99",
        "<",
        ">",
        ",",
        "and",
    ]
)


@given(st.lists(PIECES | st.text(max_size=5)).map(" ".join))
def test_items_of_arbitrary_markup_never_raise_anything_else(text: str) -> None:
    content = rss(text)

    try:
        listing = parsed(content)
    except ListingUnreadable:
        return
    for entry in listing.entries:
        assert entry.title == " ".join(entry.title.split())
        assert entry.abstract == " ".join(entry.abstract.split())
