"""Worker and beat inside this process: for a small installation, the demo and the tests."""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from types import MappingProxyType
from typing import Any

from celery.beat import EmbeddedService
from celery.concurrency.base import apply_target
from celery.concurrency.thread import (  # type: ignore[attr-defined]  # not in its stubs
    ApplyResult,
    TaskPool,
)
from celery.signals import task_failure
from celery.worker import WorkController, state

from digest.bootstrap import App
from digest.errors import DigestError
from workers.app import celery, working_on
from workers.tasks import wake

PATIENCE = 30.0
"""Seconds the worker has to start in, and a task in progress to end in when it is to stop."""


_ISSUES = "issues"
LANES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("collect", "fetch", "details", "authors"), "sources"),
        **dict.fromkeys(("admit", "tidy"), "people"),
    }
)
"""Which thread works off a task, by its name; all others are about issues.

A source may take ten minutes to answer, and a morning's mails as long: who has just signed
up waits for neither. In each lane one task follows another.
"""


class Lanes(TaskPool):
    """Threads, one a lane: as many tasks at once as there are lanes, and no two of one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - Celery's
        super().__init__(*arguments, **options)
        self._lanes = {
            lane: ThreadPoolExecutor(max_workers=1, thread_name_prefix=lane)
            for lane in {_ISSUES, *LANES.values()}
        }

    def on_stop(self) -> None:
        """Let the tasks that run end, and forget those that wait: the database knows of them."""
        for executor in self._lanes.values():
            executor.shutdown(wait=False, cancel_futures=True)
        for executor in self._lanes.values():
            executor.shutdown()
        super().on_stop()

    def on_apply(
        self,
        target: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
        callback: Callable[..., Any] | None = None,
        accept_callback: Callable[..., Any] | None = None,
        **_: Any,  # noqa: ANN401 - Celery's
    ) -> ApplyResult:
        """Hand a task to its lane; the first of *args* is its name."""
        lane = self._lanes[LANES.get(str(args[0]) if args else "", _ISSUES)]
        return ApplyResult(
            lane.submit(apply_target, target, args, kwargs, callback, accept_callback)
        )


@dataclass(frozen=True, slots=True)
class Worker:
    """The embedded worker, and what its tasks raised."""

    failures: list[Exception] = field(default_factory=list)

    def note(self, exception: Exception, **_context: object) -> None:
        """Keep what a task raised; Celery calls this."""
        self.failures.append(exception)


@contextmanager
def embedded(app: App, *, beat: bool = True) -> Iterator[Worker]:
    """Work off tasks on *app* in threads of this process while the block lasts.

    With *beat* the schedule runs too, and each lane has a thread; without it whoever queues
    tasks counts on their order, and they follow one another. Leaving the block lets a task
    in progress end.
    """
    logging.getLogger("celery").setLevel(logging.WARNING)
    worker = Worker()
    # What the lanes share is made before they start: from Python 3.12 on nothing else
    # keeps two of them from making one each.
    app.carriage, app.postbag  # noqa: B018
    with ExitStack() as stack:
        stack.enter_context(working_on(app))
        task_failure.connect(worker.note, weak=False)
        stack.callback(task_failure.disconnect, worker.note)
        stack.enter_context(_worker(Lanes if beat else "threads"))
        if beat:
            stack.enter_context(_beat())
        yield worker


@contextmanager
def _worker(pool: type[TaskPool] | str) -> Iterator[None]:
    ready = Event()
    worker = WorkController(
        app=celery,
        # Threads of their own for tasks, so that the loop which fetches them can stop the worker.
        pool=pool,
        concurrency=1,
        # A message that waits for its lane must not keep those for the others from coming.
        prefetch_multiplier=0,
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
