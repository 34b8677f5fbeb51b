import io
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ListingUnreadable
from digest.models.papers import AuthorFigures, Entry, Listing, ListingKind
from digest.ports import Source
from digest.sources import saved_page
from digest.sources.saved_page import MAX_BYTES, SavedPages, parse, read_page, read_stream

PAGES = Path(__file__).parents[1] / "data" / "pages"
DAY = date(2026, 11, 20)

WHALES = "We listen to sperm whales. Their clicks follow a code of eight symbols."
MOSS = "Moss remembers rain. This paper says for how long."
SNAILS = "Snails are slow. We measure how slow, in the dark."


def page(name: str) -> str:
    return (PAGES / f"{name}.txt").read_text(encoding="utf-8")


def parsed(text: str, day: date = DAY) -> Listing:
    return parse(text.encode(), day=day)


def titles(listing: Listing) -> list[str]:
    return [entry.title for entry in listing.entries]


def warned(listing: Listing) -> list[int]:
    return [warning.line for warning in listing.warnings]


# Each layout, value by value


def test_a_dated_page_has_authors_days_and_upvotes() -> None:
    listing = parsed(page("dated"))

    assert (listing.kind, listing.source, listing.day) == (
        ListingKind.DAILY,
        "saved pages",
        date(2026, 4, 17),
    )
    assert listing.warnings == ()
    assert [
        (entry.title, entry.author_count, entry.published, entry.upvotes, entry.line)
        for entry in listing.entries
    ] == [
        ("Whales count in base eight", 7, date(2026, 3, 10), None, 13),
        (
            "Subscribe to the tide: forecasting with moored buoys",
            1,
            date(2026, 2, 13),
            4,
            21,
        ),
        ("Moss as memory", 12, date(2023, 10, 10), 1, 29),
        ("A snail's pace", 2, date(2025, 12, 24), None, 37),
    ]
    assert listing.entries[0].abstract.endswith(
        r"33.3\% of it repeats. Code is at https://github.com/okafor/whale-code."
    )
    assert listing.entries[0].code_url == "https://github.com/okafor/whale-code"
    assert not any(entry.has_code or entry.authors for entry in listing.entries)


def test_a_spaced_page_has_titles_abstracts_and_a_day() -> None:
    assert parsed(page("spaced")) == Listing(
        kind=ListingKind.DAILY,
        source="saved pages",
        day=date(2026, 3, 12),
        entries=(
            Entry(title="Whales count in base eight", abstract=WHALES, line=11),
            Entry(title="Moss as memory", abstract=MOSS, line=15),
            Entry(title="A snail's pace", abstract=SNAILS, line=19),
        ),
    )


def test_a_compact_page_has_a_button_glued_to_its_first_title_and_no_day() -> None:
    assert parsed(page("compact")) == Listing(
        kind=ListingKind.DAILY,
        source="saved pages",
        day=None,
        entries=(
            Entry(title="Whales count in base eight", abstract=WHALES, line=3),
            Entry(title="Moss as memory", abstract=MOSS, line=5),
            Entry(title="A snail's pace", abstract=SNAILS, line=7),
        ),
    )


def test_an_author_page_has_figures_and_marks() -> None:
    assert parsed(page("author")) == Listing(
        kind=ListingKind.AUTHOR,
        source="saved pages",
        day=None,
        author=AuthorFigures(
            name="Ada Okafor",
            field="CL",
            h_index=7,
            paper_count=3,
            citations=1234,
            novelty=50.0,
            ai_score=62.0,
        ),
        entries=(
            Entry(
                title="Whales count in base eight",
                abstract=WHALES,
                authors=("Ada Okafor", "Bo Lindqvist", "Gaël Rive"),
                author_count=None,
                published=date(2026, 5, 26),
                categories=("LG",),
                institutions=("tide-lab", "mila"),
                has_code=True,
                score=95.2,
                line=13,
            ),
            Entry(
                title="Moss as memory",
                abstract=MOSS,
                authors=("Ada Okafor", "Bo Lindqvist"),
                author_count=2,
                published=date(2022, 6, 9),
                categories=("CL",),
                line=20,
            ),
            Entry(
                title="A snail's pace",
                abstract=SNAILS,
                authors=("Ada Okafor",),
                author_count=1,
                published=date(2026, 1, 2),
                categories=("q-bio.PE",),
                line=27,
            ),
        ),
    )


def test_a_bibliography_turns_names_round_and_mends_them() -> None:
    assert parsed(page("bibliography")) == Listing(
        kind=ListingKind.BIBLIOGRAPHY,
        source="saved pages",
        day=None,
        author=AuthorFigures(name="Ada Okafor"),
        entries=(
            Entry(
                title="Whales count in base eight",
                abstract=WHALES,
                authors=("Ada Okafor", "Bo Lindqvist", "Jürgen Rive"),
                author_count=3,
                line=2,
            ),
            Entry(
                title="Moss as memory",
                abstract=MOSS,
                authors=("Cees van der Berg", "Ada Okafor", "Forrest N. Stone"),
                author_count=3,
                line=5,
            ),
            Entry(
                title="Snails, Slugs, Whelks",
                abstract=SNAILS,
                authors=("Bo Lindqvist Jr.", "Ada Okafor"),
                author_count=2,
                line=8,
            ),
        ),
    )


# The same page in other bytes


@pytest.mark.parametrize("name", ["dated", "spaced", "compact", "author", "bibliography"])
@pytest.mark.parametrize(
    "rewritten",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be").join([b"\xfe\xff", b""]),
        lambda text: text.encode("utf-32"),
        lambda text: text.rstrip("\n").encode(),
        lambda text: f"{text}\n\n \n".encode(),
        lambda text: text.replace("\n", " \t\n").encode(),
    ],
    ids=["crlf", "cr", "bom", "utf-16", "utf-16-be", "utf-32", "no-end", "blank-end", "spaces"],
)
def test_bytes_do_not_matter(name: str, rewritten: Callable[[str], bytes]) -> None:
    assert parse(rewritten(page(name)), day=DAY) == parsed(page(name))


def test_no_break_spaces_are_spaces() -> None:
    text = page("dated").replace("Feb 13 4", "Feb\u00a013\u00a04").replace("  • 1", "\u00a0• 1")

    assert parsed(text) == parsed(page("dated"))


@pytest.mark.parametrize("name", ["author", "bibliography"])
def test_empty_lines_are_nothing_to_go_by(name: str) -> None:
    text = page(name)
    other = text.replace("\n\n", "\n") if name == "author" else text.replace("\n", "\n\n")

    assert titles(parsed(other)) == titles(parsed(text))
    assert [entry.abstract for entry in parsed(other).entries] == [WHALES, MOSS, SNAILS]


def test_a_line_in_an_old_encoding_is_read_and_said() -> None:
    listing = parse(page("spaced").replace("Moss as", "Mößs as").encode("latin-1"), day=DAY)

    assert titles(listing)[1] == "Mößs as memory"
    assert warned(listing) == [15]


def test_half_a_character_at_the_end_is_said() -> None:
    listing = parse(page("spaced").encode() + "é".encode()[:1], day=DAY)

    assert len(listing.entries) == 3
    assert warned(listing) == [22]


def test_control_characters_go_and_markup_stays_text() -> None:
    listing = parsed(page("spaced").replace("Moss as", "<script>alert(1)</script>\x07 Moss\x85as"))

    assert titles(listing)[1] == "<script>alert(1)</script> Moss as memory"
    assert warned(listing) == [15]


# Dates


@pytest.mark.parametrize(
    ("written", "published", "upvotes"),
    [
        ("Feb 13 4", date(2026, 2, 13), 4),
        ("Feb 1", date(2026, 2, 1), None),
        ("Apr 17", date(2026, 4, 17), None),
        ("Apr 18", date(2025, 4, 18), None),
        ("Feb 29", date(2024, 2, 29), None),
        ("Oct 10, 2023 0", date(2023, 10, 10), 0),
        ("October 10, 2023 15", date(2023, 10, 10), 15),
        ("Oct 10, 2031", date(2031, 10, 10), None),
        ("Oct 10 1.2k", date(2025, 10, 10), 1200),
        ("Oct 10, 2023 1,024", date(2023, 10, 10), 1024),
        ("Oct 10, 2023 2024", date(2023, 10, 10), 2024),
    ],
)
def test_a_day_and_its_upvotes(written: str, published: date, upvotes: int | None) -> None:
    entry = parsed(page("dated").replace("Feb 13 4", written)).entries[1]

    assert (entry.published, entry.upvotes) == (published, upvotes)


def test_a_number_that_may_be_a_year_is_one_and_said() -> None:
    listing = parsed(page("dated").replace("Feb 13 4", "Jan 4 2025"))

    assert (listing.entries[1].published, listing.entries[1].upvotes) == (date(2025, 1, 4), None)
    assert warned(listing) == [27]


@pytest.mark.parametrize("name", ["dated", "author"])
def test_a_day_that_never_was_is_said_and_left_out(name: str) -> None:
    text = page(name).replace("Feb 13", "Feb 30").replace("May 26", "Feb 30")
    listing = parsed(text)

    assert [entry.published for entry in listing.entries].count(None) == 1
    assert len(listing.warnings) == 1
    assert "Feb 30" in listing.warnings[0].message


def test_a_heading_that_never_was_leaves_the_page_without_a_day() -> None:
    listing = parsed(page("spaced").replace("Mar 12", "Feb 30"))

    assert listing.day is None
    assert warned(listing) == [9]


def test_without_a_heading_days_are_measured_by_the_given_day() -> None:
    text = page("dated").replace("Apr 17\n\n", "")

    assert [entry.published for entry in parsed(text, date(2024, 3, 9)).entries] == [
        date(2023, 3, 10),
        date(2024, 2, 13),
        date(2023, 10, 10),
        date(2023, 12, 24),
    ]


@pytest.mark.parametrize(
    ("day", "latest"),
    [
        (date(2024, 2, 29), date(2024, 2, 29)),
        (date(2024, 2, 28), date(2020, 2, 29)),
        (date(1904, 2, 28), date(1896, 2, 29)),
        (date(2103, 12, 31), date(2096, 2, 29)),
        (date(3, 1, 1), None),
    ],
)
def test_a_leap_day_goes_back_to_a_leap_year(day: date, latest: date | None) -> None:
    assert parsed(page("spaced").replace("Mar 12", "Feb 29"), day).day == latest


@given(st.dates(min_value=date(9, 1, 1)), st.dates())
def test_a_heading_without_a_year_is_its_latest_day(day: date, other: date) -> None:
    heading = f"{other:%b} {other.day}"
    found = parsed(page("spaced").replace("Mar 12", heading), day).day

    assert found is not None
    assert (found.month, found.day) == (other.month, other.day)
    assert found <= day
    later = [date(year, other.month, 28) for year in range(found.year + 1, day.year + 1)]
    if (other.month, other.day) != (2, 29):
        assert not [next_year for next_year in later if next_year.replace(day=other.day) <= day]
    assert (day - found).days < 8 * 366 + 2


@given(st.dates(), st.dates())
def test_a_heading_with_a_year_is_what_it_says(day: date, other: date) -> None:
    heading = f"{other:%b} {other.day}, {other.year:04}"

    assert parsed(page("spaced").replace("Mar 12", heading), day).day == other


# What the pages may do, and what becomes of it


def test_two_paragraphs_are_one_abstract() -> None:
    for name in ("dated", "author", "spaced"):
        listing = parsed(page(name).replace("rain. This", "rain.\n\nThis"))

        assert MOSS in [entry.abstract for entry in listing.entries]
        assert titles(listing) == titles(parsed(page(name)))


@pytest.mark.parametrize("name", ["dated", "spaced", "compact", "author", "bibliography"])
def test_a_line_that_breaks_in_a_sentence_goes_on(name: str) -> None:
    listing = parsed(page(name).replace("Moss remembers rain", "Moss remembers\nrain"))

    assert MOSS in [entry.abstract for entry in listing.entries]
    assert titles(listing) == titles(parsed(page(name)))
    assert listing.warnings == ()


def test_a_long_paragraph_is_never_a_title() -> None:
    longer = f"{'Moss grows where it rains, and where it does not. ' * 8}The end."
    listing = parsed(page("compact").replace(MOSS, f"{MOSS}\n{longer}"))

    assert titles(listing) == titles(parsed(page("compact")))
    assert listing.entries[1].abstract == f"{MOSS} {longer}"
    assert listing.warnings == ()


@pytest.mark.parametrize("name", ["spaced", "compact"])
def test_a_title_without_an_abstract_is_left_out_and_said(name: str) -> None:
    text = page(name).replace(f"{MOSS}\n\n", "").replace(f"{MOSS}\n", "")
    listing = parsed(text)

    assert titles(listing) == ["Whales count in base eight", "A snail's pace"]
    assert warned(listing) == [text.split("\n").index("Moss as memory") + 1]


@pytest.mark.parametrize("name", ["spaced", "compact"])
def test_a_long_abstract_goes_to_the_title_right_above_it(name: str) -> None:
    longer = f"{'Snails are slow, and we measure how slow. ' * 9}The end."
    text = page(name).replace(f"{MOSS}\n\n", "").replace(f"{MOSS}\n", "")
    listing = parsed(text.replace(SNAILS, longer))

    assert titles(listing) == ["Whales count in base eight", "A snail's pace"]
    assert listing.entries[1].abstract == longer
    assert len(listing.warnings) == 1


def test_a_dated_title_without_an_abstract_is_a_paper_and_said() -> None:
    listing = parsed(page("dated").replace(f"{MOSS}\n\n", ""))

    assert listing.entries[2] == Entry(
        title="Moss as memory",
        author_count=12,
        published=date(2023, 10, 10),
        upvotes=1,
        line=29,
    )
    assert warned(listing) == [29]


def test_a_paper_that_lost_its_marks_is_kept_and_said() -> None:
    text = page("dated").replace("  • 1 authors\n·\nFeb 13 4\n\n", "")
    listing = parsed(text)

    assert titles(listing) == titles(parsed(page("dated")))
    assert listing.entries[1].author_count is None
    assert listing.entries[2].author_count == 12
    assert warned(listing) == [21]


def test_marks_without_a_paper_are_said() -> None:
    text = page("dated").replace(f"A snail's pace\n\n{SNAILS}\n\n", "")

    assert len(parsed(text).entries) == 3
    assert warned(parsed(text)) == [37]


def test_marks_that_are_not_understood_are_said() -> None:
    listing = parsed(page("dated").replace("Feb 13 4", "yesterday"))

    assert titles(listing) == titles(parsed(page("dated")))
    assert listing.entries[1].published is None
    assert warned(listing) == [25, 27]


@pytest.mark.parametrize("marks", ["• 1 author · Feb 13 4", "  • 1 authors\n\n·\n\nFeb 13 4"])
def test_marks_may_stand_on_one_line_or_apart(marks: str) -> None:
    listing = parsed(page("dated").replace("  • 1 authors\n·\nFeb 13 4", marks))

    assert listing.entries[1].upvotes == 4
    assert listing.entries[1].author_count == 1
    assert listing.warnings == ()


def test_a_second_day_is_said() -> None:
    listing = parsed(page("spaced").replace("A snail", "Mar 11\n\nA snail"))

    assert listing.day == date(2026, 3, 12)
    assert len(listing.entries) == 3
    assert warned(listing) == [19]


def test_the_banner_may_come_again() -> None:
    banner = "Get trending papers in your email inbox!\n\nSubscribe\n\n"

    listing = parsed(page("spaced").replace("Moss as", f"{banner}Moss as"))

    assert titles(listing) == titles(parsed(page("spaced")))
    assert listing.warnings == ()


def test_a_stray_button_is_no_paper_and_said() -> None:
    listing = parsed(page("spaced").replace("Moss as", "Sign in\n\nMoss as"))

    assert titles(listing) == titles(parsed(page("spaced")))
    assert warned(listing) == [15]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("SubscribeWhales", "Whales"),
        ("subscribevLLM for whales", "vLLM for whales"),
        ("SubscribeSubscribe to whales", "Subscribe to whales"),
        ("SubscribeSubscribers leave", "Subscribers leave"),
        ("Subscribers leave", "Subscribers leave"),
        ("Subscribed whales", "Subscribed whales"),
        ("Subscribe to whales", "Subscribe to whales"),
        ("Subscribe\nSubscribe-and-publish whales", "Subscribe-and-publish whales"),
    ],
)
def test_only_a_glued_button_is_taken_off(line: str, title: str) -> None:
    text = f"Get trending papers in your email inbox!\n{line}\n{WHALES}\n"

    assert titles(parsed(text)) == [title]


def test_a_bibliography_with_an_odd_name_loses_nobody() -> None:
    listing = parsed(page("bibliography").replace("Berg, Cees, ", "Berg, Cees, Madonna, "))

    assert listing.entries[1].authors == (
        "Cees van der Berg",
        "Madonna",
        "Ada Okafor",
        "Forrest N. Stone",
    )
    assert warned(listing) == [6]


def test_figures_that_make_no_sense_are_left_out_and_said() -> None:
    text = page("author").replace("95.2LG", "950LG").replace("Novelty50%", "Novelty150%")
    listing = parsed(text.replace("h-index7", "Follow\nh-index7"))

    assert listing.author is not None
    assert listing.author.novelty is None
    assert listing.entries[0].score is None
    assert len(listing.warnings) == 3


def test_an_author_page_without_a_line_of_authors_says_so() -> None:
    listing = parsed(page("author").replace("Ada Okafor, Bo Lindqvist\n\nMoss", "Moss"))

    assert listing.entries[1].authors == ()
    assert listing.entries[1].abstract == MOSS
    assert warned(listing) == [20]


@pytest.mark.parametrize(
    "marks",
    [
        "CLJuno 9, 2022",
        "CL9 Jun 2022",
        "CLJun 2022",
        "2022-06-09",
        "hep-thJuno 9, 2022",
        "CL?",
        "CLJun",
        None,
    ],
)
@pytest.mark.parametrize("title", ["Moss as memory", "Is moss a memory?", "mMoss: A memory"])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_a_paper_whose_marks_cannot_be_read_is_no_part_of_the_one_above(
    marks: str | None, title: str, gap: str
) -> None:
    text = page("author").replace("CLJun 9, 2022\n", f"{marks}\n" if marks else "")
    text = text.replace("Moss as memory", title).replace("\n\n", gap)
    listing = parsed(text)

    assert [entry.abstract for entry in listing.entries] == [WHALES, SNAILS]
    at = text.split("\n").index(marks or title) + 1
    assert [w.line for w in listing.warnings if "marks cannot be read" in w.message] == [at]


def test_odd_marks_above_odd_authors_end_the_abstract_above() -> None:
    text = page("author").replace("CLJun 9, 2022\nMoss as memory", "CLJuno 9, 2022\nMoss?")
    listing = parsed(text.replace("Ada Okafor, Bo Lindqvist\n\nMoss", "team:moss 3\n\nMoss"))

    assert [entry.abstract for entry in listing.entries] == [WHALES, SNAILS]


def test_what_follows_a_line_that_is_no_abstract_is_none_either() -> None:
    text = page("author").replace("CLJun 9, 2022\nMoss as memory", "Moss 9")
    listing = parsed(text.replace("Ada Okafor, Bo Lindqvist\n\nMoss", "team:moss 3\n\nMoss"))

    assert [entry.abstract for entry in listing.entries] == [WHALES, SNAILS]


def test_odd_marks_below_a_paper_without_an_abstract_lend_it_none() -> None:
    text = page("author").replace(f"{WHALES}\n\n", "").replace("CLJun", "CLJuno")
    listing = parsed(text)

    assert [entry.abstract for entry in listing.entries] == ["", SNAILS]


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_a_day_alone_marks_a_paper_that_is_whole(gap: str) -> None:
    text = page("author").replace("CLJun 9, 2022", "Jun 9, 2022").replace("\n\n", gap)
    listing = parsed(text)

    assert [entry.abstract for entry in listing.entries] == [WHALES, MOSS, SNAILS]
    assert listing.entries[1].categories == ()
    assert listing.entries[1].published == date(2022, 6, 9)
    assert listing.warnings == ()


def test_a_day_alone_in_an_abstract_marks_nothing() -> None:
    text = page("author").replace("rain. This", "rain since\nJun 9, 2022\nor so. This")
    listing = parsed(text)

    assert listing.entries[1].abstract == MOSS.replace(
        "rain. This", "rain since Jun 9, 2022 or so. This"
    )
    assert listing.warnings == ()


def test_a_day_in_the_middle_of_a_sentence_marks_nothing_whatever_follows() -> None:
    longer = "Moss grew on\nJun 9, 2022\nMoss and Stone\nStone, Moss\nand rain."
    listing = parsed(page("author").replace(MOSS, longer))

    assert [entry.abstract for entry in listing.entries] == [
        WHALES,
        longer.replace("\n", " "),
        SNAILS,
    ]


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize(
    "lines", ["Moss as\nMemory for Rain", "Moss as\nMemory\nfor Rain", "Moss as Memory\nfor Rain"]
)
def test_a_title_in_lines_that_look_like_names_is_no_author(lines: str, gap: str) -> None:
    text = page("author").replace("Moss as memory", lines).replace("\n\n", gap)
    listing = parsed(text)

    assert listing.entries[1].title == "Moss as Memory for Rain"
    assert listing.entries[1].authors == ("Ada Okafor", "Bo Lindqvist")
    assert listing.entries[1].abstract == MOSS
    assert listing.warnings == ()


def test_authors_right_below_a_title_may_go_on_below_a_gap() -> None:
    text = page("author").replace("Moss as memory\n\nAda Okafor, ", "Moss as memory\nAda Okafor,\n")
    listing = parsed(text)

    assert listing.entries[1].title == "Moss as memory"
    assert listing.entries[1].authors == ("Ada Okafor", "Bo Lindqvist")


def test_an_abstract_that_begins_with_authors_is_said() -> None:
    text = page("author").replace("Whales count in", "Whales count in\n\n")
    listing = parsed(text)

    assert [w.line for w in listing.warnings if "list of authors" in w.message] == [17]


def test_a_category_stands_as_the_page_has_it() -> None:
    for category in ("CL", "hep-th", "cs.CL", "physics.acc-ph", "SE"):
        entry = parsed(page("author").replace("CLJun", f"{category}Jun")).entries[1]
        assert entry.categories == (category,)


# Pages that were cut


# The end of a sentence, a link, a day.
CANNOT_BE_SEEN = re.compile(r"\.$|https://\S+$|\n(?:Mar|Feb|Oct|Dec) [\d, ]+$")


@pytest.mark.parametrize("name", ["dated", "spaced", "compact", "author", "bibliography"])
def test_wherever_a_page_is_cut_what_is_left_is_right_and_the_cut_is_said(name: str) -> None:
    text = page(name)
    whole = parsed(text)
    for end in range(1, len(text) - 1):
        try:
            listing = parsed(text[:end])
        except ListingUnreadable:
            continue
        found = len(listing.entries)
        assert listing.entries[:-1] == whole.entries[: max(found - 1, 0)]
        assert titles(listing) == titles(whole)[:found]
        assert listing.warnings or CANNOT_BE_SEEN.search(text[:end].rstrip())


def test_a_page_that_promises_more_papers_says_so() -> None:
    text = page("author")

    assert warned(parsed(text[: text.index("q-bio.PE")])) == [10]
    assert warned(parsed(text[: text.index("3 Papers")])) == [5]


# Pages that are none


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("\n".encode("utf-16"), "empty"),
        (b"Get trending papers\x00 in your email inbox!", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"\x01\x02\x03\x04 moss \x05", "binary"),
        (b"%PDF-1.7 moss", "PDF"),
        (b"<!DOCTYPE html><html><body>", "HTML"),
        (b"\n <HTML>", "HTML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"Moss\n" + b"<div><a>moss</a></div>\n" * 20, "HTML"),
        (b"MIME-Version: 1.0\n", "web archive"),
        (b"{\\rtf1 moss}", "RTF"),
        (b"# Moss\n\nSome text about moss.\n\n## Install\n\npip install moss\n", "no page"),
        (b"Dear Ada,\n\nthank you for the moss.\n\nBo\n", "no page"),
        (b"Mar 12\n\nDear diary\n\nIt rained.\n", "no page"),
        (b"Posted May 5, 2024\n\nMoss\n\nIt rained.\n", "no page"),
        (b'{"papers": []}', "no page"),
        (b"Get trending papers in your email inbox!\nSubscribe\n", "no paper on it"),
    ],
)
def test_what_is_no_listing_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ListingUnreadable, match=reason) as refused:
        parse(content, day=DAY)

    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_page_without_its_banner_is_known_by_its_day_and_its_looks() -> None:
    text = page("spaced").replace(WHALES, f"{WHALES} {'They click, and click again. ' * 8}")

    assert len(parsed(text[text.index("Mar 12") :]).entries) == 3


@given(
    st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "Get trending papers in your email inbox!",
                "Subscribe",
                "Mar 12",
                "h-index7",
                "2 Papers",
                "CLJun 9, 2022Code",
                "Okafor, Ada",
                "Okafor, Ada, Lindqvist, Bo, Madonna",
                "Moss as memory",
                "• 7 authors",
                "·",
                "Feb 30 4",
                MOSS,
                "",
                "A, B et al. · mila",
                "\x07",
            ]
        ),
        max_size=14,
    ).map(lambda lines: "\n".join(lines).encode()),
    st.dates(),
)
def test_anything_is_a_listing_or_refused(content: bytes, day: date) -> None:
    try:
        listing = parse(content, day=day)
    except ListingUnreadable:
        return
    last = content.count(b"\n") + content.count(b"\r") + 1
    assert all(1 <= warning.line <= last for warning in listing.warnings)
    assert all(entry.title for entry in listing.entries)


# Files


def test_saved_pages_are_a_source() -> None:
    source: Source = SavedPages([PAGES / "spaced.txt", PAGES / "author.txt"])

    assert source.name == "saved pages"
    assert list(source.fetch(DAY)) == [parsed(page("spaced")), parsed(page("author"))]
    assert list(SavedPages([]).fetch(DAY)) == []


def test_a_hyphen_is_standard_input() -> None:
    source = SavedPages([Path("-")], standard_input=io.BytesIO(page("spaced").encode()))

    assert list(source.fetch(DAY)) == [parsed(page("spaced"))]


def test_a_bad_file_is_named_after_the_good_ones_before_it(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    pages = SavedPages([PAGES / "spaced.txt", empty]).fetch(DAY)

    assert next(pages) == parsed(page("spaced"))
    with pytest.raises(ListingUnreadable, match=r"empty\.txt: This file is empty"):
        next(pages)
    with pytest.raises(ListingUnreadable, match="standard input: This file is empty"):
        list(SavedPages([Path("-")], standard_input=io.BytesIO()).fetch(DAY))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ListingUnreadable, match="no such file"):
        read_page(tmp_path / "missing.txt")
    with pytest.raises(ListingUnreadable, match="folder"):
        read_page(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ListingUnreadable, match="no folder"):
        read_page(tmp_path / "file" / "page.txt")
    with pytest.raises(ListingUnreadable, match="no name of a file"):
        read_page(Path("a\0b"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_we_may_not_read_is_said(tmp_path: Path) -> None:
    locked = tmp_path / "locked.txt"
    locked.touch(mode=0)
    with pytest.raises(ListingUnreadable, match="may not read"):
        read_page(locked)


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    monkeypatch.setattr(Path, "open", None)

    with pytest.raises(ListingUnreadable, match="larger than 16 MB"):
        read_page(large)


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    largest = tmp_path / "largest.txt"
    with largest.open("wb") as stream:
        stream.truncate(MAX_BYTES)

    assert len(read_page(largest)) == MAX_BYTES


class Endless(io.RawIOBase):
    """A stream that gives little at a time and has no end."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = b"m" * min(size, 1_000_000)
        self.given += len(chunk)
        return chunk


def test_a_stream_above_the_limit_is_refused_in_time() -> None:
    stream = Endless()

    with pytest.raises(ListingUnreadable, match="standard input"):
        read_stream(stream)  # type: ignore[arg-type] # RawIOBase lacks BinaryIO's __enter__ type
    assert stream.given == MAX_BYTES + 1


def test_a_stream_in_pieces_is_read_whole() -> None:
    read, write = os.pipe()
    os.write(write, b"moss")
    os.close(write)
    with os.fdopen(read, "rb", buffering=0) as stream:
        assert read_stream(stream) == b"moss"


def test_the_package_offers_what_it_promises() -> None:
    assert set(saved_page.__all__) == {
        "MAX_BYTES",
        "SavedPages",
        "parse",
        "read_page",
        "read_stream",
    }
