"""Replies that arXiv gave, where there are any."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from digest.errors import ListingUnreadable, SourceRefused
from digest.models.papers import Announcement
from digest.sources.arxiv import (
    is_api_feed,
    is_arxiv_feed,
    is_oai,
    parse_api,
    parse_feed,
    parse_oai,
)
from digest.sources.arxiv.feed import read_feed
from digest.sources.arxiv.names import people
from digest.sources.arxiv.oai import read_page
from digest.sources.arxiv.works import withdrawn

STAT = "rss2_2024-03-26_stat_full.xml"


@pytest.fixture
def replies(real_input: Path) -> Path:
    return real_input / "payloads" / "arxiv"


def test_a_full_feed_of_a_day(replies: Path) -> None:
    content = (replies / "feed" / STAT).read_bytes()
    listing = parse_feed(content)

    assert (listing.day, listing.warnings) == (date(2024, 3, 26), ())
    assert Counter(entry.announcement for entry in listing.entries) == {
        Announcement.NEW: 35,
        Announcement.CROSS: 27,
        Announcement.UPDATE: 41 + 20,
    }
    assert len({entry.arxiv_id for entry in listing.entries}) == 123
    names = {name for entry in listing.entries for name in entry.authors}
    assert {"Agustín Alvarez", "Eduardo García-Portugués", "Étienne Marcotte"} <= names
    assert not any("\\" in name or "(" in name for name in names)
    assert all(entry.abstract and entry.categories and entry.version for entry in listing.entries)
    assert not any(entry.abstract.startswith("arXiv:") for entry in listing.entries)


@pytest.mark.parametrize(
    ("name", "day", "announced"),
    [
        ("atom_2025-08-20_cs.AI_trim.xml", date(2025, 8, 20), {Announcement.CROSS: 4}),
        ("rss2_2026-04-27_cs.AI_trim.xml", date(2026, 4, 27), {Announcement.NEW: 3}),
        ("rss2_2026-04-27_cs.CL_trim.xml", date(2026, 4, 27), {Announcement.NEW: 3}),
        ("rss2_2026-04-27_cs.LG_trim.xml", date(2026, 4, 27), {Announcement.NEW: 3}),
        ("rss2_2026-08-01_cs.CL_weekend_empty.xml", date(2026, 8, 1), {}),
    ],
)
def test_other_feeds(
    replies: Path, name: str, day: date, announced: dict[Announcement, int]
) -> None:
    listing = parse_feed((replies / "feed" / name).read_bytes())

    assert (listing.day, listing.warnings) == (day, ())
    assert Counter(entry.announcement for entry in listing.entries) == announced


def test_a_real_feed_may_be_cut_anywhere(replies: Path) -> None:
    content = (replies / "feed" / STAT).read_bytes()
    whole = parse_feed(content).entries

    for cut in range(2000, len(content) - 20, 7919):
        feed = read_feed(content[:cut])
        assert feed.is_cut
        assert feed.listing.entries == whole[: content[:cut].count(b"</item>")]


def test_every_file_is_known_at_a_glance(replies: Path) -> None:
    for folder, glances in (("feed", (1, 0, 0)), ("api", (0, 1, 0)), ("oai", (0, 0, 1))):
        for path in sorted((replies / folder).glob("*.xml")):
            if path.name.startswith("ads_"):
                continue  # a record without the answer around it
            content = path.read_bytes()
            seen = (is_arxiv_feed(content), is_api_feed(content), is_oai(content))
            assert seen == glances, path.name


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("2025-10-17_oldformat_csRO_2.xml", 2),
        ("2025_oldformat_empty.xml", 0),
        ("2026-05-11_csCL_2.xml", 2),
        ("2026-06-14_transformer_5.xml", 5),
        ("2026-08-07_glacier_2.xml", 2),
        ("2026-08-15_empty.xml", 0),
        ("2026-08-15_idlist_2.xml", 2),
        ("arxivpy_id_0000.0000_s0_m100_8b51d9633a68.xml", 0),
        ("arxivpy_id_0808.05394_1707.08567_s0_m100_42e5aa0ec3af.xml", 1),
        ("arxivpy_id_2104.12255v1_s0_m100_6ae69987ffe1.xml", 1),
        ("arxivpy_id_quant-ph_0201082v1_s0_m100_86989fe779ef.xml", 1),
        ("arxivpy_q_testing_s0_m100_cfe7536492ca.xml", 100),
    ],
)
def test_replies_of_the_api(replies: Path, name: str, count: int) -> None:
    entries = parse_api((replies / "api" / name).read_bytes()).entries

    assert len(entries) == count
    for entry in entries:
        assert entry.published
        assert entry.categories
        assert entry.authors
        assert entry.version


def test_affiliations_of_an_old_paper(replies: Path) -> None:
    name = "arxivpy_id_astro-ph_0601001_s0_m100_3150dca9dc76.xml"
    (entry,) = parse_api((replies / "api" / name).read_bytes()).entries

    assert (entry.arxiv_id, entry.version) == ("astro-ph/0601001", 1)
    assert entry.institutions == ("Ohio State", "CfA", "Warsaw University Observatory")
    assert entry.journal == "ActaAstron.56:1-50,2006"


def test_the_error_of_the_api(replies: Path) -> None:
    with pytest.raises(SourceRefused, match="incorrect id format for abc"):
        parse_api((replies / "api" / "arxivpy_id_abc_s0_m100_b79c8dcf6bc3.xml").read_bytes())


@pytest.mark.parametrize(
    ("name", "day", "count"),
    [
        ("hepcrawl_arxiv-physics-hep-ex.xml", date(2017, 12, 14), 3),
        ("hepcrawl_arxiv-physics-hep-th.xml", date(2017, 12, 14), 3),
        ("hepcrawl_arxiv-single.xml", date(2018, 1, 25), 1),
        ("hepcrawl_sample_arxiv_record.xml", date(2018, 8, 16), 12),
        ("hepcrawl_sample_arxiv_record8.xml", date(2016, 6, 27), 1),
    ],
)
def test_answers_of_the_catalogue(replies: Path, name: str, day: date, count: int) -> None:
    listing = parse_oai((replies / "oai" / name).read_bytes())

    assert (listing.day, len(listing.entries), listing.warnings) == (day, count, ())
    assert all(entry.published and entry.abstract for entry in listing.entries)


def test_old_papers_of_the_catalogue_are_no_news(replies: Path) -> None:
    listing = parse_oai((replies / "oai" / "hepcrawl_arxiv-physics-hep-ex.xml").read_bytes())

    assert {entry.announcement for entry in listing.entries} == {Announcement.UPDATE}


def test_dublin_core_leaves_too_much_out(replies: Path) -> None:
    with pytest.raises(ListingUnreadable, match="ask for arXiv"):
        parse_oai((replies / "oai" / "2023-01-25_ListRecords_oai_dc_token.xml").read_bytes())


@pytest.mark.parametrize(
    ("name", "code"),
    [("sickle_noRecordsMatch.xml", "noRecordsMatch"), ("sickle_badArgument.xml", "badArgument")],
)
def test_errors_of_other_catalogues(real_input: Path, name: str, code: str) -> None:
    content = (real_input / "payloads" / "oai_generic" / name).read_bytes()

    assert read_page(content).code == code


def test_author_strings_of_two_hundred_papers(replies: Path) -> None:
    lines = (replies / "snapshot" / "kaggle_first200.jsonl").read_text().splitlines()
    papers = [json.loads(line) for line in lines]

    for paper in papers:
        names, _ = people(paper["authors"])
        assert len(names) == len(paper["authors_parsed"]), paper["id"]
        assert not any(sign in name for name in names for sign in "\\{}()")
    told = [p["id"] for p in papers if withdrawn(p["abstract"].strip(), p["comments"] or "")]
    assert told == ["0704.0156"]
