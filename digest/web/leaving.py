"""`/u/TOKEN` and `/back/TOKEN`: the way out, for people and for mail programs, and the way back."""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.bootstrap import App
from digest.errors import LinkExpired, LinkInvalid
from digest.links import DOORS, Purpose
from digest.models.subscribers import READING
from digest.services.unsubscribe import (
    Way,
    come_back,
    less_often,
    undo_until,
    unsubscribe,
)
from digest.web.moments import first_issue
from digest.web.pages import Pages

_log = structlog.stdlib.get_logger("digest.web")

ANSWER = "No more mail is sent to whom this link was made for.\n"
"""What a mail program gets, whomever it asked for: it learns nothing from it."""


class Leaving:
    """Asks a person, and does it when a person or a mail program says so.

    A POST is a wish to leave whatever it carries: the link itself is the proof. RFC 8058
    decides only how it is answered.
    """

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def answer(self, request: Request) -> Response:
        """Answer a GET with the question, and a POST when it is done; raise LinkInvalid."""
        token = request.path_params["token"]
        if request.method != "POST":
            return await run_in_threadpool(self._ask, token)
        if await _one_click(request):
            return await run_in_threadpool(self._obey, token)
        return await run_in_threadpool(self._confirm, token)

    def less(self, request: Request) -> Response:
        """Answer a POST by sending one issue a week; raise LinkInvalid, or LinkExpired if gone."""
        token = request.path_params["token"]
        if request.method != "POST":
            return self._ask(token)
        app, subscriber_id = self._app, self._whom(token)
        reader = less_often(subscriber_id, store=app.store, clock=app.clock)
        if reader is None:
            raise LinkExpired("You get no mail from us now; sign up again to change that.")
        _log.info("less often", subscriber=subscriber_id)
        first = first_issue(reader.subscription.schedule, app.clock.now())
        return self._pages.page("less", first=first)

    def back(self, request: Request) -> Response:
        """Answer the undoing of a goodbye; raise LinkInvalid or LinkExpired."""
        app, token = self._app, request.path_params["token"]
        subscriber_id = app.links.subject(Purpose.RETURN, token, now=app.clock.now())
        if request.method != "POST":
            return self._pages.page("return")
        back = come_back(subscriber_id, store=app.store, clock=app.clock)
        with app.store.read() as work:
            reader = work.subscribers.by_id(subscriber_id)
        if reader is None or not (back or reader.subscriber.state in READING):
            raise LinkExpired("This cannot be undone any more; sign up again to get mail.")
        _log.info("came back", subscriber=subscriber_id, before=not back)
        first = first_issue(reader.subscription.schedule, app.clock.now())
        return self._pages.page("returned", first=first)

    def _whom(self, token: str) -> str:
        return self._app.links.subject(Purpose.UNSUBSCRIBE, token)

    def _ask(self, token: str) -> Response:
        # The store is not asked: the page is the same for who left already.
        self._whom(token)
        return self._pages.page("leave", here=f"{DOORS[Purpose.UNSUBSCRIBE]}/{token}")

    def _confirm(self, token: str) -> Response:
        subscriber_id = self._leave(token, Way.PAGE)
        until = undo_until(subscriber_id, store=self._app.store)
        undo = ""
        if until is not None and self._app.clock.now() < until:
            back = self._app.links.token(Purpose.RETURN, subscriber_id, until=until)
            undo = f"{DOORS[Purpose.RETURN]}/{back}"
        return self._pages.page("left", undo=undo)

    def _obey(self, token: str) -> Response:
        try:
            self._leave(token, Way.ONE_CLICK)
        except LinkInvalid:
            _log.info("nobody unsubscribed")
        return PlainTextResponse(ANSWER)

    def _leave(self, token: str, way: Way) -> str:
        app, subscriber_id = self._app, self._whom(token)
        left = unsubscribe(subscriber_id, way, store=app.store, clock=app.clock, tokens=app.tokens)
        one_click = way is Way.ONE_CLICK
        _log.info("unsubscribed", subscriber=subscriber_id, before=not left, one_click=one_click)
        return subscriber_id


async def _one_click(request: Request) -> bool:
    """Return whether the body is the one that RFC 8058 has mail programs send."""
    try:
        async with request.form() as form:
            return form.get("List-Unsubscribe") == "One-Click"
    except HTTPException as unreadable:
        if unreadable.status_code != _MALFORMED:
            raise
        return False


_MALFORMED = 400
