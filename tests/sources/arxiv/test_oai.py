from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable, SourceError, SourceRefused, SourceUnavailable
from digest.models.papers import Announcement, Entry, ListingKind
from digest.sources.arxiv.oai import is_oai, listing_of, parse_oai, read_page
from tests.sources.arxiv import Kept, error, page, saved

DAY = date(2026, 8, 12)
SEEN = datetime(2026, 8, 13, 12, tzinfo=UTC)
PAGE = saved("oai.xml")


def listed(content: bytes, *categories: str) -> list[tuple[str | None, Announcement]]:
    read = read_page(content)
    listing = listing_of(read, read.records, day=DAY, categories=categories, seen_at=SEEN)
    return [(entry.arxiv_id, entry.announcement) for entry in listing.entries]


def test_a_page_is_what_the_catalogue_holds() -> None:
    listing = parse_oai(PAGE, seen_at=SEEN)

    assert (listing.kind, listing.source, listing.day, listing.seen_at) == (
        ListingKind.CATALOGUE,
        "arXiv",
        DAY,
        SEEN,
    )
    assert listing.warnings == ()
    assert listing.entries[0] == Entry(
        title="Whales count in base $2^{3}$",
        abstract="We listen to sperm whales.",
        authors=("Adá Okaför", "Bo Lindqvist Jr"),
        author_count=2,
        published=date(2026, 8, 10),
        categories=("cs.CL", "q-bio.NC"),
        institutions=("Institute of Moss",),
        arxiv_id="2608.00101",
        doi="10.1000/moss.3",
        primary_first=True,
        comment="12 pages, 3 figures",
        journal="Moss 3 (2026)",
    )


def test_deleted_records_are_skipped_and_changes_of_old_papers_announce_nothing() -> None:
    assert listed(PAGE) == [
        ("2608.00101", Announcement.NEW),
        ("2605.00009", Announcement.UPDATE),
        ("1905.00007", Announcement.UPDATE),
    ]


def test_a_record_dated_by_its_last_version_does_not_tell_the_first_day() -> None:
    assert [entry.published for entry in parse_oai(PAGE).entries] == [
        date(2026, 8, 10),
        date(2026, 5, 1),
        None,
    ]


@pytest.mark.parametrize(
    ("created", "announcement"),
    [("2026-08-02", Announcement.NEW), ("2026-08-01", Announcement.UPDATE), ("", Announcement.NEW)],
)
def test_a_paper_is_news_for_ten_days(created: str, announcement: Announcement) -> None:
    assert listed(page([Kept(number=1, created=created)], day=DAY)) == [
        ("2608.00001", announcement)
    ]


def test_a_withdrawal_stands_in_the_comments() -> None:
    assert [entry.withdrawn for entry in parse_oai(PAGE).entries] == [None, True, None]


@pytest.mark.parametrize(
    ("categories", "ids"),
    [
        (("cs.CL",), {"2608.00101": "new"}),
        (("q-bio.NC",), {"2608.00101": "cross"}),
        (("q-bio", "cs.AI"), {"2608.00101": "cross", "2605.00009": "update"}),
        (("Cs.cl", "MATH"), {"2608.00101": "new", "1905.00007": "update"}),
        (("cs",), {"2608.00101": "new", "2605.00009": "update"}),
        (("math.C", "cs.C"), {}),
    ],
)
def test_only_papers_in_our_categories_come(
    categories: tuple[str, ...], ids: dict[str, str]
) -> None:
    assert dict(listed(PAGE, *categories)) == ids


def test_a_page_leads_to_the_next() -> None:
    place = "verb%3DListRecords%26set%3Dcs%26skip%3D3"

    assert read_page(PAGE).token == place
    assert read_page(page([], day=DAY)).token == ""


def test_a_raw_record_knows_its_versions_and_who_sent_it() -> None:
    entry = parse_oai(saved("oai_raw.xml")).entries[0]

    assert (entry.version, entry.published, entry.submitter) == (2, date(2026, 8, 8), "Dora Ríve")
    assert entry.authors == ("Dora Ríve", "Emil Rive")
    assert entry.institutions == ("Rain Institute, Bergen", "Tide Lab")


@pytest.mark.parametrize("date_text", [b"soon", b"", b"Fri, 31 Dec 9999 23:59:59 -1200"])
def test_a_raw_record_may_not_know_its_day(date_text: bytes) -> None:
    raw = saved("oai_raw.xml").replace(b"Sat, 08 Aug 2026 15:29:38 GMT", date_text)

    assert parse_oai(raw).entries[0].published is None


def test_a_record_that_names_no_paper_is_left_out_and_reported() -> None:
    nameless = PAGE.replace(b"<title>Rain in May</title>", b"").replace(
        b"<id>1905.00007</id>", b"<id>moss</id>"
    )
    bare = page([Kept(number=1)], day=DAY)
    bare = bare[: bare.index(b"<metadata>")] + bare[bare.index(b"</record>") :]

    assert len(parse_oai(nameless).entries) == 1
    assert len(parse_oai(nameless).warnings) == 2
    assert parse_oai(bare).entries == ()
    assert "left out" in parse_oai(bare).warnings[0].message


def test_raw_records_can_be_nameless_too() -> None:
    assert parse_oai(saved("oai_raw.xml").replace(b"Snails are slow", b"")).entries == ()


def test_a_remark_in_a_record_is_no_format() -> None:
    remark = PAGE.replace(b"<metadata>", b"<metadata><!-- moss --><?moss?>")

    assert parse_oai(remark) == parse_oai(PAGE)


def test_another_format_is_unreadable() -> None:
    dublin = PAGE.replace(b"arXiv xmlns", b"dc xmlns").replace(b"</arXiv>", b"</dc>")

    with pytest.raises(ListingUnreadable, match="ask for arXiv or arXivRaw"):
        parse_oai(dublin)


@pytest.mark.parametrize("name", ["feed.xml", "feed_atom.xml", "api.xml"])
def test_what_is_no_answer_is_unreadable(name: str) -> None:
    with pytest.raises(ListingUnreadable, match="OAI-PMH"):
        parse_oai(saved(name))


def test_that_nothing_matches_is_no_error() -> None:
    assert parse_oai(error("noRecordsMatch")).entries == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("badArgument", SourceRefused),
        ("cannotDisseminateFormat", SourceRefused),
        ("badResumptionToken", SourceUnavailable),
        ("moss", SourceUnavailable),
        ("", SourceUnavailable),
    ],
)
def test_an_error_is_temporary_unless_it_is_ours(code: str, expected: type[SourceError]) -> None:
    with pytest.raises(expected):
        parse_oai(error(code, "no such set"))


def test_an_error_carries_its_message() -> None:
    with pytest.raises(SourceRefused, match=r"no such set \(badArgument\)"):
        parse_oai(error("badArgument", "no such set"))


def test_answers_are_told_from_other_files_at_a_glance() -> None:
    names = ["oai.xml", "oai_raw.xml", "api.xml", "feed.xml"]

    assert [is_oai(saved(name)) for name in names] == [True, True, False, False]


@given(st.integers(0, len(PAGE)))
def test_wherever_a_page_is_cut_its_whole_records_come_and_no_half_one(cut: int) -> None:
    ends = [PAGE.index(f"<title>{title}".encode()) for title in ("Whales", "Rain", "Old moss")]
    ends = [PAGE.index(b"</record>", end) + len(b"</record>") for end in ends]
    beginning = PAGE[:cut]
    try:
        read = read_page(beginning)
    except ListingUnreadable:
        assert cut < ends[0]
        return

    assert read.records == read_page(PAGE).records[: sum(end <= cut for end in ends)]
    assert read.is_cut is (b"</OAI-PMH>" not in beginning)


@given(st.binary() | st.binary().map(lambda junk: PAGE[:800] + junk + PAGE[800:]))
def test_no_bytes_raise_anything_but_what_is_declared(content: bytes) -> None:
    with suppress(SourceError):
        parse_oai(content)
    is_oai(content)
