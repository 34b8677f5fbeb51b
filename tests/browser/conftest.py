"""A browser for each test process, and an installation that has read the sample listing."""

from collections.abc import Iterator

import pytest

from digest.bootstrap import SAMPLE_DAY, SAMPLE_DAYS, App, bootstrap, upgrade_database
from digest.cli.demo import READERS, SampleClock
from digest.models.subscribers import Wish
from digest.services.ingest import ingest
from digest.services.plan import plan
from digest.services.subscribe import add_reader
from digest.settings import Settings
from tests.browser import chromium as browsers

SENDER = "Daily Papers <digest@papers.example.org>"


@pytest.fixture(scope="session")
def chromium() -> Iterator[browsers.Chromium]:
    """The browser of this test process."""
    program = browsers.program()
    if program is None:
        pytest.skip(f"needs Chromium: none of {', '.join(browsers.PROGRAMS)} is on PATH")
    browser = browsers.Chromium(program)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An installation with the sample listing and its readers, whose issues are planned."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'digest.db'}",
        mailer_url=f"outbox://{folder / 'outbox'}",
        public_url="https://papers.example.org",
        secret_keys=("only-for-tests",),
        sender=SENDER,
        postal_address="1 Sample Street\n1010 Vienna, Austria",
        unsubscribe_address="leave@papers.example.org",
        time_zone="UTC",
    )
    upgrade_database(settings.database_url)
    app = bootstrap(settings, clock=SampleClock())
    try:
        for day in SAMPLE_DAYS:
            [source] = app.sources["sample"]
            ingest(source.fetch(day), day, store=app.store)
        for address, interest in READERS.items():
            wish = Wish(interest=interest)
            add_reader(address, wish, store=app.store, clock=app.clock, tokens=app.tokens)
        plan(SAMPLE_DAY, store=app.store, clock=app.clock)
        yield app
    finally:
        app.close()
