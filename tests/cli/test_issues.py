"""`digest preview` and `send`."""

import json
import os
import signal
import sqlite3
from contextlib import closing
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from digest.mailers.outbox import Outbox
from digest.models.deliveries import Email
from tests.cli.conftest import Run, fail

DAY = ("--date", "2026-11-20")


def _mails(home: Path) -> list[Path]:
    return sorted((home / "var" / "outbox").glob("*.eml"))


def test_preview_writes_three_files_and_sends_nothing(morning: Run, home: Path) -> None:
    result = morning("preview", "ada@example.org", *DAY, "--into", home / "look")

    assert result.code == 0
    paths = [Path(line) for line in result.out.splitlines()]
    assert [path.suffix for path in paths] == [".txt", ".html", ".eml"]
    assert all(path.is_file() for path in paths)
    assert "Sperm whales count in base eight" in paths[0].read_text(encoding="utf-8")
    assert not _mails(home)
    assert "Nothing was planned" in morning("status", *DAY).out


def test_preview_of_an_issue_that_was_sent_is_that_issue(morning: Run, home: Path) -> None:
    morning("send", *DAY)

    result = morning("preview", "ada@example.org", *DAY, "--into", home / "look")

    eml = Path(result.out.splitlines()[2])
    assert eml.read_bytes() == (home / "var" / "outbox" / eml.name).read_bytes()


def test_preview_into_a_folder_that_cannot_be_made_says_so(morning: Run, home: Path) -> None:
    (home / "file").touch()

    result = morning("preview", "ada@example.org", *DAY, "--into", home / "file" / "x")

    assert result.code == 1
    assert "--into" in result.err


def test_send_writes_to_each_reader_once(morning: Run, home: Path) -> None:
    first = morning("send", *DAY)
    again = morning("send", *DAY)

    assert (first.code, again.code) == (0, 0)
    assert first.out == "Sent 2 issues of 2026-11-20.\n"
    assert again.out.splitlines() == [
        "Sent 0 issues of 2026-11-20.",
        "2 readers had a record for that day already.",
    ]
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in _mails(home)]
    assert {mail["To"] for mail in mails} == {"ada@example.org", "bob@example.org"}


def test_no_paper_comes_twice_to_one_reader(morning: Run, home: Path) -> None:
    morning("send", *DAY)

    result = morning("send", "--date", "2026-11-21")

    assert "nothing to read" in result.out
    assert len(_mails(home)) == 2


def test_send_to_one_reader_leaves_the_others_for_later(morning: Run, home: Path) -> None:
    morning("send", *DAY, "--to", "bob@example.org")
    assert len(_mails(home)) == 1

    result = morning("send", *DAY, "--json")

    assert json.loads(result.out) == {
        "day": "2026-11-20",
        "listed": 3,
        "readers": 2,
        "already": 1,
        "empty": 0,
        "sent": 1,
        "states": {"sent": 1},
        "why": "",
    }


def test_send_to_somebody_unknown_sends_nothing(morning: Run, home: Path) -> None:
    result = morning("send", *DAY, "--to", "eve@example.org", "--to", "ada@example.org")

    assert result.code == 1
    assert "Nobody is subscribed as eve@example.org" in result.err
    assert not _mails(home)


def test_a_rehearsal_shows_who_would_get_what_and_keeps_nothing(morning: Run, home: Path) -> None:
    result = morning("send", *DAY, "--dry-run")

    assert result.code == 0
    assert "Sperm whales count in base eight" in result.out
    assert "2 issues of 2026-11-20 would be made; nothing was sent or kept." in result.out
    assert not _mails(home)
    rehearsed = json.loads(morning("send", *DAY, "--dry-run", "--json").out)
    assert {row["email"] for row in rehearsed} == {"ada@example.org", "bob@example.org"}


def test_a_day_without_papers_says_so_and_may_be_sent_later(morning: Run, page: Path) -> None:
    early = morning("send", "--date", "2026-10-01")

    assert early.code == 0
    assert "No paper was listed in the seven days up to 2026-10-01" in early.err
    assert page.is_file()
    page.write_text(page.read_text(encoding="utf-8").replace("Nov 20", "Oct 1"), encoding="utf-8")
    morning("fetch", page, "--date", "2026-10-01")
    assert morning("send", "--date", "2026-10-01").out == "Sent 2 issues of 2026-10-01.\n"


def test_an_empty_day_says_which_source_is_to_blame(morning: Run, home: Path) -> None:
    fail("Hugging Face", date(2026, 12, 4), home)

    sent = morning("send", "--date", "2026-12-04")
    counted = json.loads(morning("send", "--date", "2026-12-04", "--json").out)

    assert sent.err == (
        "Nothing was listed from 28 November to 4 December: Hugging Face could not be reached.\n"
    )
    assert counted["why"] == sent.err.strip()


def test_a_mail_says_which_source_was_late(morning: Run, home: Path) -> None:
    fail("Hugging Face", date(2026, 11, 20), home)

    assert morning("send", *DAY).code == 0

    [mail, _other] = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in _mails(home)
    ]
    body = mail.get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "Hugging Face (late: could not be reached) and saved pages (3 papers" in words


def test_without_readers_send_says_how_to_add_one(digest: Run, page: Path) -> None:
    digest("db", "upgrade")
    digest("fetch", page)

    result = digest("send", *DAY)

    assert result.code == 0
    assert "digest subscribers add" in result.err


def test_an_outbox_that_cannot_be_written_loses_nothing(
    morning: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("DIGEST_MAILER_URL", f"outbox://{home / 'file' / 'outbox'}")
    failed = morning("send", *DAY)
    assert failed.code == 1
    assert "cannot be written" in failed.err
    assert len(failed.err.splitlines()) == 1
    assert json.loads(morning("status", *DAY, "--json").out)["states"] == {"planned": 2}

    monkeypatch.setenv("DIGEST_MAILER_URL", f"outbox://{home / 'var' / 'outbox'}")

    assert "Sent 2 issues" in morning("send", *DAY).out


def test_real_mail_is_refused_until_all_it_needs_is_set(
    morning: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_MAILER_URL", "smtp://127.0.0.1:1")

    result = morning("send", *DAY)

    assert result.code == 1
    assert "DIGEST_PUBLIC_URL" in result.err
    assert "DIGEST_POSTAL_ADDRESS" in result.err
    assert "Nothing was planned" in morning("status", *DAY).out
    assert not _mails(home)


def test_a_test_mail_leaves_no_record(morning: Run, home: Path) -> None:
    result = morning("send", *DAY, "--test", "ada@example.org")

    assert result.code == 0
    assert "to ada@example.org; there is no record of it." in result.out
    assert len(_mails(home)) == 1
    assert "Nothing was planned" in morning("status", *DAY).out
    assert "Sent 2 issues" in morning("send", *DAY).out


def test_a_test_mail_is_for_one_address_alone(morning: Run, home: Path) -> None:
    assert morning("send", "--test", "a@example.org", "--dry-run").code == 2
    assert morning("send", "--test", "a@example.org", "--to", "b@example.org").code == 2
    assert not _mails(home)


def test_a_send_that_is_ended_gives_back_what_it_held(
    morning: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(self: Outbox, email: Email) -> None:
        del self, email
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "send", ended)
        result = morning("send", *DAY)

    assert result.code == 128 + signal.SIGTERM
    assert "the same command sends the rest" in result.err
    assert json.loads(morning("status", *DAY, "--json").out)["states"] == {"planned": 2}
    assert "Sent 2 issues" in morning("send", *DAY).out
    assert len(_mails(home)) == 2


def test_what_another_run_holds_is_told(morning: Run, home: Path) -> None:
    with closing(sqlite3.connect(home / "var" / "digest.db")) as connection, connection:
        morning("send", *DAY)
        connection.execute("UPDATE deliveries SET state = 'claimed', lease_until = '2099-01-01'")

    result = morning("send", *DAY)

    assert "2 mails of 2026-11-20 are in the hands of another run" in result.err
