"""`digest papers`: what the archive knows, to people and to programs."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from digest.cli.papers import commands, pages
from digest.cli.terminal import plain
from tests.cli.conftest import Run
from tests.cli.stand_in import DATA, StandIn, make_row, today

MONDAY, TUESDAY = date(2025, 6, 2), date(2025, 6, 3)
SCHEMA = [
    "id",
    "arxiv_id",
    "doi",
    "title",
    "abstract",
    "summary",
    "authors",
    "author_count",
    "published",
    "categories",
    "institutions",
    "keywords",
    "comment",
    "journal",
    "version",
    "withdrawn",
    "code_url",
    "project_url",
    "thumbnail_url",
    "submitter",
    "upvotes",
    "comments",
    "stars",
    "listed",
    "first_listed",
]


@pytest.fixture
def shelf(archive: Run, services: StandIn) -> Run:
    """The command, with two papers of a Monday and one of the Tuesday after it."""
    services.days[MONDAY] = [
        make_row(MONDAY, "2506.00001", "Whales count in base $8^2$", upvotes=3),
        make_row(MONDAY, "2506.00002", "Squid read maps", upvotes=40),
    ]
    services.days[TUESDAY] = [make_row(TUESDAY, "2506.00003", "Bread rises twice")]
    done = archive("fetch", "huggingface", "--since", MONDAY, "--date", TUESDAY)
    assert done.code == 0, done.err
    return archive


def _papers(text: str) -> list[dict[str, Any]]:
    told = json.loads(text)
    assert list(told) == ["papers"]
    papers: list[dict[str, Any]] = told["papers"]
    return papers


def test_the_papers_of_a_day_are_in_the_order_of_its_trend(shelf: Run) -> None:
    result = shelf("papers", "list", "--date", MONDAY)

    assert result.code == 0
    assert result.out.splitlines() == [
        "id\tupvotes\ttitle",
        "2506.00002\t40\tSquid read maps",
        "2506.00001\t3\tWhales count in base 8²",
    ]
    assert result.err == "2 papers listed on 2025-06-02, in the order of that day's trend.\n"


def test_every_command_prints_papers_by_one_schema(shelf: Run) -> None:
    [_, whales] = _papers(shelf("papers", "list", "--date", MONDAY, "--json").out)
    [found] = _papers(shelf("papers", "search", "whales", "--json").out)
    [shown] = _papers(shelf("papers", "show", "2506.00001", "--json").out)
    everything = _papers(shelf("papers", "list", "--all", "--json").out)

    assert list(whales) == SCHEMA
    assert whales == found
    assert whales in everything
    assert list(shown) == [*SCHEMA, "sightings", "origins", "bylines"]
    assert {name: shown[name] for name in SCHEMA} == whales
    assert whales["title"] == "Whales count in base $8^2$"
    assert whales["published"] == "2025-06-02"
    assert whales["authors"] == ["Ada Okafor", "Bo Lindqvist"]
    assert (whales["upvotes"], whales["comments"], whales["stars"]) == (3, 2, None)
    assert whales["listed"] == [{"source": "Hugging Face", "day": "2025-06-02"}]
    assert whales["first_listed"] == "2025-06-02"


def test_the_whole_archive_is_one_object_however_many_pages_it_has(
    shelf: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (1, 2, 3, 4):
        monkeypatch.setattr(commands, "PAGE", size)
        monkeypatch.setattr(pages, "BATCH", size)
        papers = _papers(shelf("papers", "list", "--all", "--json").out)
        rows = shelf("papers", "list", "--all").out.splitlines()

        ids = [paper["id"] for paper in papers]
        assert ids == sorted(set(ids))
        assert len(ids) == 3
        assert rows[0] == "id\tlisted\tupvotes\ttitle"
        assert len(rows) == 4


def test_an_empty_archive_is_an_empty_list(archive: Run) -> None:
    for options in (["--all"], []):
        assert archive("papers", "list", *options, "--json").out == '{"papers": []}\n'
        assert "digest fetch" in archive("papers", "list", *options).err


def test_all_is_of_no_day(archive: Run) -> None:
    assert archive("papers", "list", "--all", "--date", MONDAY).code == 2


def test_without_a_day_the_papers_of_today_are_listed(archive: Run, services: StandIn) -> None:
    services.list_papers(today(), "Whales count")
    archive("fetch", "huggingface")

    assert len(_papers(archive("papers", "list", "--json").out)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "2506.00001",
        "arXiv:2506.00001v2",
        "https://arxiv.org/abs/2506.00001",
        "https://huggingface.co/papers/2506.00001",
        "https://doi.org/10.48550/arXiv.2506.00001",
    ],
)
def test_a_paper_is_found_by_whatever_names_it(shelf: Run, name: str) -> None:
    [paper] = _papers(shelf("papers", "show", name, "--json").out)

    assert paper["arxiv_id"] == "2506.00001"
    assert _papers(shelf("papers", "show", paper["id"], "--json").out) == [paper]


def test_a_doi_that_ends_like_an_arxiv_id_is_none(shelf: Run) -> None:
    assert shelf("papers", "show", "10.5555/2506.00001").code == 1


def test_a_published_paper_is_found_by_its_doi(archive: Run) -> None:
    archive("fetch", DATA / "feeds" / "rss2.xml", DATA / "feeds" / "rdf.xml")
    [paper, *_] = [
        each for each in _papers(archive("papers", "list", "--all", "--json").out) if each["doi"]
    ]

    found = _papers(
        archive("papers", "show", f"https://doi.org/{paper['doi'].upper()}", "--json").out
    )

    assert [each["id"] for each in found] == [paper["id"]]


def test_a_paper_nobody_knows_is_one_sentence(shelf: Run) -> None:
    result = shelf("papers", "show", "2506.99999")

    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("digest: We know no paper '2506.99999'")
    assert result.err.count("\n") == 1


def test_a_paper_is_shown_with_where_each_field_is_from_and_how_its_votes_grew(
    shelf: Run, services: StandIn
) -> None:
    services.days[MONDAY] = [make_row(MONDAY, "2506.00001", "Whales count", upvotes=57)]
    shelf("fetch", "huggingface", "--date", MONDAY)

    shown = shelf("papers", "show", "2506.00001").out
    [paper] = _papers(shelf("papers", "show", "2506.00001", "--json").out)

    assert "authors\tAda Okafor, Bo Lindqvist\tHugging Face\n" in shown
    assert "Abstract (Hugging Face):\nWe look into" in shown
    assert "day\tsource\tlisted\tplace\tupvotes\tcomments\n" in shown
    assert f"{today()}\tHugging Face\t2025-06-02\t1\t57\t2\n" in shown
    assert [each["upvotes"] for each in paper["sightings"]] == [3, 57]
    assert paper["upvotes"] == 57
    assert {"field": "title", "source": "Hugging Face", "version": 0} in paper["origins"]


def test_a_search_shows_what_has_all_the_words_and_says_when_there_is_more(shelf: Run) -> None:
    assert "2506.00001" in shelf("papers", "search", "WHALES", "base").out
    nothing = shelf("papers", "search", "whales", "bread")
    assert (nothing.code, nothing.out) == (0, "")
    assert "'whales' and 'bread'" in nothing.err

    few = shelf("papers", "search", "okafor", "--limit", 2)

    assert len(few.out.splitlines()) == 1 + 2
    assert few.err == "There are more than 2: see them with --limit.\n"
    assert "more" not in shelf("papers", "search", "okafor", "--limit", 3).err


def test_what_a_terminal_would_obey_is_not_printed(archive: Run, services: StandIn) -> None:
    services.days[MONDAY] = [make_row(MONDAY, "2506.00001", "Whales\x9b31m \x1b[2Jcount")]
    archive("fetch", "huggingface", "--date", MONDAY)

    for command in (["list", "--date", str(MONDAY)], ["show", "2506.00001"]):
        out = archive("papers", *command).out
        assert "\x1b" not in out
        assert "\x9b" not in out
    assert plain("Whales\x9b31m \x1b[2J\u202ecount") == "Whales 31m  [2J count"


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_fit_the_terminal(shelf: Run, services: StandIn, columns: int) -> None:
    services.days[MONDAY] = [make_row(MONDAY, "2506.00001", "Whales " * 30)]
    shelf("fetch", "huggingface", "--date", MONDAY)

    for arguments in (["--all"], ["--date", str(MONDAY)]):
        lines = _on_terminal(["papers", "list", *arguments], columns=columns).splitlines()
        assert len(lines) >= 3
        assert all(len(line) <= columns for line in lines), lines
        assert any("Whales" in line and "…" in line for line in lines)


def _on_terminal(arguments: list[str], *, columns: int) -> str:
    """Return what the command prints on a terminal of that width."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "TERM": "xterm"}  # noqa: TID251 - what a terminal sets
    done = subprocess.run(
        [sys.executable, "-m", "digest", *arguments],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment,
        check=True,
    )
    os.close(theirs)
    assert done.returncode == 0
    printed = b""
    # What was printed stays in the terminal until it is read; then reading it is an error.
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        printed += piece
    os.close(ours)
    return re.sub(r"\x1b\[[\d;]*m", "", printed.decode())
