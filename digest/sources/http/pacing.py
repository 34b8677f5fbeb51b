"""Whose turn it is to ask: kept by all processes together, given back whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from digest.errors import SourceUnavailable
from digest.ports import Clock, Tokens, Turns
from digest.sources.http.manners import Manners, is_loopback

PATIENCE = timedelta(seconds=30)
"""How long we wait for a turn, or for a service that asked for a moment."""

GLANCE = timedelta(seconds=3)
"""How long we sleep at once: a turn may be given back long before it would lapse."""

BLINK = timedelta(milliseconds=10)
"""How long we sleep at least, so that nobody asks for a turn without an end."""

STARTING = timedelta(seconds=30)
"""How long a name may take to be found and a connection to be made."""


class Pace:
    """The pace that every process keeps towards every service."""

    def __init__(
        self,
        turns: Turns,
        clock: Clock,
        tokens: Tokens,
        *,
        pause: timedelta | None,
        sleep: Callable[[float], None],
    ) -> None:
        self._turns = turns
        self._clock = clock
        self._tokens = tokens
        self._pause = pause
        self._sleep = sleep
        self._silences: dict[str, datetime] = {}

    @contextmanager
    def turn(self, host: str, manners: Manners) -> Iterator[None]:
        """Hold the turn for one request to *host*; raise SourceUnavailable where it is far off."""
        holder = self._tokens.new()
        try:
            self._wait(host, holder, manners)
            yield
        finally:
            # Also where we were stopped while taking it; what is not ours stays as it is.
            self._turns.give_back(
                manners.name,
                holder=holder,
                free_at=self._clock.now() + self._pause_of(host, manners),
            )

    def silence(self, manners: Manners, until: datetime) -> None:
        """Let nobody ask before *until*."""
        self._turns.silence(manners.name, until=until)
        self._silences[manners.name] = until

    def _pause_of(self, host: str, manners: Manners) -> timedelta:
        if self._pause is not None:
            return self._pause
        return timedelta(0) if is_loopback(host) else manners.pause

    def _wait(self, host: str, holder: str, manners: Manners) -> None:
        lease = _lease(manners)
        slept = timedelta(0)
        while True:
            now = self._clock.now()
            _refuse_quiet_hours(host, manners, now)
            again = self._turns.take(manners.name, holder=holder, now=now, until=now + lease)
            if again is None:
                return
            left = PATIENCE - slept
            if again - now > left and (left <= timedelta(0) or self._is_silence(manners, again)):
                raise SourceUnavailable(
                    f"{host} may not be asked before {again:%H:%M:%S} UTC: it wants a pause, "
                    "or another process is asking it.",
                    retry_at=again,
                )
            step = max(BLINK, min(again - now, GLANCE))
            self._sleep(step.total_seconds())
            slept += step

    def _is_silence(self, manners: Manners, again: datetime) -> bool:
        """Return whether *again* is surely no turn of another's, which may end before then."""
        ours = self._silences.get(manners.name)
        return again - self._clock.now() > _lease(manners) or (ours is not None and again <= ours)


def _lease(manners: Manners) -> timedelta:
    """Return after what time a turn lapses: longer than its request can possibly take."""
    return STARTING + manners.deadline + manners.deadline / 2


def _refuse_quiet_hours(host: str, manners: Manners, now: datetime) -> None:
    until = None if is_loopback(host) else manners.quiet_until(now)
    if until is not None:
        raise SourceUnavailable(
            f"{host} is not asked before {until:%H:%M} UTC: these are its quiet hours.",
            retry_at=until,
        )
