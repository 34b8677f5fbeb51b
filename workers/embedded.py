"""Worker and beat inside this process: for a small installation, the demo and the tests."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from celery.beat import EmbeddedService
from celery.signals import task_failure
from celery.worker import WorkController, state

from digest.bootstrap import App
from digest.errors import DigestError
from workers.app import celery, working_on
from workers.tasks import wake

PATIENCE = 30.0
"""Seconds the worker has to start in, and a task in progress to end in when it is to stop."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The embedded worker, and what its tasks raised."""

    failures: list[Exception] = field(default_factory=list)

    def note(self, exception: Exception, **_context: object) -> None:
        """Keep what a task raised; Celery calls this."""
        self.failures.append(exception)


@contextmanager
def embedded(app: App, *, beat: bool = True) -> Iterator[Worker]:
    """Work off tasks on *app* in a thread of this process while the block lasts.

    With *beat* the schedule runs too. Leaving the block lets a task in progress end.
    """
    logging.getLogger("celery").setLevel(logging.WARNING)
    worker = Worker()
    with ExitStack() as stack:
        stack.enter_context(working_on(app))
        task_failure.connect(worker.note, weak=False)
        stack.callback(task_failure.disconnect, worker.note)
        stack.enter_context(_worker())
        if beat:
            stack.enter_context(_beat())
        yield worker


@contextmanager
def _worker() -> Iterator[None]:
    ready = Event()
    worker = WorkController(
        app=celery,
        # A thread of its own for tasks, so that the loop which fetches them can stop the worker.
        pool="threads",
        concurrency=1,
        hostname="embedded@localhost",
        ready_callback=lambda _consumer: ready.set(),
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    thread = Thread(target=worker.start, name="embedded worker", daemon=True)
    thread.start()
    if not ready.wait(PATIENCE):
        raise DigestError(f"The embedded worker did not start within {PATIENCE:.0f} seconds.")
    try:
        yield
    finally:
        # What the signal handler of a worker process sets; the loop looks at it between two
        # waits for messages, of two seconds each, which these messages end.
        setattr(state, "should_stop", 0)  # noqa: B010 - its stubs know only None
        for _ in range(2):
            wake.delay()
        thread.join(PATIENCE)
        state.should_stop = None


@contextmanager
def _beat() -> Iterator[None]:
    # Beat in a process of its own would tick into another memory:// broker than ours.
    service: Any = EmbeddedService(celery, thread=True, scheduler_cls="celery.beat:Scheduler")
    service.start()
    try:
        yield
    finally:
        service.stop()
        service.join(PATIENCE)
