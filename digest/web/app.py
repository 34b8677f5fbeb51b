"""The web process: `uvicorn --factory digest.web.app:create`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from digest.bootstrap import App, bootstrap
from digest.errors import LinkInvalid, NotFound, StoreError
from digest.links import DOORS, Purpose
from digest.logs import configure
from digest.settings import load
from digest.web.access import AccessLog
from digest.web.failures import Failures
from digest.web.front import Front
from digest.web.headers import SecurityHeaders, security_headers
from digest.web.health import Health
from digest.web.issues import Issues
from digest.web.leaving import Leaving
from digest.web.pages import Pages
from digest.web.static import Static

BODY_LIMIT = 64 * 1024
"""Bytes of a request's body that are read; a wish to leave has thirty."""


def create() -> Starlette:
    """Return the application that the settings of this process describe."""
    configure()
    app = bootstrap(load())

    @asynccontextmanager
    async def closing(_web: Starlette) -> AsyncIterator[None]:
        yield
        app.close()

    return build(app, lifespan=closing)


def build(app: App, *, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """Return the pages of *app*; whoever made it closes it.

    All but the reading of forms is synchronous, and runs in Starlette's pool of threads.
    """
    pages = Pages(app.imprint)
    headers = security_headers(https=app.settings.public_url.startswith("https:"))
    failures = Failures(pages, headers)
    static, health = Static(), Health(app)
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", Front(app, pages).show),
            Route(f"{DOORS[Purpose.ISSUE]}/{{token}}", Issues(app).show),
            Route(
                f"{DOORS[Purpose.UNSUBSCRIBE]}/{{token}}",
                Leaving(app, pages).answer,
                methods=["GET", "POST"],
            ),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/robots.txt", static.robots),
            Route("/static/site.css", static.style),
            Route("/static/icon.svg", static.icon),
        ],
        middleware=[
            Middleware(SecurityHeaders, headers=headers),
            Middleware(AccessLog),
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT),
            Middleware(_WithoutTrailingSlash),
        ],
        exception_handlers={
            HTTPException: failures.refused,
            LinkInvalid: failures.nothing_here,
            NotFound: failures.nothing_here,
            StoreError: failures.store_away,
            Exception: failures.broken,
        },
    )


class _WithoutTrailingSlash:
    """Lets /u/TOKEN/ be what /u/TOKEN is.

    Starlette would redirect, which a POST must not be, to the host that the request claims.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["path"].rstrip("/") or "/"
        await self._app(scope, receive, send)
