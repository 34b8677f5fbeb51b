"""The web process: `uvicorn --factory digest.web.app:create`."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from digest.bootstrap import App, bootstrap
from digest.errors import LinkExpired, LinkInvalid, NotFound, StoreError
from digest.links import DOORS, Purpose
from digest.logs import configure
from digest.settings import load
from digest.web.access import AccessLog
from digest.web.answering import Answering
from digest.web.confirming import Confirming
from digest.web.events import LIMIT as EVENTS_LIMIT
from digest.web.events import Events
from digest.web.failures import Failures
from digest.web.front import Front
from digest.web.headers import SecurityHeaders, security_headers
from digest.web.health import Health
from digest.web.issues import Issues
from digest.web.joining import Joining
from digest.web.leaving import Leaving
from digest.web.network import Networks
from digest.web.pages import Pages
from digest.web.previews import Previews
from digest.web.privacy import Privacy
from digest.web.settings import Mine
from digest.web.static import Static
from digest.web.webhooks import Webhooks

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
    networks = Networks(key=_address_key(app), trusted=app.settings.trusted_proxies)
    headers = security_headers(https=app.settings.public_url.startswith("https:"))
    failures = Failures(pages, headers)
    return Starlette(
        lifespan=lifespan,
        routes=_routes(app, pages, networks),
        middleware=[
            Middleware(SecurityHeaders, headers=headers),
            Middleware(AccessLog),
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT),
            Middleware(_WithoutTrailingSlash),
        ],
        exception_handlers={
            HTTPException: failures.refused,
            LinkExpired: failures.over,
            LinkInvalid: failures.nothing_here,
            NotFound: failures.nothing_here,
            StoreError: failures.store_away,
            ClientDisconnect: failures.hung_up,
            Exception: failures.broken,
        },
    )


def _routes(app: App, pages: Pages, networks: Networks) -> list[Route]:
    joining = Joining(app, pages, networks)
    confirming, leaving = Confirming(app, pages), Leaving(app, pages)
    answering, mine = Answering(app, pages), Mine(app, pages, networks)
    static, health, webhooks = Static(), Health(app), Webhooks(app, pages, networks)
    paper = f"{DOORS[Purpose.FEEDBACK]}/{{token}}/{{rank}}/{{verdict}}"
    forms: list[tuple[str, Callable[[Request], object]]] = [
        (DOORS[Purpose.FORM], joining.answer),
        ("/preview", Previews(app, pages, networks, joining).answer),
        (f"{DOORS[Purpose.CONFIRM]}/{{token}}", confirming.join),
        (f"{DOORS[Purpose.ADDRESS]}/{{token}}", confirming.move),
        (f"{DOORS[Purpose.SETTINGS]}/{{token}}", mine.answer),
        (f"{DOORS[Purpose.SETTINGS]}/{{token}}/{{deed}}", mine.answer),
        (f"{DOORS[Purpose.UNSUBSCRIBE]}/{{token}}", leaving.answer),
        (f"{DOORS[Purpose.UNSUBSCRIBE]}/{{token}}/weekly", leaving.less),
        (f"{DOORS[Purpose.RETURN]}/{{token}}", leaving.back),
        (paper, answering.answer),
        (f"{paper}/undo", answering.undo),
    ]
    return [
        Route("/", Front(app, pages, joining).show),
        Route("/privacy", Privacy(pages).show),
        Route(f"{DOORS[Purpose.ISSUE]}/{{token}}", Issues(app).show),
        *(Route(path, answer, methods=["GET", "POST"]) for path, answer in forms),
        Route("/webhooks/signup/{form}", webhooks.answer, methods=["POST", "OPTIONS"]),
        Route("/webhooks/signup/{form}/{key}", webhooks.answer, methods=["POST", "OPTIONS"]),
        Route(
            "/webhooks/events/{provider}",
            Events(app).answer,
            methods=["POST"],
            middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=EVENTS_LIMIT)],
        ),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/robots.txt", static.robots),
        Route("/static/site.css", static.style),
        Route("/static/icon.svg", static.icon),
    ]


def _address_key(app: App) -> Callable[[], bytes]:
    def read() -> bytes:
        with app.store.read() as work:
            return work.address_key()

    return read


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
