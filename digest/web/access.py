"""One event for each request, without the path: it may hold a reader's token."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("digest.web")

_PROBES = frozenset({"/healthz", "/readyz"})


class AccessLog:
    """Logs the method, the route's template, the status and the milliseconds of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "none of ours")
            # What asks every few seconds whether we live is told to nobody.
            log = _log.debug if route in _PROBES and status < 500 else _log.info  # noqa: PLR2004
            log(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                ms=round((time.perf_counter() - start) * 1000),
            )
