"""`digest demo`: three different mails, the same each time, and never the operator's own."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from digest.cli.demo import READERS
from tests.cli.conftest import Run
from tests.cli.stand_in import DATA, LATE, StandIn, today
from workers.app import celery


@pytest.fixture
def var(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # What a demo in this process did last and did not acknowledge would be done by the next one.
    celery.control.purge()
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


def test_a_live_demo_is_of_todays_papers_and_leaves_the_sample_alone(
    digest: Run, var: Path, services: StandIn
) -> None:
    day = today()
    titles = ("Speech recognition of whales", "Robots fold maps", "Linear attention for squid")
    services.list_papers(day, *titles)

    result = digest("demo", "--live")

    assert result.code == 0, result.err
    assert f"Hugging Face: 3 papers of {day}." in result.out
    # The stand-in knows nothing of arXiv.
    assert "digest: arXiv is left out" in result.err
    mails = sorted((var / "outbox" / "live").glob("*.eml"))
    assert mails
    assert [mail for mail in mails if str(mail) not in result.out] == [], result
    assert not (var / "demo.db").exists()


def test_a_live_demo_goes_back_to_the_last_day_with_papers(
    digest: Run, var: Path, services: StandIn
) -> None:
    day = today() - timedelta(days=3)
    services.list_papers(day, "Speech recognition of whales", "Robots fold maps")

    result = digest("demo", "--live")

    assert f"Hugging Face: 2 papers of {day}." in result.out
    assert list((var / "outbox" / "live").glob("*.eml"))


def test_a_second_live_demo_shows_the_same_mails(digest: Run, var: Path, services: StandIn) -> None:
    services.list_papers(today(), "Speech recognition of whales", "Robots fold maps")
    digest("demo", "--live")
    before = {path: path.read_bytes() for path in (var / "outbox" / "live").iterdir()}

    assert digest("demo", "--live").code == 0

    assert {path: path.read_bytes() for path in (var / "outbox" / "live").iterdir()} == before


def test_a_live_demo_without_a_network_says_so_and_is_of_the_sample(
    digest: Run, var: Path, services: StandIn
) -> None:
    services.days[today()] = LATE

    result = digest("demo", "--live")

    assert result.code == 0, result.err
    assert sum("could be reached" in line for line in result.err.splitlines()) == 1
    assert "28 May 2026" in result.out
    assert len(list((var / "outbox").glob("*.eml"))) == 3


def test_a_live_demo_of_empty_lists_says_so_and_is_of_the_sample(
    digest: Run, var: Path, services: StandIn
) -> None:
    services.pages["/rss/cs.CL"] = (DATA / "arxiv" / "feed_empty.xml").read_bytes()

    result = digest("demo", "--live")

    assert "so this demo is of the sample" in result.err
    assert len(list((var / "outbox").glob("*.eml"))) == 3
