"""A fetch that is killed anywhere and run again leaves what one left in peace does."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from digest.store.schema import upgrade
from tests.replay.archives import contents
from tests.replay.conftest import settings_for
from tests.replay.server import Answering, Replay
from tests.replay.services import generated_days
from tests.store.databases import empty_schema, fresh_sqlite

DAYS = tuple(date(2024, 8, 5) + timedelta(days=ahead) for ahead in range(40))
PAPERS = 12
"""Of one day."""

KILLS = 8
PATIENCE = 120.0


@dataclass
class Fetch:
    """`digest fetch` of all days, in processes of its own; each begins a while after the last."""

    server: Replay
    url: str
    later: timedelta = field(default=timedelta(0))

    def start(self) -> subprocess.Popen[str]:
        # Whoever was killed while asking has its turn for twenty seconds more; who comes at once
        # waits for that, as this would.
        self.later += timedelta(seconds=30)
        settings = settings_for(self.server, self.url)
        environment = {
            name: value
            for name, value in os.environ.items()  # noqa: TID251 - for the process, but its own
            if not name.startswith(("DIGEST_", "COV_", "PYTEST_"))
        }
        environment |= {
            "DIGEST_DATABASE_URL": settings.database_url,
            "DIGEST_HUGGINGFACE_URL": settings.huggingface_url,
            "DIGEST_SOURCES": "huggingface",
            "DIGEST_TIME_SHIFT_SECONDS": f"{self.later.total_seconds()}",
        }
        command = ["fetch", "huggingface", "--since", f"{DAYS[0]}", "--date", f"{DAYS[-1]}"]
        return subprocess.Popen(
            [sys.executable, "-m", "digest", *command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self) -> str:
        """Fetch in peace; return what was said."""
        with self.start() as process:
            said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        return said

    def run_and_kill(self, *, after: int, wait: float) -> None:
        """Fetch, and be killed some seconds after that many answers."""
        self.server.paths()
        with self.start() as process:
            try:
                self._await(after, process)
                time.sleep(wait)
                assert process.poll() is None
            finally:
                process.kill()

    def _await(self, answers: int, process: subprocess.Popen[str]) -> None:
        deadline = time.monotonic() + PATIENCE
        while len(self.server.heard) < answers:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.001)


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the URLs of two migrated databases without records."""
    if kind == "sqlite":
        for name in ("killed", "in_peace"):
            (folder / name).mkdir()
        yield fresh_sqlite(folder / "killed"), fresh_sqlite(folder / "in_peace")
        return
    with empty_schema() as killed, empty_schema() as in_peace:
        upgrade(killed)
        upgrade(in_peace)
        yield killed, in_peace


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_fetch_that_was_killed_loses_nothing_when_run_again(
    kind: str, replay: Callable[[Answering], Replay], tmp_path: Path
) -> None:
    server = replay(generated_days(DAYS, each=PAPERS))
    chance = random.Random(8)  # noqa: S311 - nothing to guess
    with databases(kind, tmp_path) as (killed, in_peace):
        fetch = Fetch(server, killed)
        # Each gets a bit further, and dies between two statements, in one, or while it reads.
        for after in sorted(chance.sample(range(1, len(DAYS) - 1), KILLS)):
            fetch.run_and_kill(after=after, wait=chance.uniform(0, 0.03))
        died_with = contents(killed)
        fetch.run()
        Fetch(server, in_peace).run()

        expected = contents(in_peace)
        assert len(expected["papers"]) == len(DAYS) * PAPERS
        assert len(expected["sightings"]) == len(DAYS) * PAPERS + len(DAYS) - 1
        assert 0 < len(died_with["papers"]) < len(expected["papers"])
        assert contents(killed) == expected
