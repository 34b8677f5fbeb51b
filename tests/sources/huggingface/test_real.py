"""Lists as Hugging Face really sent them; skipped where there are none."""

import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from digest.errors import ListingUnreadable
from digest.models.papers import Listing
from digest.sources.huggingface import is_daily_json, is_daily_page, parse_daily, parse_page

QUOTED = {"2024-12-11", "2025-01-02", "2025-01-10"}


def lists(archive: Path) -> Iterator[tuple[date, bytes]]:
    with tarfile.open(archive) as files:
        for member in files:
            if content := files.extractfile(member):
                yield date.fromisoformat(Path(member.name).stem), content.read()


def test_two_years_of_lists_are_read_whole_or_refused(real_input: Path) -> None:
    listings: list[Listing] = []
    refused: dict[date, str] = {}
    for day, content in lists(real_input / "payloads/hf/archive-2024-05-to-2026-05.tar.xz"):
        assert is_daily_json(content)
        try:
            listings.append(parse_daily(content, day=day, seen_at=None))
        except ListingUnreadable as refusal:
            refused[day] = str(refusal)
            continue
        # The day is said since March 2025, and nobody need know it before.
        by_itself = parse_daily(content, day=None, seen_at=None)
        assert by_itself.entries == listings[-1].entries
        assert by_itself.day == (day if day >= date(2025, 3, 17) else None)

    entries = [entry for listing in listings for entry in listing.entries]
    assert (len(listings), len(refused)) == (499, 22)
    assert all(
        f"list of {day} are quoted strings instead of objects" in said
        for day, said in refused.items()
    )
    assert (min(refused), max(refused)) == (date(2024, 12, 11), date(2025, 1, 10))
    assert (len(entries), len({entry.arxiv_id for entry in entries})) == (8207, 8206)
    assert not [warning for listing in listings for warning in listing.warnings]
    assert all(entry.arxiv_id and entry.abstract and entry.authors for entry in entries)
    assert all(entry.published and entry.upvotes is not None for entry in entries)
    assert sum(entry.summary != "" for entry in entries) == 4774
    assert sum(entry.stars is not None for entry in entries) == 2170
    assert sum(entry.project_url is not None for entry in entries) == 2183


def test_one_list_of_each_shape_is_read_whole_or_refused(real_input: Path) -> None:
    for path in sorted((real_input / "payloads/hf/daily").glob("*.json")):
        if path.stem in QUOTED:
            with pytest.raises(ListingUnreadable, match="are quoted strings"):
                parse_daily(path.read_bytes(), day=None, seen_at=None)
        else:
            listing = parse_daily(path.read_bytes(), day=None, seen_at=None)
            assert listing.entries
            assert not listing.warnings


def test_a_day_of_2026_has_all_it_says(real_input: Path) -> None:
    path = real_input / "payloads/hf/daily/2026-05-20.json"
    listing = parse_daily(path.read_bytes(), day=None, seen_at=None)

    first = listing.entries[0]
    assert listing.day == date(2026, 5, 20)
    assert first.arxiv_id == "2605.19577"
    assert first.title.startswith("GoLongRL: Capability-Oriented Long Context")
    assert first.authors[:2] == ("Minxuan Lv", "Tiehua Mei")
    assert (first.published, first.upvotes, first.stars) == (date(2026, 5, 19), 44, 7)
    assert first.code_url == "https://github.com/xiaoxuanNLP/GoLongRL"
    assert first.project_url == "https://huggingface.co/collections/Kwai-Klear/golongrl"
    assert (first.submitter, first.keywords[4]) == ("Suu", "RLVR")


def test_days_told_to_the_millisecond_are_days(real_input: Path) -> None:
    (path,) = (real_input / "payloads/hf/latest").glob("*.json")
    listing = parse_daily(path.read_bytes(), day=None, seen_at=None)

    assert (listing.day, len(listing.entries), listing.warnings) == (date(2026, 5, 8), 3, ())


def test_the_page_of_a_day_is_read(real_input: Path) -> None:
    content = (real_input / "payloads/hf/html/papers_2024-08-01.html").read_bytes()

    listing = parse_page(content, day=None, seen_at=None)

    first = listing.entries[0]
    assert is_daily_page(content)
    assert (listing.day, len(listing.entries), listing.warnings) == (date(2024, 8, 1), 13, ())
    assert (first.title, first.arxiv_id) == ("The Llama 3 Herd of Models", "2407.21783")
    assert (first.upvotes, first.comments, first.submitter) == (94, 5, "akhaliq")
    assert first.author_count == len(first.authors) > 500
