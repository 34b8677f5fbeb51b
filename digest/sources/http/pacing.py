"""Whose turn it is to ask: kept by all processes together, given back whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from digest.errors import DigestError, SourceUnavailable
from digest.ports import Clock, Tokens, Turns
from digest.sources.http.manners import Manners, is_loopback

PATIENCE = timedelta(seconds=30)
"""How long we wait for a turn, or for a service that asked for a moment."""

GLANCE = timedelta(seconds=3)
"""How long we sleep at once: a turn may be given back long before it would lapse."""

BLINK = timedelta(milliseconds=10)
"""How long we sleep at least, so that nobody asks for a turn without an end."""

LEASE = timedelta(seconds=20)
"""How long a turn holds without a sign of life: what a killed process keeps others waiting."""

SIGN_OF_LIFE = 5.0
"""Seconds after which a turn that is in use is held on to."""


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
            with self._held(manners, holder):
                yield
        finally:
            # Also where we were stopped while taking it; what is not ours stays as it is.
            self._turns.give_back(
                manners.name,
                holder=holder,
                free_at=self._clock.now() + self._pause_of(host, manners),
            )

    @contextmanager
    def _held(self, manners: Manners, holder: str) -> Iterator[None]:
        """Give signs of life while an answer is waited for, which may take minutes."""
        over = Event()

        def hold() -> None:
            while not over.wait(SIGN_OF_LIFE):
                # One that cannot be given is given next time; the turn outlasts some.
                with suppress(DigestError):
                    until = self._clock.now() + LEASE
                    self._turns.hold(manners.name, holder=holder, until=until)

        thread = Thread(target=hold, name=f"turn at {manners.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def silence(self, manners: Manners, until: datetime) -> None:
        """Let nobody ask before *until*."""
        self._turns.silence(manners.name, until=until)
        self._silences[manners.name] = until

    def _pause_of(self, host: str, manners: Manners) -> timedelta:
        if self._pause is not None:
            return self._pause
        return timedelta(0) if is_loopback(host) else manners.pause

    def _wait(self, host: str, holder: str, manners: Manners) -> None:
        slept = timedelta(0)
        while True:
            now = self._clock.now()
            _refuse_quiet_hours(host, manners, now)
            again = self._turns.take(manners.name, holder=holder, now=now, until=now + LEASE)
            if again is None:
                return
            left = PATIENCE - slept
            if again - now > left and (left <= timedelta(0) or self._is_silence(manners, again)):
                raise SourceUnavailable(
                    f"{host} may not be asked before {again:%Y-%m-%d %H:%M:%S} UTC: "
                    "it wants a pause, or another process is asking it.",
                    retry_at=again,
                )
            step = max(BLINK, min(again - now, GLANCE))
            self._sleep(step.total_seconds())
            slept += step

    def _is_silence(self, manners: Manners, again: datetime) -> bool:
        """Return whether *again* is surely no turn of another's, which may end before then."""
        ours = self._silences.get(manners.name)
        return again - self._clock.now() > LEASE or (ours is not None and again <= ours)


def _refuse_quiet_hours(host: str, manners: Manners, now: datetime) -> None:
    until = None if is_loopback(host) else manners.quiet_until(now)
    if until is not None:
        raise SourceUnavailable(
            f"{host} is not asked before {until:%H:%M} UTC: these are its quiet hours.",
            retry_at=until,
        )
