"""A reader's life in a running installation: a mail at their minute, one click, and silence."""

import re
import signal
from datetime import timedelta

import httpx
import psutil

from tests.installation.conftest import Inbox, Installation, until


def test_a_reader_gets_an_issue_at_their_minute_reads_it_and_leaves(
    installation: Installation, inbox: Inbox
) -> None:
    with installation.running():
        installation.list_paper("Sperm whales count in base eight")
        due = installation.next_minute()
        installation.add_reader("ada", at=due)
        assert not inbox.mails

        until(lambda: bool(inbox.mails), "Ada's mail came")
        assert installation.now() >= due
        [mail] = inbox.mails
        assert mail["To"] == "ada@example.org"
        [page] = _links(mail["List-Unsubscribe"])
        body = mail.get_body(("plain",))
        assert body is not None
        [issue] = [link for link in _links(body.get_content()) if "/i/" in link]
        seen = httpx.get(issue)
        assert seen.status_code == httpx.codes.OK
        assert "Sperm whales count in base eight" in seen.text
        left = httpx.post(page, data={"List-Unsubscribe": "One-Click"})
        assert left.status_code == httpx.codes.OK
        assert not left.history
        assert "set-cookie" not in left.headers

    installation.shift += timedelta(days=1)
    with installation.running():
        installation.list_paper("Whales dream of squid")
        installation.add_reader("bob", at=installation.next_minute())
        until(lambda: len(inbox.mails) > 1, "Bob's mail came, a day later")
        # Ada's minute has come, too: her issue would have gone out before Bob's.
        assert inbox.recipients() == ["ada@example.org", "bob@example.org"]

    assert "ada@" not in installation.log()


def test_two_workers_two_beats_and_an_operator_make_one_mail_each(
    large: Installation, inbox: Inbox
) -> None:
    readers = [f"reader{number}" for number in range(5)]
    large.set_clock(second=0)
    with large.running():
        large.list_paper("Sperm whales count in base eight")
        due = large.next_minute()
        for name in readers:
            large.add_reader(name, at=due)
        until(lambda: large.now() >= due, "the minute came", patience=70)
        large.digest("send", "--date", due.date().isoformat())
        until(lambda: len(inbox.mails) >= len(readers), "everybody's mail came")
        large.digest("send", "--date", due.date().isoformat())
        until(lambda: large.now() >= due + timedelta(seconds=5), "five more ticks")

    assert inbox.recipients() == sorted(f"{name}@example.org" for name in readers)


def test_a_process_killed_at_once_loses_no_record(large: Installation, inbox: Inbox) -> None:
    day = large.now().date().isoformat()
    with large.running() as honcho:
        large.list_paper("Sperm whales count in base eight")
        for number in range(3):
            large.add_reader(f"reader{number}", at=large.next_minute())
        large.digest("send", "--date", day)
        before = large.digest("status", "--date", day, "--json")
        for process in _servers(honcho.pid):
            process.send_signal(signal.SIGKILL)
        honcho.wait(30)

    with large.running():
        after = large.digest("status", "--date", day, "--json")
    assert after == before
    assert '"subscribers": 3' in after
    assert '"papers": 1' in after
    assert '"sent": 3' in after
    assert len(inbox.mails) == 3


def _servers(honcho: int) -> list[psutil.Process]:
    """Return our own processes below *honcho*, without those that watch over them."""
    below = psutil.Process(honcho).children(recursive=True)
    return [
        process
        for process in below
        if any(name in " ".join(process.cmdline()) for name in ("celery", "uvicorn"))
    ]


def _links(text: str) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text)
