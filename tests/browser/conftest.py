"""A browser for the session, and an installation with the sample listing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from digest.bootstrap import SAMPLE_DAY, SAMPLE_DAYS, App, bootstrap, upgrade_database
from digest.cli.demo import READERS, SampleClock
from digest.models.deliveries import Email
from digest.services.ingest import ingest
from digest.services.preview import preview
from digest.services.subscribe import Wish, add_reader, find_reader
from digest.settings import Settings
from tests.browser.chromium import PROGRAMS, Chromium, program

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser of this test process."""
    executable = program()
    if executable is None:
        pytest.skip(f"needs Chromium: none of {', '.join(PROGRAMS)} is on PATH")
    browser = Chromium(executable)
    yield browser
    browser.close()
