"""`digest subscribers`."""

import json
import os
import re
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.cli.conftest import Result, Run

TABLE = """email,name,interests,time_zone,send_at,weekdays,papers,state
ada@example.org,Ada,whales; base eight,Europe/Vienna,06:30,weekdays,5,
bob@example.org,'=1+1,,,,,,
nobody,,,,,,,
ada@example.org,,,,,,,
eve@example.org,,,,,,,unsubscribed
"""
TAKEN_IN = "5 rows: 3 added, 1 repeated, 1 invalid.\n"
CONFIRMED = ("--confirmed", "--evidence", "moved from the old list")


def test_adding_a_reader_says_what_to_do_next(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "ada@example.org", "--interest", "whales")

    assert result.code == 0
    assert result.out == (
        "ada@example.org is subscribed. See their issue: digest preview ada@example.org\n"
    )


def test_every_interest_is_kept(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest(
        "subscribers", "add", "ada@example.org",
        "--interest", "whales", "--interest", "base eight", "--author", "Bo Lindqvist",
        "--category", "cs.CL", "--organisation", "MIT", "--seed", "arXiv:2611.00001v3",
        "--exclude", "squid", "--json",
    )  # fmt: skip

    added = json.loads(result.out)
    assert added["state"] == "active"
    [interest] = added["interests"]
    assert interest == {
        "name": "main",
        "phrases": ["whales", "base eight"],
        "categories": ["cs.CL"],
        "authors": ["Bo Lindqvist"],
        "organisations": ["MIT"],
        "seeds": ["2611.00001"],
        "exclusions": ["squid"],
    }


def test_an_address_is_added_once(digest: Run) -> None:
    digest("db", "upgrade")
    digest("subscribers", "add", "ada@example.org")

    result = digest("subscribers", "add", "Ada@Example.org")

    assert result.code == 1
    assert result.err == "digest: Ada@example.org is subscribed already; nothing was changed.\n"


def test_a_bad_address_is_one_sentence(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "not an address")

    assert result.code == 1
    assert len(result.err.splitlines()) == 1
    assert "is not an e-mail address" in result.err


def test_an_empty_interest_is_one_sentence(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "ada@example.org", "--interest", " ")

    assert result.code == 1
    assert "give printable text" in result.err


@pytest.fixture
def people(home: Path) -> Path:
    """A file of three people, one of them twice, and somebody without an address."""
    file = home / "people.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


def _shown(digest: Run, address: str) -> dict[str, object]:
    found = json.loads(digest("subscribers", "show", address, "--json").out)
    assert isinstance(found, dict)
    return found


def _states(digest: Run) -> dict[str, str]:
    listed = json.loads(digest("subscribers", "list", "--json").out)["subscribers"]
    return {each["email"]: each["state"] for each in listed}


def _acts(digest: Run, address: str) -> list[tuple[str, str, dict[str, str]]]:
    consents = _shown(digest, address)["consents"]
    assert isinstance(consents, list)
    return [(act["act"], act["source"], act["evidence"]) for act in consents]


def _refused(result: Result) -> str:
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("digest: ")
    assert len(result.err.splitlines()) == 1
    return result.err


def test_who_added_somebody_is_in_the_consent_log(archive: Run) -> None:
    archive("subscribers", "add", "ada@example.org", "--by", "grace")

    assert _acts(archive, "ada@example.org") == [("added", "operator", {"operator": "grace"})]


def test_an_empty_list_says_how_to_begin(archive: Run) -> None:
    assert archive("subscribers", "list").err == (
        "Nobody is subscribed yet: add them with `digest subscribers add`.\n"
    )
    assert json.loads(archive("subscribers", "list", "--json").out) == {"subscribers": []}


def test_a_list_is_a_line_each_and_the_counts(archive: Run, people: Path) -> None:
    archive("subscribers", "import", people, *CONFIRMED)

    result = archive("subscribers", "list", "--state", "active")

    header, *lines = result.out.splitlines()
    assert header == "email\tstate\ttime_zone\tsend_at\tinterests"
    assert sorted(lines) == [
        "ada@example.org\tactive\tEurope/Vienna\t06:30\twhales, base eight",
        "bob@example.org\tactive\tUTC\t07:00\t",
    ]
    assert result.err == "2 active, 1 unsubscribed\n"


def test_a_list_goes_no_further_than_it_is_to(archive: Run, people: Path) -> None:
    archive("subscribers", "import", people)

    listed = archive("subscribers", "list", "--limit", 2, "--json")

    assert len(json.loads(listed.out)["subscribers"]) == 2


def test_a_state_that_does_not_exist_is_wrong_usage(archive: Run) -> None:
    result = archive("subscribers", "list", "--state", "happy")

    assert result.code == 2
    assert "'happy' is no state; they are pending, active," in re.sub(r"[\s│]+", " ", result.err)


def test_one_subscriber_is_shown_whole(morning: Run) -> None:
    morning("send", "--date", "2026-11-20")

    shown = _shown(morning, "Ada@example.org")

    assert shown["email"] == "ada@example.org"
    assert shown["state"] == "active"
    assert shown["time_zone"] == "UTC"
    assert shown["interests"] == [
        {
            "name": "main",
            "phrases": ["whales"],
            "categories": [],
            "authors": [],
            "organisations": [],
            "seeds": [],
            "exclusions": [],
        }
    ]
    assert (shown["send_at"], shown["papers"], shown["dial"]) == ("07:00", 10, 0.3)
    assert shown["suppressed"] is None
    assert shown["deliveries"] == [{"day": "2026-11-20", "state": "sent"}]


def test_one_subscriber_is_shown_to_people(morning: Run) -> None:
    morning("send", "--date", "2026-11-20")

    lines = morning("subscribers", "show", "ada@example.org").out.splitlines()

    assert "email\tada@example.org" in lines
    assert "interest main\tphrases: whales" in lines
    assert "2026-11-20\tissue sent" in lines
    assert any(line.endswith("\tadded, by operator") for line in lines)


def test_nobody_is_not_shown(archive: Run) -> None:
    err = _refused(archive("subscribers", "show", "ada@example.org"))

    assert "Nobody is subscribed as ada@example.org" in err


def test_a_stranger_who_is_suppressed_is_shown_as_that(archive: Run) -> None:
    archive("subscribers", "suppress", "ada@example.org")

    result = archive("subscribers", "show", "ada@example.org")

    assert result.code == 0
    assert "state\tremoved" in result.out.splitlines()
    assert _shown(archive, "ada@example.org")["suppressed"] == "removed"


def test_an_import_says_what_became_of_the_rows(archive: Run, people: Path) -> None:
    result = archive("subscribers", "import", people, *CONFIRMED, "--by", "grace")

    assert (result.code, result.out) == (0, TAKEN_IN)
    assert result.err == "line 4: email: An email address must have an @-sign.\n"
    assert _states(archive) == {
        "ada@example.org": "active",
        "bob@example.org": "active",
        "eve@example.org": "unsubscribed",
    }
    assert _shown(archive, "bob@example.org")["name"] == "=1+1"
    evidence = {"operator": "grace", "says": "moved from the old list"}
    assert _acts(archive, "ada@example.org") == [("imported", "operator", evidence)]


def test_an_import_that_is_tried_counts_the_same_and_keeps_nothing(
    archive: Run, people: Path
) -> None:
    result = archive("subscribers", "import", people, "--dry-run", "--json")

    assert json.loads(result.out) == {
        "dry_run": True,
        "rows": 5,
        "outcomes": {
            "added": 3,
            "updated": 0,
            "lowered": 0,
            "already there": 0,
            "not raised": 0,
            "suppressed": 0,
            "repeated": 1,
            "invalid": 1,
        },
        "asked": 0,
        "invalid": [{"line": 4, "reason": "email: An email address must have an @-sign."}],
    }
    assert archive("subscribers", "import", people, "--dry-run").out == TAKEN_IN
    assert _states(archive) == {}


def test_an_import_again_changes_nothing(archive: Run, people: Path) -> None:
    archive("subscribers", "import", people, *CONFIRMED)
    before = archive("subscribers", "list", "--json").out

    result = archive("subscribers", "import", people, *CONFIRMED)

    assert result.out == "5 rows: 3 already there, 1 repeated, 1 invalid.\n"
    assert archive("subscribers", "list", "--json").out == before


def test_without_a_confirmation_they_are_pending_and_may_be_asked(
    archive: Run, people: Path
) -> None:
    archive("subscribers", "import", people)
    result = archive("subscribers", "import", people, "--ask")

    assert _states(archive)["ada@example.org"] == "pending"
    assert result.out.splitlines()[1] == ("2 are asked to confirm, within the limits for sign-ups.")


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (b"", (), "The file is empty"),
        (b"name\nAda\n", (), "The file has no column `email`"),
        (b"email,phone\n", (), "We know no column 'phone'"),
        ("email\nada@example.org\n".encode("utf-16"), (), "is not UTF-8 text"),
        (b"email\n", ("--format", "json"), "no subscribers as JSON"),
        (b"email\n", ("--confirmed",), "--evidence"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_refused_in_a_sentence(
    archive: Run, home: Path, content: bytes, arguments: tuple[str, ...], sentence: str
) -> None:
    file = home / "people.csv"
    file.write_bytes(content)

    assert sentence in _refused(archive("subscribers", "import", file, *arguments))


def test_a_file_that_is_not_there_or_no_file_is_refused(archive: Run, home: Path) -> None:
    assert "cannot be read" in _refused(archive("subscribers", "import", home / "none.csv"))
    assert "cannot be read" in _refused(archive("subscribers", "import", home))


def test_nobody_is_imported_as_erased(archive: Run, people: Path) -> None:
    assert archive("subscribers", "import", people, "--state", "erased").code == 2


def test_a_file_as_spreadsheets_write_it_is_taken_in(archive: Run, home: Path) -> None:
    file = home / "people.csv"
    file.write_bytes(
        b'\xef\xbb\xbfEmail;Name\r\nada@example.org;"Ada; the first"\r\nbob@example.org;B\xf6b\r\n'
    )

    result = archive("subscribers", "import", file)

    assert result.out == "2 rows: 1 added, 1 invalid.\n"
    assert result.err.startswith("line 3: name: ")
    assert _shown(archive, "ada@example.org")["name"] == "Ada; the first"


def test_standard_input_is_a_file_too(archive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"email\nada@example.org\n")))

    assert archive("subscribers", "import", "-").out == "1 row: 1 added.\n"


@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_what_is_exported_is_imported_elsewhere_as_it_was(
    archive: Run, people: Path, home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive("subscribers", "import", people, *CONFIRMED)
    before = json.loads(archive("subscribers", "list", "--json").out)["subscribers"]

    result = archive("subscribers", "export", home / name)
    monkeypatch.setenv("DIGEST_DATABASE_URL", f"sqlite:///{home / 'other.db'}")
    archive("db", "upgrade")
    taken = archive("subscribers", "import", home / name, *CONFIRMED)

    assert result.err == f"3 subscribers in {home / name}.\n"
    assert taken.out == "3 rows: 3 added.\n"
    after = json.loads(archive("subscribers", "list", "--json").out)["subscribers"]
    assert _undated(after) == _undated(before)


def _undated(people: list[dict[str, object]]) -> list[dict[str, object]]:
    found = [{name: each[name] for name in each if name != "created_at"} for each in people]
    return sorted(found, key=lambda each: str(each["email"]))


def test_an_export_is_for_its_owner_alone_and_overwrites_only_when_asked_to(
    archive: Run, people: Path, home: Path
) -> None:
    archive("subscribers", "import", people, *CONFIRMED)
    out = home / "out.csv"
    out.write_text("precious", encoding="utf-8")

    err = _refused(archive("subscribers", "export", out))
    assert "give --force" in err
    assert out.read_text(encoding="utf-8") == "precious"

    assert archive("subscribers", "export", out, "--force", "--state", "unsubscribed").code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2
    assert out.stat().st_mode & 0o077 == 0
    assert [name for name in os.listdir(home) if name.startswith(".")] == []  # noqa: PTH208 - names


def test_an_export_without_a_file_is_printed(archive: Run, people: Path) -> None:
    archive("subscribers", "import", people, *CONFIRMED)

    table = archive("subscribers", "export").out
    listed = archive("subscribers", "export", "-", "--format", "json").out

    assert "\nbob@example.org,'=1+1,active," in table.replace("\r", "")
    assert {each["email"] for each in json.loads(listed)["subscribers"]} == set(_states(archive))


def test_an_export_that_cannot_be_written_is_refused(archive: Run, home: Path) -> None:
    err = _refused(archive("subscribers", "export", home / "nowhere" / "out.csv"))

    assert "cannot be written" in err


def test_a_pause_has_an_end_or_none(archive: Run) -> None:
    archive("subscribers", "add", "ada@example.org")

    until = archive("subscribers", "pause", "ada@example.org", "--until", "2099-01-01")
    assert until.out == "ada@example.org is paused until 2099-01-01.\n"
    assert _shown(archive, "ada@example.org")["paused_until"] == "2099-01-01"
    assert archive("subscribers", "resume", "ada@example.org").out == (
        "ada@example.org is active.\n"
    )
    without = archive("subscribers", "pause", "ada@example.org", "--by", "grace")
    assert without.out == "ada@example.org is paused until they are resumed.\n"
    assert [act for act, _, _ in _acts(archive, "ada@example.org")] == [
        "added", "paused", "resumed", "paused",
    ]  # fmt: skip


def test_who_is_suppressed_gets_nothing_until_it_is_lifted_and_they_confirm(archive: Run) -> None:
    archive("subscribers", "add", "ada@example.org")

    archive("subscribers", "suppress", "ada@example.org", "--reason", "asked by phone")
    assert _states(archive) == {"ada@example.org": "removed"}
    _refused(archive("subscribers", "resume", "ada@example.org"))

    lifted = archive("subscribers", "suppress", "ada@example.org", "--lift")
    assert lifted.out == "ada@example.org is suppressed no more; they have to confirm anew.\n"
    assert _states(archive) == {"ada@example.org": "pending"}
    assert "is not suppressed" in _refused(
        archive("subscribers", "suppress", "ada@example.org", "--lift")
    )


def _type(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))


def test_who_is_erased_is_gone_and_stays_gone(
    archive: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive("subscribers", "add", "ada@example.org", "--interest", "whales")
    _type("ADA@example.org\n", monkeypatch)

    result = archive("subscribers", "erase", "ada@example.org")

    assert result.out == "ada@example.org is erased, and is never written to.\n"
    assert _shown(archive, "ada@example.org")["state"] == "erased"
    file = home / "people.csv"
    file.write_text("email\nADA@example.org\n", encoding="utf-8")
    taken = archive("subscribers", "import", file, *CONFIRMED)
    assert taken.out == "1 row: 1 suppressed.\n"
    assert "never to be written to" in _refused(archive("subscribers", "add", "ada@example.org"))
    assert "erased already" in _refused(archive("subscribers", "erase", "ada@example.org"))
    assert len(archive("subscribers", "export").out.splitlines()) == 1


def test_nobody_is_erased_by_a_slip(archive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    archive("subscribers", "add", "ada@example.org")
    _type("eve@example.org\n", monkeypatch)

    result = archive("subscribers", "erase", "ada@example.org")

    assert result.code == 1
    assert "nothing was erased" in result.err
    assert _states(archive) == {"ada@example.org": "active"}


def test_a_script_erases_without_a_question(archive: Run) -> None:
    archive("subscribers", "add", "ada@example.org")

    assert archive("subscribers", "erase", "ada@example.org", "--yes").code == 0
    assert _states(archive) == {"": "erased"}


def test_nobody_is_erased_who_is_not_there(archive: Run) -> None:
    assert "Nobody is subscribed" in _refused(archive("subscribers", "erase", "a@example.org"))
