"""`digest demo`: three different mails, the same each time, and never the operator's own."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from digest.cli.demo import READERS
from tests.cli.conftest import Run


@pytest.fixture
def var(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("digest.cli.demo.state_folder", lambda: home / "var")
    # A demo that minded these would fail to reach the server.
    monkeypatch.setenv("DIGEST_MAILER_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("DIGEST_BROKER_URL", "redis://127.0.0.1:1")
    return home / "var"


def _titles(path: Path) -> set[str]:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    html = mail.get_body(("html",))
    assert html is not None
    tree = pytest.importorskip("lxml.html").fromstring(html.get_content())
    return {heading.text_content().strip() for heading in tree.xpath("//h2|//h3|//h4")}


def test_three_readers_get_three_different_mails(digest: Run, var: Path) -> None:
    result = digest("demo")

    assert result.code == 0
    mails = sorted((var / "outbox").glob("*.eml"))
    assert len(mails) == len(READERS) == 3
    for mail in mails:
        assert str(mail) in result.out
    for one in mails:
        for other in mails:
            if one < other:
                mine, theirs = _titles(one), _titles(other)
                assert len(mine & theirs) < 0.8 * min(len(mine), len(theirs))


def test_a_second_demo_adds_no_mail_and_changes_none(digest: Run, var: Path) -> None:
    digest("demo")
    before = {path: path.read_bytes() for path in (var / "outbox").iterdir()}

    again = digest("demo")

    assert again.code == 0
    assert {path: path.read_bytes() for path in (var / "outbox").iterdir()} == before


def test_a_mail_that_was_deleted_comes_back(digest: Run, var: Path) -> None:
    digest("demo")
    gone = min((var / "outbox").glob("*.eml"))
    gone.unlink()

    digest("demo")

    assert gone.is_file()


def test_the_demo_leaves_the_operators_database_alone(digest: Run, var: Path) -> None:
    digest("demo")

    assert not (var / "digest.db").exists()
