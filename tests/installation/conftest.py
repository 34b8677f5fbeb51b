"""A whole installation: its real processes, a real SMTP server, and a clock that can be ahead."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from redis import Redis

from tests.store.databases import empty_schema

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 90.0

PAGE = """Get trending papers in your email inbox!

Subscribe

Daily Papers

byAK and the research community

{day:%b} {day.day}

{title}

We listen to sperm whales for a year. We show that their clicks follow a code of eight symbols.

  • 3 authors
·
{day:%b} {day.day} 12
"""


def until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until *true*, or fail saying *what* did not happen."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"{what}, not within {patience:.0f} seconds"
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Inbox:
    """An SMTP server that takes every mail, and keeps it."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 # the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 kept"

    def recipients(self) -> list[str]:
        return sorted(str(mail["To"]) for mail in self.mails)


@dataclass(slots=True, kw_only=True)
class Installation:
    """The processes of one installation, and what one does with it from outside."""

    folder: Path
    port: int
    environment: dict[str, str]
    command: list[str]
    shift: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return what time it is there, in UTC."""
        return datetime.now(tz=UTC) + self.shift  # noqa: TID251 # of the processes we look at

    def set_clock(self, *, second: int) -> None:
        """Put the clock on that *second* of this minute; processes that start now have it."""
        self.shift += self.now().replace(second=second, microsecond=0) - self.now()

    def digest(self, *arguments: str) -> str:
        """Run a command of the installation; return what it printed."""
        done = subprocess.run(
            [BIN / "digest", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def list_paper(self, title: str) -> None:
        """Take in a page of today, with one paper."""
        page = self.folder / "page.txt"
        page.write_text(PAGE.format(day=self.now(), title=title), encoding="utf-8")
        self.digest("fetch", str(page), "--date", self.now().date().isoformat())

    def add_reader(self, name: str, *, at: datetime) -> None:
        """Subscribe NAME@example.org, for the minute of *at*."""
        self.digest(
            "subscribers", "add", f"{name}@example.org", "--interest", "whales",
            "--at", f"{at:%H:%M}", "--time-zone", "UTC",
        )  # fmt: skip

    def next_minute(self) -> datetime:
        """Return the next full minute there."""
        return self.now().replace(second=0, microsecond=0) + timedelta(minutes=1)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the processes while the block lasts; they have to end well within 30 seconds."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                self.command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        try:
            until(lambda: self._ready(process), "the installation was ready")
            yield process
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def log(self) -> str:
        """Return all that the processes have logged."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log()
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        shift = str(self.shift.total_seconds())
        return self.environment | {"DIGEST_TIME_SHIFT_SECONDS": shift}


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """Run an inbox on a free port while the block lasts."""
    inbox = Inbox(port=free_port())
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def inbox_url(inbox: Inbox) -> str:
    """Return what DIGEST_MAILER_URL is to be."""
    return f"smtp://127.0.0.1:{inbox.port}?starttls=never"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A mail server on a free port."""
    with open_inbox() as inbox:
        yield inbox


def _environment(folder: Path, port: int, inbox: Inbox) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 # for the processes, but theirs
        if not name.startswith(("DIGEST_", "COV_", "PYTEST_"))
    }
    return inherited | {
        "PATH": f"{BIN}:{inherited['PATH']}",
        "PORT": str(port),
        "DIGEST_DATABASE_URL": f"sqlite:///{folder / 'digest.db'}",
        "DIGEST_MAILER_URL": inbox_url(inbox),
        "DIGEST_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DIGEST_SECRET_KEYS": "only-for-this-test",
        "DIGEST_FROM": "Daily Papers <digest@papers.example.org>",
        "DIGEST_POSTAL_ADDRESS": "1 Sample Street",
        "DIGEST_TICK_SECONDS": "1",
        # Its papers come from a page: the world outside is not asked.
        "DIGEST_SOURCES": "",
    }


@pytest.fixture
def small(tmp_path: Path, inbox: Inbox) -> Installation:
    """`digest serve` on SQLite."""
    port = free_port()
    environment = _environment(tmp_path, port, inbox)
    installation = Installation(
        folder=tmp_path, port=port, environment=environment, command=[str(BIN / "digest"), "serve"]
    )
    installation.digest("db", "upgrade")
    return installation


@pytest.fixture
def large(tmp_path: Path, inbox: Inbox, postgresql_url: str, redis_url: str) -> Installation:
    """`honcho start` on PostgreSQL and Redis, with two workers and two beats."""
    port = free_port()
    environment = _environment(tmp_path, port, inbox) | {
        "DIGEST_DATABASE_URL": postgresql_url,
        "DIGEST_BROKER_URL": redis_url,
    }
    return Installation(
        folder=tmp_path,
        port=port,
        environment=environment,
        command=[str(BIN / "honcho"), "start", "--concurrency", "worker=2,beat=2"],
    )


@pytest.fixture(params=["small", "large"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Both ways to run it."""
    found: Installation = request.getfixturevalue(request.param)
    # Late in a minute, so that the next is near once everything is up.
    found.set_clock(second=25)
    return found


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """An empty schema of our own on a PostgreSQL server."""
    with empty_schema() as url:
        yield url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A Redis database of our own, emptied before and after."""
    url = os.environ.get("DIGEST_TEST_REDIS_URL")  # noqa: TID251 # where tests find a server
    if not url:
        pytest.skip("DIGEST_TEST_REDIS_URL is not set, so nothing is tried on Redis")
    own = url.rpartition("/")[0] + f"/{1 + os.getpid() % 15}"
    with Redis.from_url(own) as client:
        client.flushdb()
        yield own
        client.flushdb()
