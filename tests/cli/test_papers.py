"""`digest parse` and `digest fetch`."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run


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
    assert listing["papers"][1] == {
        "title": "A squid that reads maps",
        "abstract": "Squid find their way in the dark. "
        "We train one squid to follow a printed map of its tank.",
        "authors": [],
        "author_count": 2,
        "published": "2026-11-19",
        "upvotes": None,
        "score": None,
        "categories": [],
        "institutions": [],
        "has_code": False,
        "code_url": None,
    }


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


def test_fetch_takes_papers_in_once(digest: Run, page: Path) -> None:
    digest("db", "upgrade")

    first = digest("fetch", page, "--json")
    again = digest("fetch", page)

    assert json.loads(first.out) == {"entries": 3, "papers": 3, "new": 3, "warnings": []}
    assert again.code == 0
    assert again.out == "3 entries, 3 papers, 0 of them new to the archive.\n"


def test_fetch_keeps_what_it_can_and_says_what_it_could_not(
    digest: Run, page: Path, home: Path
) -> None:
    digest("db", "upgrade")
    (home / "binary.txt").write_bytes(bytes(range(256)))

    result = digest("fetch", home / "binary.txt", page, "--json")

    assert result.code == 1
    assert json.loads(result.out)["new"] == 3
    assert "binary.txt" in result.err


def test_warnings_alone_are_no_failure(digest: Run, page: Path) -> None:
    digest("db", "upgrade")
    page.write_text(PAGE + "\nA title that the page was cut after\n", encoding="utf-8")

    result = digest("fetch", page, "--json")

    assert result.code == 0
    assert json.loads(result.out)["warnings"]


def test_without_a_database_fetch_says_how_to_make_one(digest: Run, page: Path) -> None:
    result = digest("fetch", page)

    assert result.code == 1
    assert "digest db upgrade" in result.err
    assert len(result.err.splitlines()) == 1
