"""The whole morning through the commands: on each database, with each mailer."""

import json
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.conftest import PAGE, Run, runner
from tests.installation.conftest import inbox_url, open_inbox
from tests.store.databases import empty_schema

DAY = ("--date", "2026-11-20")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each kind of database, without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'digest.db'}"
    else:
        with empty_schema() as url:
            yield url


@pytest.fixture(params=["outbox", "smtp"])
def recipients(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[str]]]:
    """Each mailer, set up; call it to know who has mail."""
    if request.param == "outbox":
        folder = tmp_path / "outbox"
        monkeypatch.setenv("DIGEST_MAILER_URL", f"outbox://{folder}")
        yield lambda: sorted(
            message_from_bytes(path.read_bytes(), policy=policy.default)["To"]
            for path in folder.glob("*.eml")
        )
        return
    with open_inbox() as inbox:
        monkeypatch.setenv("DIGEST_MAILER_URL", inbox_url(inbox))
        monkeypatch.setenv("DIGEST_PUBLIC_URL", "https://papers.example.org")
        monkeypatch.setenv("DIGEST_SECRET_KEYS", "only-for-this-test")
        monkeypatch.setenv("DIGEST_FROM", "Daily Papers <digest@papers.example.org>")
        monkeypatch.setenv("DIGEST_POSTAL_ADDRESS", "1 Sample Street")
        yield inbox.recipients


@pytest.fixture
def digest(
    database_url: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    monkeypatch.setenv("DIGEST_DATABASE_URL", database_url)
    return runner(capfd)


def test_a_morning_from_an_empty_database_to_an_account_that_adds_up(
    digest: Run, recipients: Callable[[], list[str]], tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")

    assert digest("db", "upgrade").code == 0
    assert digest("db", "check").code == 0
    assert json.loads(digest("fetch", page, "--json").out)["new"] == 3
    assert json.loads(digest("fetch", page, "--json").out)["new"] == 0
    for name, phrase in (("ada", "whales"), ("bob", "bread"), ("cleo", "squid")):
        added = digest("subscribers", "add", f"{name}@example.org", "--interest", phrase)
        assert added.code == 0, added.err
    assert digest("preview", "ada@example.org", *DAY, "--into", tmp_path / "look").code == 0
    assert recipients() == []

    first = digest("send", *DAY)
    again = digest("send", *DAY)

    assert first.out == "Sent 3 issues of 2026-11-20.\n", first.err
    assert "Sent 0 issues" in again.out
    assert recipients() == ["ada@example.org", "bob@example.org", "cleo@example.org"]
    status = json.loads(digest("status", *DAY, "--json").out)
    assert status["adds_up"] is True
    assert status["states"] == {"sent": 3}
