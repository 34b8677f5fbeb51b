"""A client whose time passes only when it sleeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import Any

import httpx

from digest.ports import Turns
from digest.sources.http import Client, Manners
from tests.fakes import CountingTokens, MemoryTurns, StoppedClock

SERVICE = Manners(name="a service", pause=timedelta(seconds=2))
URL = "https://papers.example.org/list"


_ADVANCING = Lock()


class Scene:
    """A client and what is around it; two scenes may share *turns* and *clock*."""

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        *,
        clock: StoppedClock | None = None,
        turns: Turns | None = None,
        **changes: Any,
    ) -> None:
        self.clock = clock or StoppedClock()
        self.memory = MemoryTurns()
        self.slept: list[float] = []
        arguments: dict[str, Any] = {
            "user_agent": "paper-digest/1 (ada@example.org)",
            "turns": turns or self.memory,
            "clock": self.clock,
            "tokens": CountingTokens(),
            "sleep": self.sleep,
            "jitter": lambda: 1.0,
            "transport": transport,
        }
        self.client = Client(**arguments | changes)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        with _ADVANCING:
            self.clock.advance(timedelta(seconds=seconds))


@contextmanager
def asking(transport: httpx.BaseTransport | None = None, **changes: Any) -> Iterator[Scene]:
    scene = Scene(transport, **changes)
    try:
        yield scene
    finally:
        scene.client.close()
