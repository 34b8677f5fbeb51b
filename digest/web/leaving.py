"""`/u/TOKEN`: the way out, for people and for mail programs."""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.bootstrap import App
from digest.errors import LinkInvalid
from digest.links import Purpose
from digest.services.unsubscribe import unsubscribe
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

    def _ask(self, token: str) -> Response:
        # The store is not asked: the page is the same for who left already.
        self._app.links.subject(Purpose.UNSUBSCRIBE, token)
        return self._pages.page("leave")

    def _confirm(self, token: str) -> Response:
        self._leave(token, one_click=False)
        return self._pages.page("left")

    def _obey(self, token: str) -> Response:
        try:
            self._leave(token, one_click=True)
        except LinkInvalid:
            _log.info("nobody unsubscribed")
        return PlainTextResponse(ANSWER)

    def _leave(self, token: str, *, one_click: bool) -> None:
        subscriber_id = self._app.links.subject(Purpose.UNSUBSCRIBE, token)
        left = unsubscribe(subscriber_id, store=self._app.store)
        _log.info("unsubscribed", subscriber=subscriber_id, before=not left, one_click=one_click)


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
