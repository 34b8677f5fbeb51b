"""The Celery application: `celery --app workers.app worker`, and the same for beat."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from digest import logs
from digest.bootstrap import App, bootstrap
from digest.settings import load
from workers.schedule import schedule

MEMORY = {
    # kombu looks into an empty queue once a second by default.
    "polling_interval": 0.01,
}

REDIS = {
    # A publish waits for ever by default when Redis goes silent.
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": True,
    "global_keyprefix": "digest:",
    "visibility_timeout": 3600,
}

_running: list[App] = []


def running() -> App:
    """Return the App that tasks of this process work on: made from the settings, once."""
    if not _running:
        _running.append(bootstrap(load()))
    return _running[-1]


@contextmanager
def working_on(app: App) -> Iterator[None]:
    """Let the tasks of this process work on *app* while the block lasts."""
    _running.append(app)
    try:
        yield
    finally:
        _running.remove(app)


def configuration() -> dict[str, Any]:
    """Return Celery's settings; the database is the queue of record, Celery only rings the bell."""
    settings = running().settings
    broker = settings.broker_url
    return {
        # Without a host kombu warns that it takes this one.
        "broker_url": "memory://localhost/" if broker == "memory://" else broker,
        "broker_transport_options": MEMORY if broker.startswith("memory:") else REDIS,
        "broker_connection_retry_on_startup": True,
        "beat_schedule": schedule(timedelta(seconds=settings.tick_seconds)),
        # Beat sleeps no longer than this between two looks at its schedule.
        "beat_max_loop_interval": min(settings.tick_seconds, 60),
        "enable_utc": True,
        "timezone": "UTC",
        "result_backend": None,
        "task_ignore_result": True,
        "task_soft_time_limit": 240,
        "task_time_limit": 300,
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": not broker.startswith("memory:"),
        "worker_max_tasks_per_child": 500,
        "worker_soft_shutdown_timeout": 30,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
    }


@setup_logging.connect
def _set_up_logging(loglevel: int | None = None, **_context: object) -> None:
    """Log as the rest of the program does: that somebody listens keeps Celery from its own."""
    logs.configure(level=loglevel or logging.INFO)


celery = Celery("workers", include=["workers.tasks"])
# Called when Celery first needs a setting, so that importing this module reads nothing.
celery.add_defaults(configuration)
