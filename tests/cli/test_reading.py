"""`digest parse`: what a file says, to people and to programs."""

import json
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run
from tests.cli.stand_in import DATA, make_row


def test_parse_shows_what_was_understood(digest: Run, page: Path) -> None:
    result = digest("parse", page, "--day", "2026-11-21")

    assert result.code == 0
    assert "daily page, 2026-11-20, 3 papers" in result.out
    assert "Sperm whales count in base eight\t3 authors\t2026-11-18\t12" in result.out
    assert result.err == ""


def test_parse_needs_no_database(digest: Run, page: Path, home: Path) -> None:
    assert digest("parse", page).code == 0
    assert not (home / "var").exists()


def test_parse_prints_one_json_object_a_file(digest: Run, page: Path) -> None:
    result = digest("parse", page, page, "--day", "2026-11-21", "--json")

    first, second = result.out.splitlines()
    assert first == second
    listing = json.loads(first)
    assert list(listing) == ["kind", "day", "author", "papers", "warnings"]
    assert listing["kind"] == "daily"
    assert listing["day"] == "2026-11-20"
    assert listing["author"] is None
    assert listing["warnings"] == []
    squid = listing["papers"][1]
    assert squid["title"] == "A squid that reads maps"
    assert squid["abstract"].endswith("We train one squid to follow a printed map of its tank.")
    assert (squid["authors"], squid["author_count"]) == ([], 2)
    assert squid["published"] == "2026-11-19"
    assert (squid["upvotes"], squid["score"]) == (None, None)
    assert (squid["categories"], squid["institutions"]) == ([], [])
    assert (squid["has_code"], squid["code_url"]) == (False, None)


def test_parse_reads_what_live_sources_send(digest: Run) -> None:
    result = digest("parse", DATA / "huggingface" / "2026-08-20.json", "--json")

    listing = json.loads(result.out)
    assert (listing["kind"], listing["day"]) == ("daily", "2026-08-20")
    assert all(paper["arxiv_id"] for paper in listing["papers"])


def test_a_title_in_tex_is_readable_to_people_and_as_it_is_to_programs(
    digest: Run, home: Path
) -> None:
    rows = [make_row(date(2026, 5, 20), "2605.00001", "Whales in base $8^2$")]
    (home / "list.json").write_text(json.dumps(rows), encoding="utf-8")

    assert "Whales in base 8²" in digest("parse", home / "list.json").out
    assert "Whales in base $8^2$" in digest("parse", home / "list.json", "--json").out


def test_parse_reads_standard_input(digest: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(PAGE.encode())))

    result = digest("parse", "-", "--day", "2026-11-21", "--json")

    assert len(json.loads(result.out)["papers"]) == 3


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    digest: Run, page: Path, home: Path
) -> None:
    (home / "empty.txt").touch()

    result = digest("parse", home / "empty.txt", home / "missing.txt", page, "--json")

    assert result.code == 1
    assert len(result.out.splitlines()) == 1
    problems = result.err.splitlines()
    assert len(problems) == 2
    assert all(problem.startswith("digest: ") for problem in problems)
    assert "empty.txt" in problems[0]
    assert "missing.txt" in problems[1]


def test_an_unknown_day_is_wrong_usage(digest: Run, page: Path) -> None:
    result = digest("parse", page, "--day", "2026-02-30")

    assert result.code == 2
    assert "2026-02-30" in result.err
    assert "is not a day" in result.err
