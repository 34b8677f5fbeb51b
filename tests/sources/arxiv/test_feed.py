import re
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import ListingUnreadable, SourceRefused
from digest.models.papers import Announcement, Entry, ListingKind
from digest.sources.arxiv.feed import MOST, is_arxiv_feed, parse_feed, read_feed
from tests.sources.arxiv import Item, rss, saved

DAY = date(2026, 8, 12)
SEEN = datetime(2026, 8, 12, 6, tzinfo=UTC)
FEED = saved("feed.xml")


def test_a_feed_is_what_arxiv_announced_on_its_day() -> None:
    listing = parse_feed(FEED, seen_at=SEEN)

    assert (listing.kind, listing.source, listing.day, listing.seen_at) == (
        ListingKind.FEED,
        "arXiv",
        DAY,
        SEEN,
    )
    assert listing.warnings == ()
    assert [(entry.arxiv_id, entry.version, entry.announcement) for entry in listing.entries] == [
        ("2608.00101", 1, Announcement.NEW),
        ("2205.06398", 2, Announcement.CROSS),
        ("hep-th/9901001", 3, Announcement.UPDATE),
        ("2607.11111", 2, Announcement.UPDATE),
    ]


def test_an_item_is_read_to_the_letter() -> None:
    assert parse_feed(FEED).entries[0] == Entry(
        title="Whales count in base $2^{3}$, if $x<y>z$ &amp; else",
        abstract=(
            "We listen to sperm whales. Their clicks follow a code of $8$ symbols, and p < 0.05."
        ),
        authors=("Adá Okaför", "Bo Lindqvist Jr"),
        author_count=2,
        categories=("cs.CL", "q-bio.NC"),
        institutions=("Institute of Moss, Tide Lab",),
        arxiv_id="2608.00101",
        announcement=Announcement.NEW,
        primary_first=True,
        version=1,
    )


def test_a_replacement_tells_of_its_journal_and_that_it_is_withdrawn() -> None:
    rain, drug = parse_feed(FEED).entries[2:]

    assert (rain.doi, rain.journal) == ("10.1000/rain.1", "Rain Letters 7 (1999) 12")
    assert rain.authors == ("Dora Rive", "Emil Rive", "the Rain Collaboration")
    assert (rain.withdrawn, drug.withdrawn) == (True, None)


def test_atom_says_the_same_in_other_words() -> None:
    listing = parse_feed(saved("feed_atom.xml"))

    assert listing.day == DAY
    assert listing.entries == (
        Entry(
            title="Snails are slow",
            abstract="We wait for snails.",
            authors=("Gus Hart", "Ida Jansen"),
            author_count=2,
            categories=("q-bio.PE", "cs.CL"),
            arxiv_id="2608.00102",
            announcement=Announcement.CROSS,
            primary_first=True,
            version=1,
        ),
    )


def test_a_feed_of_a_weekend_is_empty_and_has_its_day() -> None:
    feed = read_feed(saved("feed_empty.xml"))

    assert (feed.listing.day, feed.listing.entries, feed.fingerprint) == (date(2026, 8, 15), (), "")
    assert feed.listing.warnings == ()


def test_an_empty_atom_feed_has_the_eastern_day_of_its_making() -> None:
    made = b"<updated>2026-08-15T03:59:00+00:00</updated>"
    empty = re.sub(rb"(?s)<entry>.*</entry>", b"", saved("feed_atom.xml"))

    assert parse_feed(re.sub(rb"<updated>.*?</updated>", made, empty)).day == date(2026, 8, 14)


def test_the_items_know_their_day_better_than_the_channel() -> None:
    channel = FEED.replace(b"<pubDate>Wed, 12", b"<pubDate>Thu, 13", 1)

    assert parse_feed(channel).day == DAY


def test_the_newest_item_names_the_day() -> None:
    late = FEED.replace(b"<pubDate>Wed, 12 Aug", b"<pubDate>Tue, 11 Aug", 3)

    assert parse_feed(late).day == DAY


@pytest.mark.parametrize("date_text", [b"", b"yesterday", b"Fri, 31 Dec 9999 23:59:59 -1200"])
def test_a_feed_without_a_date_names_no_day(date_text: bytes) -> None:
    dateless = re.sub(rb"<(pubDate|lastBuildDate)>[^<]*", rb"<\1>" + date_text, FEED)

    assert parse_feed(dateless).day is None


def test_the_feed_of_an_error_is_refused_with_its_reason() -> None:
    with pytest.raises(SourceRefused, match=r"of cs\.CL\+cs\.QQ: Bad subject class 'QQ'; correct"):
        parse_feed(saved("feed_error.xml"))


@pytest.mark.parametrize("name", ["api.xml", "api_error.xml", "oai.xml", "feed_rdf.xml"])
def test_what_is_no_such_feed_is_unreadable(name: str) -> None:
    with pytest.raises(ListingUnreadable):
        parse_feed(saved(name))


def test_a_feed_of_old_is_named() -> None:
    with pytest.raises(ListingUnreadable, match="before 2024"):
        parse_feed(saved("feed_rdf.xml"))


def test_a_feed_of_somebody_else_is_unreadable() -> None:
    with pytest.raises(ListingUnreadable, match=r"rss\.arxiv\.org"):
        parse_feed(b"<rss version='2.0'><channel><item><title>x</title></item></channel></rss>")


def test_feeds_are_told_from_other_files_at_a_glance() -> None:
    names = ["feed.xml", "feed_empty.xml", "feed_error.xml", "feed_atom.xml", "feed_rdf.xml"]
    others = ["api.xml", "api_error.xml", "oai.xml", "oai_raw.xml"]

    assert [is_arxiv_feed(saved(name)) for name in names + others] == [True] * 5 + [False] * 4
    assert not is_arxiv_feed(b"Title: moss. arxiv.org")


def test_an_item_that_names_no_paper_is_left_out_and_reported() -> None:
    nameless = FEED.replace(b"<title>Moss on strings</title>", b"<title> </title>")

    listing = parse_feed(nameless)

    assert len(listing.entries) == 3
    assert [str(warning) for warning in listing.warnings] == [
        "line 28: an item without a title or an arXiv id was left out."
    ]


@pytest.mark.parametrize(
    ("kind", "version", "announcement"),
    [
        ("new", 1, Announcement.NEW),
        ("NEW", 1, Announcement.NEW),
        ("absonly", 2, Announcement.UPDATE),
        ("replace-cross", 1, Announcement.UPDATE),
        ("", 1, Announcement.NEW),
        ("", 2, Announcement.UPDATE),
    ],
)
def test_a_type_that_we_do_not_know_is_news_of_a_first_version_alone(
    kind: str, version: int, announcement: Announcement
) -> None:
    item = Item(number=1, announce_type=kind, version=version)

    assert parse_feed(rss([item], day=DAY)).entries[0].announcement is announcement


def test_a_new_paper_is_not_withdrawn_whatever_it_says() -> None:
    item = Item(number=1, abstract="This paper has been withdrawn.")

    assert parse_feed(rss([item], day=DAY)).entries[0].withdrawn is None


def test_what_is_said_before_the_abstract_does_for_a_missing_type_and_guid() -> None:
    item = rss([Item(number=1, announce_type="cross")], day=DAY)
    bare = re.sub(rb"<arxiv:announce_type>.*?</arxiv:announce_type>|<guid.*?</guid>", b"", item)

    entry = parse_feed(bare).entries[0]

    assert (entry.announcement, entry.arxiv_id) == (Announcement.CROSS, "2608.00001")


def test_a_full_feed_says_that_papers_are_missing() -> None:
    feed = read_feed(rss((Item(number=number) for number in range(1, MOST + 1)), day=DAY))

    assert feed.is_full
    assert len(feed.listing.entries) == MOST
    assert "ends at 2,000 papers" in feed.listing.warnings[0].message


def test_a_fingerprint_is_of_the_versions_in_whatever_order() -> None:
    one, other = Item(number=1), Item(number=2)
    prints = [
        read_feed(rss(items, day=DAY)).fingerprint
        for items in ([one, other], [other, one], [one], [one, Item(number=2, version=2)])
    ]

    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_feed_that_breaks_off_keeps_what_is_whole_and_says_so() -> None:
    feed = read_feed(FEED[: FEED.index(b"A drug")])

    assert feed.is_cut
    assert [entry.title for entry in feed.listing.entries][1:] == ["Moss on strings", "Rain, again"]
    assert "breaks off here" in feed.listing.warnings[0].message
    assert feed.listing.day == DAY


@given(st.integers(0, len(FEED)))
def test_wherever_a_feed_is_cut_its_whole_items_come_and_no_half_one(cut: int) -> None:
    whole = parse_feed(FEED).entries
    beginning = FEED[:cut]
    try:
        feed = read_feed(beginning)
    except ListingUnreadable:
        assert b"</item>" not in beginning
        return

    assert feed.listing.entries == whole[: beginning.count(b"</item>")]
    assert feed.is_cut is (b"</rss>" not in beginning)
    assert bool(feed.listing.warnings) is feed.is_cut


LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30
).filter(str.strip)
NAMES = st.sampled_from(["Ada Okafor", "Bo Lindqvist Jr", "Jürgen Rive", "李 雷"])
ITEMS = st.builds(
    Item,
    number=st.integers(1, 99999),
    title=LETTERS,
    abstract=LETTERS | st.sampled_from(["if $a<b>c$", "&lt; &amp;amp;", "]]>", "<b>bold</b>"]),
    authors=st.lists(NAMES, min_size=1, unique=True).map(", ".join),
    categories=st.lists(st.sampled_from(["cs.CL", "hep-th", "math.GT"]), unique=True).map(tuple),
    announce_type=st.sampled_from(["new", "cross", "replace", "replace-cross"]),
    version=st.integers(1, 5),
)


@given(st.lists(ITEMS, max_size=5), st.dates(date(2024, 4, 1), date(2024, 10, 1)))
def test_what_arxiv_writes_is_what_is_read(items: list[Item], day: date) -> None:
    listing = parse_feed(rss(items, day=day))

    assert listing.day == day
    assert [
        (
            entry.arxiv_id,
            entry.version,
            entry.title,
            entry.abstract,
            ", ".join(entry.authors),
            entry.categories,
        )
        for entry in listing.entries
    ] == [
        (
            item.arxiv_id,
            item.version,
            " ".join(item.title.split()),
            " ".join(item.abstract.split()),
            item.authors,
            item.categories,
        )
        for item in items
    ]


@given(st.binary() | st.binary().map(lambda junk: FEED[:900] + junk + FEED[900:]))
@settings(max_examples=200)
def test_no_bytes_raise_anything_but_what_is_declared(content: bytes) -> None:
    with suppress(ListingUnreadable, SourceRefused):
        parse_feed(content)
    is_arxiv_feed(content)


def test_a_feed_in_another_encoding_is_read_by_its_declaration() -> None:
    item = Item(number=1, title="Öst")

    assert parse_feed(rss([item], day=DAY, encoding="ISO-8859-1")).entries[0].title == "Öst"
    with pytest.raises(ListingUnreadable, match="encoding"):
        parse_feed(rss([item], day=DAY, encoding="ISO-8859-1").replace(b"ISO-8859-1", b"UTF-8"))
