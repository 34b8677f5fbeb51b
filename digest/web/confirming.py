"""`/confirm/TOKEN` and `/address/TOKEN`: the answers to what our letters ask."""

from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.errors import LinkExpired
from digest.links import DOORS, SETTINGS_FOR, Purpose
from digest.models.signups import Signup, SignupState
from digest.models.subscribers import Reader, SubscriberState
from digest.services.change import move
from digest.services.sign_up import asked, confirm
from digest.web.moments import first_issue
from digest.web.pages import Pages

USED = (
    "You have answered this already. The mail that welcomed you, and every issue, have a link to "
    "your settings."
)

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
        signup = self._signup(request, Purpose.CONFIRM)
        used = signup.state is SignupState.CONFIRMED
        if request.method != "POST":
            if used:
                raise LinkExpired(USED)
            return self._pages.page("confirm")
        app = self._app
        reader = confirm(signup.id, store=app.store, clock=app.clock, tokens=app.tokens)
        _log.info("confirmed", subscriber=reader.subscriber.id, before=used)
        # The way to the settings is given once: a mail may be forwarded after it was answered.
        told = self._told(reader) | ({"settings": ""} if used else {})
        return self._pages.page("confirmed", **told)

    def move(self, request: Request) -> Response:
        """Answer the link that a new address was asked by; raise LinkInvalid or LinkExpired."""
        signup = self._signup(request, Purpose.ADDRESS)
        if request.method != "POST":
            return self._pages.page("move")
        app = self._app
        reader = move(signup.id, store=app.store, clock=app.clock, tokens=app.tokens)
        _log.info("moved", subscriber=reader.subscriber.id)
        return self._pages.page("moved", **self._told(reader))

    def _signup(self, request: Request, purpose: Purpose) -> Signup:
        token = request.path_params["token"]
        signup_id = self._app.links.subject(purpose, token, now=self._app.clock.now())
        return asked(signup_id, store=self._app.store)

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
