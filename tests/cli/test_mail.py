"""`digest mail receive`, as a mail server's pipe runs it."""

import io
import re
import sys
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace

import pytest

from digest.cli.mail import LIMIT
from digest.links import Links, return_path
from tests.cli.conftest import Result, Run

DAY = ("--date", "2026-11-20")


@pytest.fixture
def pipe(morning: Run, monkeypatch: pytest.MonkeyPatch) -> "Pipe":
    """The command, with two readers, and the means to leave by mail."""
    monkeypatch.setenv("DIGEST_UNSUBSCRIBE_ADDRESS", "leave@papers.example.org")
    return Pipe(morning, monkeypatch)


class Pipe:
    def __init__(self, digest: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.digest = digest
        self._monkeypatch = monkeypatch

    def __call__(self, message: bytes, *options: str) -> Result:
        self.stdin = io.BytesIO(message)
        with self._monkeypatch.context() as piped:
            piped.setattr(sys, "stdin", SimpleNamespace(buffer=self.stdin))
            return self.digest("mail", "receive", *options)


def _subject(home: Path, name: str) -> str:
    """Return the subject that the link in NAME's mail opens a message with."""
    [path] = (home / "var" / "outbox").glob(f"*-{name}-*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    found = re.search(
        r"<mailto:leave@papers\.example\.org\?subject=([^>]+)>", str(mail["List-Unsubscribe"])
    )
    assert found
    return found[1].replace("%20", " ")


def test_the_mail_that_the_link_opens_unsubscribes_its_reader(pipe: Pipe, home: Path) -> None:
    pipe.digest("send", *DAY, "--to", "ada@example.org")
    subject = _subject(home, "ada")

    result = pipe(f"To: leave@papers.example.org\nSubject: {subject}\n\n".encode())

    assert (result.code, result.out) == (0, "")
    assert "is unsubscribed" in result.err
    assert "@" not in result.err
    assert pipe.digest("send", "--date", "2026-11-21").out.startswith("Sent 1 issue ")


def test_anything_else_is_ignored_in_one_line_without_an_address(pipe: Pipe) -> None:
    result = pipe(b"From: eve@example.net\nTo: leave@papers.example.org\nSubject: Hi\n\nHi!\n")

    assert (result.code, result.out) == (0, "")
    assert result.err == "digest: ignored a message that asks for nothing we know.\n"


def test_while_the_store_is_away_the_server_is_asked_to_try_again(pipe: Pipe, home: Path) -> None:
    pipe.digest("send", *DAY, "--to", "ada@example.org")
    subject = _subject(home, "ada")
    database = home / "var" / "digest.db"
    database.rename(home / "away.db")

    away = pipe(f"Subject: {subject}\n\n".encode())
    (home / "away.db").rename(database)
    back = pipe(f"Subject: {subject}\n\n".encode())

    assert (away.code, back.code) == (75, 0)
    assert away.err.startswith("digest: try again later: ")


def test_wrong_settings_bounce_no_readers_mail(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_TIME_ZONE", "Mars/Olympus")

    assert pipe(b"Subject: unsubscribe x.y\n\n").code == 75


def test_a_long_message_is_read_to_its_end_and_kept_nowhere(pipe: Pipe, home: Path) -> None:
    pipe.digest("send", *DAY, "--to", "ada@example.org")
    start = f"Subject: {_subject(home, 'ada')}\n\n".encode()

    result = pipe(start + b"x" * (3 * LIMIT))

    assert result.code == 0
    assert "is unsubscribed" in result.err
    assert pipe.stdin.read() == b""


def test_headers_without_an_end_are_not_read_for_ever(pipe: Pipe, home: Path) -> None:
    pipe.digest("send", *DAY, "--to", "ada@example.org")
    late = f"Subject: {_subject(home, 'ada')}\n\n".encode()

    assert "ignored" in pipe(b"X: y\n" * LIMIT + late).err


KEY = "only-for-tests"


@pytest.fixture
def sent(pipe: Pipe, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a mail that Ada was sent."""
    monkeypatch.setenv("DIGEST_SECRET_KEYS", KEY)
    pipe.digest("send", *DAY, "--to", "ada@example.org")
    [path] = (home / "var" / "outbox").glob("*-ada-*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    return str(mail["Message-ID"]).removeprefix("<d.").partition("@")[0]


def _back(mail_id: str, key: str = KEY) -> str:
    return return_path("bounces@b.example.org", Links([key]).bounce_tag(mail_id))


def _is_written_to(pipe: Pipe) -> bool:
    """Return whether Ada, who has read all there is, is thought of the next day."""
    return "1 reader had nothing to read" in pipe.digest("send", "--date", "2026-11-21").out


def _report(to: str, status: str = "5.1.1") -> bytes:
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: {status}

--=_b--
""".encode()


def test_a_bounce_that_we_can_prove_lets_its_reader_go(pipe: Pipe, sent: str) -> None:
    result = pipe(_report(_back(sent)))

    assert (result.code, result.out) == (0, "")
    assert result.err == f"digest: mail {sent} came back: hard 5.1.1.\n"
    assert not _is_written_to(pipe)


def test_the_same_bounce_again_is_no_news(pipe: Pipe, sent: str) -> None:
    pipe(_report(_back(sent)))

    result = pipe(_report(_back(sent)))

    assert (result.code, result.err) == (
        0,
        f"digest: mail {sent} came back: hard 5.1.1, which is no news.\n",
    )


def test_the_mail_server_may_say_whom_the_envelope_names(pipe: Pipe, sent: str) -> None:
    assert "ignored" in pipe(_report("undisclosed:;")).err

    result = pipe(_report("undisclosed:;"), "--recipient", _back(sent))

    assert "came back: hard 5.1.1." in result.err


def test_a_bounce_that_proves_nothing_is_ignored(pipe: Pipe, sent: str) -> None:
    for to in ("ada@example.org", _back(sent, "another key"), "bounces@b.example.org"):
        assert "ignored" in pipe(_report(to)).err

    assert _is_written_to(pipe)


def test_a_refusal_of_us_is_told_and_costs_no_reader(pipe: Pipe, sent: str) -> None:
    assert "came back: policy 5.7.26." in pipe(_report(_back(sent), "5.7.26")).err

    assert _is_written_to(pipe)


def test_a_bounce_waits_while_the_store_is_away(pipe: Pipe, sent: str, home: Path) -> None:
    database = home / "var" / "digest.db"
    database.rename(home / "away.db")

    away = pipe(_report(_back(sent)))
    (home / "away.db").rename(database)

    assert away.code == 75
    assert pipe(_report(_back(sent))).code == 0


def test_who_wants_to_leave_may_write_to_the_address_that_takes_bounces(
    pipe: Pipe, sent: str, home: Path
) -> None:
    subject = _subject(home, "ada")

    result = pipe(f"To: {_back(sent)}\nSubject: {subject}\n\n".encode())

    assert "is unsubscribed" in result.err
