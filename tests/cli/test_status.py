"""`digest status`."""

import json
import sqlite3
from datetime import date
from pathlib import Path

from tests.cli.conftest import Run, fail

DAY = ("--date", "2026-11-20")


def test_status_adds_up(morning: Run) -> None:
    morning("send", *DAY)

    shown = morning("status", *DAY)
    counted = json.loads(morning("status", *DAY, "--json").out)

    assert "sent\t2" in shown.out
    assert "2 candidates for 2026-11-20; every one is accounted for." in shown.out
    assert counted == {
        "day": "2026-11-20",
        "papers": 3,
        "subscribers": 2,
        "candidates": 2,
        "states": {"sent": 2},
        "adds_up": True,
        "sources": [],
    }
    assert "source\t" not in shown.out


def test_a_status_that_does_not_add_up_is_an_error(morning: Run, home: Path) -> None:
    morning("send", *DAY)
    with sqlite3.connect(home / "var" / "digest.db") as connection:
        connection.execute("UPDATE runs SET candidates = 3")
    connection.close()

    result = morning("status", *DAY)

    assert result.code == 1
    assert "does not add up: 3 candidates, 2 in a state" in result.err


def test_status_shows_every_source_that_was_asked_for_the_day(morning: Run, home: Path) -> None:
    fail("Hugging Face", date(2026, 11, 20), home)
    fail("arXiv", date(2026, 11, 19), home)

    shown = morning("status", *DAY)
    source, other = json.loads(morning("status", *DAY, "--json").out)["sources"]

    assert "source\tstate\tpapers\tasked at\tmessage" in shown.out
    assert "Hugging Face\tlate\t0\t2026-11-20 12:00 UTC\tHugging Face is out of reach." in shown.out
    assert "arXiv\tnot asked\t\t\t" in shown.out
    assert (other["name"], other["state"], other["late"]) == ("arXiv", "not asked", False)
    assert source == {
        "name": "Hugging Face",
        "state": "late",
        "day": "2026-11-20",
        "papers": 0,
        "asked_at": "2026-11-20T12:00:00+00:00",
        "complete_at": None,
        "retry_at": "2026-11-20T12:05:00+00:00",
        "message": "Hugging Face is out of reach.",
        "late": True,
        "why": "could not be reached",
    }


def test_a_source_that_failed_where_nothing_is_announced_is_not_late(
    morning: Run, home: Path
) -> None:
    fail("arXiv", date(2026, 11, 21), home)

    result = morning("status", "--date", "2026-11-21", "--json")

    source, other = json.loads(result.out)["sources"]
    assert (source["state"], source["late"]) == ("late", False)
    assert source["why"] == "announces nothing at weekends"
    assert (other["name"], other["why"]) == ("Hugging Face", "lists nothing at weekends")
