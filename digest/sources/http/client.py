"""Asking over HTTP: in turn, within limits, again where that may help, and never elsewhere."""

import logging
import random
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import httpx

from digest.errors import SourceRefused, SourceUnavailable
from digest.ports import Clock, Tokens, Turns
from digest.sources.http import waits
from digest.sources.http.failures import explained, is_lasting
from digest.sources.http.manners import Manners
from digest.sources.http.pacing import PATIENCE, Pace
from digest.sources.http.reading import NothingCame, Reply, read
from digest.sources.http.redirects import followed

# They log every URL with its query, where some services want a key, and every header.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

ATTEMPTS = 3
REDIRECTS = 5
CONNECTING = 10.0
"""Seconds."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What may be over at the next attempt, which they want no sooner than *retry_at*."""

    message: str
    retry_at: datetime | None = None


class Client:
    """Who asks every live source.

    Each request waits for its turn, which *turns* keeps for all processes, as the Manners
    of its service say; *pause* overrides their pause. A stand-in on this machine has none,
    and no quiet hours. *sleep*, *monotonic*, *jitter* and *transport* are for tests.
    """

    def __init__(  # noqa: PLR0913 - each is one thing of the world outside
        self,
        *,
        user_agent: str,
        turns: Turns,
        clock: Clock,
        tokens: Tokens,
        pause: timedelta | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter
        self._pace = Pace(turns, clock, tokens, pause=pause, sleep=sleep)
        self._http = httpx.Client(
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            follow_redirects=False,
            transport=transport,
        )

    def get(
        self,
        url: str,
        *,
        manners: Manners,
        parameters: Mapping[str, str] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        accept: Collection[int] = (),
    ) -> Reply:
        """Return the answer to a GET: a 200, a status in *accept*, or a 304 if *headers* allow it.

        Raise SourceUnavailable where asking later may help, and SourceRefused where not.
        """
        request = self._request("GET", url, manners, parameters, headers)
        return self._ask(request, manners, accept)

    def post(
        self,
        url: str,
        *,
        manners: Manners,
        json: object,
        parameters: Mapping[str, str] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        accept: Collection[int] = (),
    ) -> Reply:
        """As `get`, for a question too long for a URL: it is asked again as freely."""
        request = self._request("POST", url, manners, parameters, headers, json)
        return self._ask(request, manners, accept)

    def close(self) -> None:
        """Let go of all connections."""
        self._http.close()

    def _request(
        self,
        method: str,
        url: str,
        manners: Manners,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        json: object = None,
    ) -> httpx.Request:
        deadline = manners.deadline.total_seconds()
        timeout = httpx.Timeout(deadline / 2, connect=min(CONNECTING, deadline))
        try:
            target = httpx.URL(url)
            return self._http.build_request(
                method,
                target.copy_merge_params(dict(parameters)) if parameters else target,
                headers=dict(headers),
                json=json,
                timeout=timeout,
            )
        except (httpx.InvalidURL, UnicodeError):
            # The cause would print a key or a token.
            raise SourceRefused(
                "A URL, key or token of a source cannot be sent as it is; check the settings."
            ) from None

    def _ask(self, request: httpx.Request, manners: Manners, accept: Collection[int]) -> Reply:
        wanted = {200, *accept}
        if "if-none-match" in request.headers or "if-modified-since" in request.headers:
            wanted.add(304)
        host = request.url.host
        for _ in range(REDIRECTS + 1):
            answer = self._insist(request, manners, wanted)
            if isinstance(answer, Reply):
                return answer
            request = answer
        raise SourceRefused(f"{host} sends us from one page to the next without an end.")

    # stamina would do, but sleeps by the clock of the machine and cannot be told another.
    def _insist(
        self, request: httpx.Request, manners: Manners, wanted: Collection[int]
    ) -> Reply | httpx.Request:
        """Return the answer of an attempt that had one, or the request it sends us to."""
        attempt = 1
        while isinstance(answer := self._attempt(request, manners, wanted), _Trouble):
            if attempt == ATTEMPTS or _is_far(answer.retry_at, self._clock.now()):
                raise SourceUnavailable(answer.message, retry_at=answer.retry_at)
            # A time that they named is waited for with the next turn.
            if answer.retry_at is None:
                self._sleep(self._jitter() * 2**attempt)
            attempt += 1
        return answer

    def _attempt(
        self, request: httpx.Request, manners: Manners, wanted: Collection[int]
    ) -> Reply | httpx.Request | _Trouble:
        host = request.url.host
        with self._pace.turn(host, manners):
            started = self._monotonic()

            def seconds_left() -> float:
                return manners.deadline.total_seconds() - (self._monotonic() - started)

            try:
                with closing(self._http.send(request, stream=True)) as response:
                    return self._heard(response, manners, wanted, seconds_left)
            except NothingCame:
                return _Trouble(message=f"{host} ended the connection without an answer.")
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL):
                # The cause would print a key or a token.
                raise SourceRefused(
                    f"What we have to ask {host} cannot be sent as it is; check its URL, and its "
                    "key or token, in the settings."
                ) from None
            except httpx.TransportError as error:
                if is_lasting(error):
                    raise SourceUnavailable(explained(error, host)) from error
                return _Trouble(message=explained(error, host))

    def _heard(
        self,
        response: httpx.Response,
        manners: Manners,
        wanted: Collection[int],
        seconds_left: Callable[[], float],
    ) -> Reply | httpx.Request | _Trouble:
        """Return what *response* comes to; whatever it asks of us is kept before the turn ends."""
        host, status = response.url.host, response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            until = self._silence(
                manners, waits.refusal(response.headers, self._clock.now()) or manners.silence
            )
            raise SourceUnavailable(
                f"{host} was asked too often; "
                f"it may be asked again from {until:%Y-%m-%d %H:%M:%S} UTC on.",
                retry_at=until,
            )
        if status in wanted:
            if spent := waits.exhausted_for(response.headers):
                self._silence(manners, spent)
            return read(response, manners, seconds_left=seconds_left)
        if status in _PASSING:
            wait = waits.retry_after(response.headers, self._clock.now())
            return _Trouble(
                message=f"{host} cannot answer now ({status}).",
                retry_at=self._silence(manners, wait) if wait else None,
            )
        if response.next_request is not None:
            return followed(response.request, response.next_request)
        raise _refused(response)

    def _silence(self, manners: Manners, wait: timedelta) -> datetime:
        until = self._clock.now() + wait
        self._pace.silence(manners, until)
        return until


_PASSING = frozenset({408, 500, 502, 503, 504})


def _is_far(retry_at: datetime | None, now: datetime) -> bool:
    return retry_at is not None and retry_at - now > PATIENCE


def _refused(response: httpx.Response) -> SourceRefused | SourceUnavailable:
    host, status = response.url.host, response.status_code
    if status in {401, 403}:
        return SourceRefused(
            f"{host} does not let us in ({status}); check its key or token in the settings."
        )
    if response.is_client_error:
        return SourceRefused(
            f"{host} does not answer {response.url.path} ({status}); check its URL in the settings."
        )
    return SourceUnavailable(f"{host} gave an answer that we do not understand ({status}).")
