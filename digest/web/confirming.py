"""`/confirm/TOKEN` and `/address/TOKEN`: the answers to what our letters ask."""

from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.links import DOORS, SETTINGS_FOR, Purpose
from digest.models.subscribers import Reader, SubscriberState
from digest.services.change import move
from digest.services.sign_up import asked, confirm
from digest.web.moments import first_issue
from digest.web.pages import Pages

_log = structlog.stdlib.get_logger("digest.web")


class Confirming:
    """Asks once more on a page, because programs open links, and does it on a POST.

    The link is the proof: nothing else is asked of whoever has it.
    """

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    def join(self, request: Request) -> Response:
        """Answer the link that confirms a sign-up; raise LinkInvalid or LinkExpired."""
        signup_id = self._signup(request, Purpose.CONFIRM)
        if request.method != "POST":
            return self._pages.page("confirm")
        app = self._app
        reader = confirm(signup_id, store=app.store, clock=app.clock, tokens=app.tokens)
        _log.info("confirmed", subscriber=reader.subscriber.id)
        return self._pages.page("confirmed", **self._told(reader))

    def move(self, request: Request) -> Response:
        """Answer the link that a new address was asked by; raise LinkInvalid or LinkExpired."""
        signup_id = self._signup(request, Purpose.ADDRESS)
        if request.method != "POST":
            return self._pages.page("move")
        app = self._app
        reader = move(signup_id, store=app.store, clock=app.clock, tokens=app.tokens)
        _log.info("moved", subscriber=reader.subscriber.id)
        return self._pages.page("moved", **self._told(reader))

    def _signup(self, request: Request, purpose: Purpose) -> str:
        token = request.path_params["token"]
        signup_id = self._app.links.subject(purpose, token, now=self._app.clock.now())
        asked(signup_id, store=self._app.store)
        return signup_id

    def _told(self, reader: Reader) -> dict[str, Any]:
        now, person = self._app.clock.now(), reader.subscriber
        token = self._app.links.token(
            Purpose.SETTINGS, person.settings_subject, until=now + SETTINGS_FOR
        )
        return {
            "first": first_issue(reader.subscription.schedule, now),
            "paused": person.state is SubscriberState.PAUSED,
            "settings": f"{DOORS[Purpose.SETTINGS]}/{token}",
        }
