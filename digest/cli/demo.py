"""`digest demo`: the whole morning on embedded parts, with the sample listing or today's own."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import structlog

from digest.bootstrap import SAMPLE_DAY, SAMPLE_DAYS, App, bootstrap, upgrade_database
from digest.cli.terminal import counted, note, plain, progress, say
from digest.errors import DigestError, InputRefused, NotFound
from digest.models.deliveries import DeliveryState, Email
from digest.models.interests import Interest
from digest.models.subscribers import Wish
from digest.models.visits import VisitState
from digest.services.collect import Collected, collect
from digest.services.preview import preview
from digest.services.subscribe import add_reader, find_reader
from digest.settings import Settings, state_folder
from workers.embedded import embedded
from workers.tasks import fetch, plan

PATIENCE = 120.0
"""Seconds the demo waits for its worker before it says that something is wrong."""

DAYS_BACK = 4
"""Days before today on which a live demo looks for papers, at most: a long weekend."""

ENOUGH = 20
"""Papers after which a live demo looks no further back: three readers have a choice then."""

SETTLED = frozenset(DeliveryState) - {
    DeliveryState.PLANNED,
    DeliveryState.CLAIMED,
    DeliveryState.ON_WIRE,
}
"""What a delivery ends as that nothing more is done about in a demo."""

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


def run(*, live: bool = False) -> None:
    """Make the sample readers' mails: the same ones each time, or *live* with today's papers."""
    folder = state_folder()
    if live and _run_live(folder):
        return
    outbox = folder / "outbox"
    app = bootstrap(_settings(folder / "demo.db", outbox), clock=SampleClock())
    try:
        upgrade_database(app.settings.database_url)
        note(f"Three sample readers: {', '.join(READERS)}.")
        _add_readers(app)
        note("Celery, in this process, takes in the sample listing, ranks it and sends ...")
        _run_morning(app, SAMPLE_DAY, sample_days=SAMPLE_DAYS)
        _show(_mails(app, SAMPLE_DAY), SAMPLE_DAY, outbox)
    finally:
        app.close()


def _run_live(folder: Path) -> bool:
    """Make the mails of today's papers; return False, having said why, where there are none."""
    outbox = folder / "outbox" / "live"
    app = bootstrap(_settings(folder / "demo-live.db", outbox))
    try:
        upgrade_database(app.settings.database_url)
        if not _take_in_today(app):
            return False
        note(f"Three sample readers: {', '.join(READERS)}.")
        _add_readers(app)
        note("Celery, in this process, ranks the papers and sends ...")
        today = app.today
        _run_morning(app, today)
        _show(_mails(app, today), today, outbox)
    finally:
        app.close()
    return True


def _take_in_today(app: App) -> bool:
    """Ask Hugging Face and arXiv; return whether there are papers to choose from."""
    note("Asking Hugging Face and arXiv for their latest papers; this may take a minute ...")
    came = [*_latest(app, "huggingface", back=DAYS_BACK), *_latest(app, "arxiv")]
    problems = [each for each in came if each.state is not VisitState.COMPLETE]
    if not any(each.intake.entries for each in came):
        why = (
            f"No source could be reached ({plain(problems[0].message.rstrip('.'))})"
            if len(problems) == len(came)
            else f"No paper was listed in the last {DAYS_BACK} days"
        )
        note(f"{why}, so this demo is of the sample.")
        return False
    for each in came:
        if each.intake.entries:
            say(f"{each.source}: {counted(each.intake.papers, 'paper')} of {each.day}.")
    for each in problems:
        note(plain(f"digest: {each.source} is left out for {each.day}: {each.message}"))
    return True


def _latest(app: App, word: str, *, back: int = 0) -> Iterator[Collected]:
    """Yield what the sources of that name listed today, and on days before till it is enough.

    At most *back* days before are asked for, and none after one that cannot be had.
    """
    today = app.clock.now().astimezone(UTC).date()
    for source in app.sources.get(word, ()):
        found = 0
        for ago in range(back + 1):
            day = today - timedelta(days=ago)
            came = collect(source, day, store=app.store, clock=app.clock, force=True)
            yield came
            found += came.intake.papers
            if found >= ENOUGH or came.state is VisitState.LATE:
                break


@contextmanager
def _quiet() -> Iterator[None]:
    """Let what the worker does pass without its log, which is not for newcomers."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


def _settings(database: Path, outbox: Path) -> Settings:
    """Return settings of the demo's own: it never touches the operator's readers or server.

    Where its sources are is the operator's to set.
    """
    return Settings(
        database_url=f"sqlite:///{database}",
        broker_url="memory://",
        mailer_url=f"outbox://{outbox}",
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


def _run_morning(app: App, day: date, *, sample_days: Sequence[date] = ()) -> None:
    """Let Celery take in the sample, plan and send, as a worker of a real installation does."""
    with (
        _quiet(),
        embedded(app, beat=False) as worker,
        progress("Sending", len(READERS)) as advance,
    ):
        for each in sample_days:
            fetch.delay("sample", each.isoformat())
        plan.delay(day.isoformat())
        seen, deadline = 0, time.monotonic() + PATIENCE
        while seen < len(READERS):
            if worker.failures:
                raise worker.failures[0]
            if time.monotonic() > deadline:
                raise DigestError("The demo's worker did not finish in time; run it again.")
            time.sleep(0.02)
            settled = _settled(app, day)
            advance(settled - seen)
            seen = settled


def _settled(app: App, day: date) -> int:
    with app.store.read() as work:
        states = work.deliveries.account(day).states
    return sum(count for state, count in states.items() if state in SETTLED)


def _mails(app: App, day: date) -> list[Email]:
    """Return the readers' mails of *day*; files that were deleted are made again."""
    emails = []
    for address in READERS:
        try:
            emails.append(_mail(app, address, day))
        except NotFound as nothing:
            note(f"{address} gets no mail: {nothing}")
    for email in emails:
        app.mailer.send(email)
    return emails


def _mail(app: App, address: str, day: date) -> Email:
    return preview(
        find_reader(address, store=app.store),
        day,
        store=app.store,
        press=app.press,
        links=app.links,
        clock=app.clock,
    )


def _show(emails: Sequence[Email], day: date, outbox: Path) -> None:
    say(f"\nThe morning of {day:%-d %B %Y}, for {_IN_WORDS[len(emails)]}:\n")
    for email in emails:
        say(f"  {email.recipient}: {email.subject}")
        for ending in (".html", ".eml"):
            say(f"    {_shown(outbox / (email.name + ending))}")
    say("\nOpen an .html in a browser, or an .eml in a mail program.")
    say("Next: README.md, “Your own morning”.")


_IN_WORDS = ("no reader", "one reader", "two readers", "three readers")


def _shown(path: Path) -> Path:
    """Return *path* as short as it can be typed here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
