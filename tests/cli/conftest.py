"""The commands through their front door: arguments in, exit code and text out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from digest.cli.main import main
from digest.errors import SourceUnavailable
from digest.services.collect import collect
from digest.store.sql import SqlStore
from tests.cli.stand_in import StandIn, stand_in
from tests.factories import NOON
from tests.fakes import CannedSource, StoppedClock

PAGE = """Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

Nov 20

Sperm whales count in base eight

We listen to sperm whales for a year. We show that their clicks follow a code of eight symbols.

  • 3 authors
·
Nov 18 12

A squid that reads maps

Squid find their way in the dark. We train one squid to follow a printed map of its tank.

  • 2 authors
·
Nov 19

Bread without yeast rises twice

Bakers wait. We measure how bread without yeast rises in two steps, and explain the second one.

  • 1 authors
·
Nov 17 3
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own in a temporary folder."""
    monkeypatch.setenv("DIGEST_DATABASE_URL", f"sqlite:///{tmp_path / 'var' / 'digest.db'}")
    monkeypatch.setenv("DIGEST_MAILER_URL", f"outbox://{tmp_path / 'var' / 'outbox'}")
    monkeypatch.setenv("DIGEST_BROKER_URL", "memory://")
    return tmp_path


@pytest.fixture
def digest(home: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command of that installation."""
    del home
    return runner(capfd)


def runner(capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs one command, as the environment sets it up."""

    def run(*arguments: object) -> Result:
        capfd.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        out, err = capfd.readouterr()
        return Result(code=code, out=out, err=err)

    return run


@pytest.fixture
def page(home: Path) -> Path:
    """A saved listing page of 20 November with three papers."""
    path = home / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def morning(digest: Run, page: Path) -> Run:
    """The command, with a database, three papers of 20 November 2026 and two readers."""
    assert digest("db", "upgrade").code == 0
    assert digest("fetch", page, "--date", "2026-11-20").code == 0
    assert digest("subscribers", "add", "ada@example.org", "--interest", "whales").code == 0
    assert digest("subscribers", "add", "bob@example.org", "--interest", "bread").code == 0
    return digest


def fail(source: str, day: date, home: Path) -> None:
    """Let *source* be asked for *day* at noon of 20 November 2026, and be out of reach."""
    store = SqlStore(f"sqlite:///{home / 'var' / 'digest.db'}")
    failing = CannedSource(name=source, error=SourceUnavailable(f"{source} is out of reach."))
    try:
        collect(failing, day, store=store, clock=StoppedClock(NOON))
    finally:
        store.close()


@pytest.fixture
def services(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in for every service that the installation asks; nothing else can be reached."""
    del home
    with stand_in() as standing:
        for name in (
            "HUGGINGFACE_URL",
            "ARXIV_FEED_URL",
            "ARXIV_API_URL",
            "OPENALEX_URL",
            "SEMANTIC_SCHOLAR_URL",
        ):
            monkeypatch.setenv(f"DIGEST_{name}", standing.url)
        monkeypatch.setenv("DIGEST_ARXIV_OAI_URL", f"{standing.url}/oai")
        monkeypatch.setenv("DIGEST_ARXIV_CATEGORIES", "cs.CL")
        yield standing


@pytest.fixture
def archive(digest: Run) -> Run:
    """The command, with a database that has tables and nothing in them."""
    assert digest("db", "upgrade").code == 0
    return digest
