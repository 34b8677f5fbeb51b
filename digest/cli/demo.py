"""`digest demo`: the whole morning on embedded parts, with the sample listing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from digest.bootstrap import SAMPLE_DAY, SAMPLE_DAYS, App, bootstrap, upgrade_database
from digest.cli.terminal import note, progress, say
from digest.errors import DigestError, InputRefused
from digest.models.deliveries import DeliveryState, Email
from digest.models.interests import Interest
from digest.services.preview import preview
from digest.services.subscribe import Wish, add_reader, find_reader
from digest.settings import Settings, state_folder
from workers.embedded import embedded
from workers.tasks import fetch, plan

PATIENCE = 120.0
"""Seconds the demo waits for its worker before it says that something is wrong."""

READERS = {
    "ada@example.org": Interest(
        phrases=("speech recognition", "audio-visual", "audio language model", "embedding"),
        categories=("cs.SD", "eess.AS"),
    ),
    "grace@example.org": Interest(
        phrases=("robot", "vision-language-action", "autonomous driving", "3D reconstruction"),
        categories=("cs.RO",),
        authors=("Shree K. Nayar",),
    ),
    "emmy@example.org": Interest(
        phrases=("RLVR", "scaling law", "linear attention", "research agents"),
        categories=("cs.LG",),
    ),
}


@dataclass(frozen=True, slots=True)
class SampleClock:
    """Seven in the morning of the sample's last day, so that each demo is the same mail."""

    def now(self) -> datetime:
        """Return the one time this clock knows, in UTC."""
        return datetime.combine(SAMPLE_DAY, time_of_day(7), tzinfo=UTC)


def run() -> None:
    """Make the sample readers' mails; the same ones each time."""
    folder = state_folder()
    app = bootstrap(_settings(folder), clock=SampleClock())
    try:
        upgrade_database(app.settings.database_url)
        note(f"Three sample readers: {', '.join(READERS)}.")
        _add_readers(app)
        note("Celery, in this process, takes in the sample listing, ranks it and sends ...")
        _run_morning(app)
        _show(_mails(app), folder / "outbox")
    finally:
        app.close()


def _settings(folder: Path) -> Settings:
    """Return settings of the demo's own: it never touches the operator's readers or server."""
    return Settings(
        database_url=f"sqlite:///{folder / 'demo.db'}",
        broker_url="memory://",
        mailer_url=f"outbox://{folder / 'outbox'}",
        public_url="",
        secret_keys=(),
        sender="Daily Papers <digest@papers.example.org>",
        postal_address="1 Sample Street, 1010 Vienna, Austria",
        unsubscribe_address="unsubscribe@papers.example.org",
        time_zone="UTC",
    )


def _add_readers(app: App) -> None:
    for address, interest in READERS.items():
        try:
            add_reader(
                address,
                Wish(interest=interest),
                store=app.store,
                clock=app.clock,
                tokens=app.tokens,
            )
        except InputRefused:
            continue  # from an earlier demo
    # An earlier demo that was killed holds its claims until this clock's end of days.
    with app.store.begin() as work:
        work.deliveries.sweep(app.clock.now() + timedelta(days=1), idempotent=True)


def _run_morning(app: App) -> None:
    """Let Celery take in the sample, plan and send, as a worker of a real installation does."""
    with embedded(app, beat=False) as worker, progress("Sending", len(READERS)) as advance:
        for day in SAMPLE_DAYS:
            fetch.delay("sample", day.isoformat())
        plan.delay(SAMPLE_DAY.isoformat())
        seen, deadline = 0, time.monotonic() + PATIENCE
        while seen < len(READERS):
            if worker.failures:
                raise worker.failures[0]
            if time.monotonic() > deadline:
                raise DigestError("The demo's worker did not finish in time; run it again.")
            time.sleep(0.02)
            sent = _sent(app)
            advance(sent - seen)
            seen = sent


def _sent(app: App) -> int:
    with app.store.read() as work:
        return work.deliveries.account(SAMPLE_DAY).states[DeliveryState.SENT]


def _mails(app: App) -> list[Email]:
    """Return the readers' mails of the sample's day; files that were deleted are made again."""
    emails = [
        preview(
            find_reader(address, store=app.store),
            SAMPLE_DAY,
            store=app.store,
            press=app.press,
            links=app.links,
            clock=app.clock,
        )
        for address in READERS
    ]
    for email in emails:
        app.mailer.send(email)
    return emails


def _show(emails: Sequence[Email], outbox: Path) -> None:
    say(f"\nThe morning of {SAMPLE_DAY:%-d %B %Y}, for three readers:\n")
    for email in emails:
        say(f"  {email.recipient}: {email.subject}")
        for ending in (".html", ".eml"):
            say(f"    {_shown(outbox / (email.name + ending))}")
    say("\nOpen an .html in a browser, or an .eml in a mail program.")
    say("Next: README.md, “Your own morning”.")


def _shown(path: Path) -> Path:
    """Return *path* as short as it can be typed here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
