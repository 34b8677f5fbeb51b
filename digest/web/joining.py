"""`/signup`: an address and wishes come in; a mail asks later whether they are one person's."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.errors import AddressInvalid
from digest.models.consent import WORDING
from digest.models.signups import PAGE, Signup
from digest.services.sign_up import receive
from digest.services.subscribe import is_zone, normal_address
from digest.services.wishes import MOST_WISHES, too_long, wishes
from digest.web.forms import Fault, Fields, Filled, fields
from digest.web.network import Networks
from digest.web.origins import is_foreign
from digest.web.pages import Pages
from digest.web.stamps import Haste, haste, stamp
from digest.web.webhooks.submissions import HONEYPOT
from digest.web.zones import areas, likely_zone, listed

_log = structlog.stdlib.get_logger("digest.web")

LONGEST = 4_000
"""Characters of what somebody may say that they want to read."""

LONGEST_ADDRESS = 320


class Joining:
    """Shows the form for signing up, and takes it in."""

    def __init__(self, app: App, pages: Pages, networks: Networks) -> None:
        self._app = app
        self._pages = pages
        self._networks = networks

    def context(self, request: Request, form: Filled | None = None) -> dict[str, Any]:
        """Return what a page needs that shows the form, as it was *filled* in or empty."""
        if form is None:
            form = Filled(values={})
        accepted = request.headers.get("accept-language", "")
        guess = likely_zone(accepted, self._app.settings.time_zone)
        zone = str(form.values.get("time_zone") or guess)
        return {
            "form": replace(form, values={"email": "", "interests": "", **form.values}),
            "zone": zone if is_zone(zone) else guess,
            "areas": areas(),
            "listed": listed(),
            "honeypot": HONEYPOT,
            "stamp": stamp(self._app.links, self._app.clock.now()),
        }

    async def answer(self, request: Request) -> Response:
        """Answer a GET with the form, and a POST with one page for whoever it was."""
        if request.method != "POST":
            return await run_in_threadpool(self._show, request, None)
        if is_foreign(request, self._app.settings.public_url):
            raise HTTPException(403)
        return await run_in_threadpool(self._take, request, await fields(request))

    def _show(self, request: Request, form: Filled | None) -> Response:
        status = 422 if form else 200
        return self._pages.page("signup", status=status, **self.context(request, form))

    def _take(self, request: Request, said: Fields) -> Response:
        now = self._app.clock.now()
        pace = haste(said.text("stamp"), self._app.links, now)
        if pace is Haste.TOO_FAST or said.has(HONEYPOT):
            # Whoever wrote the program is told nothing that would help them.
            _log.info("signup by a program")
            return self._pages.page("received")
        faults = _faults(said)
        if pace is Haste.TOO_LATE:
            faults = (*faults, Fault(name="submit", words=_OPEN_FOR_LONG))
        if faults:
            return self._show(request, filled(said, faults))
        receive(self._signup(request, said, now), store=self._app.store)
        return self._pages.page("received")

    def _signup(self, request: Request, said: Fields, now: datetime) -> Signup:
        tokens = self._app.tokens
        return Signup(
            id=tokens.new(),
            form=PAGE,
            external_id=tokens.new(),
            received_at=now,
            address=said.text("email").strip(),
            interests=tuple(wishes([said.text("interests")])),
            time_zone=said.text("time_zone").strip() or self._app.settings.time_zone,
            network=self._networks.name(request),
            wording=WORDING,
        )


_OPEN_FOR_LONG = "This page was open for more than a day: press the button once more."


def filled(said: Fields, faults: tuple[Fault, ...] = ()) -> Filled:
    """Return the form as it was filled in."""
    return Filled(
        values={
            "email": said.text("email")[:LONGEST_ADDRESS],
            "interests": said.text("interests")[:LONGEST],
            "time_zone": said.text("time_zone"),
        },
        faults=faults,
    )


def _faults(said: Fields) -> tuple[Fault, ...]:
    """Return what is wrong with *said*, in the order of the form."""
    faults = []
    if words := wrong_interests(said.text("interests")):
        faults.append(Fault(name="interests", words=words))
    if words := wrong_address(said.text("email")):
        faults.append(Fault(name="email", words=words))
    zone = said.text("time_zone").strip()
    if zone and not is_zone(zone):
        faults.append(Fault(name="time_zone", words="Choose a time zone from the list."))
    return tuple(faults)


def wrong_address(text: str) -> str:
    """Return what is wrong with an address, in a sentence; "" where nothing is."""
    text = text.strip()
    if not text:
        return "Give the address that your issues are to go to."
    try:
        if len(text.encode()) > LONGEST_ADDRESS:
            return "This is longer than any address can be."
        normal_address(text)
    except (AddressInvalid, UnicodeError):
        return "This is not an e-mail address; it looks like name@example.org."
    return ""


def wrong_interests(text: str) -> str:
    """Return what is wrong with typed wishes, in a sentence; "" where nothing is."""
    if len(text) > LONGEST:
        return f"This is more than {LONGEST:,} characters: say it in fewer."
    if long := too_long([text]):
        return f"“{long[:40]}…” is too long for one phrase: put a comma or a new line in it."
    if len(wishes([text])) > MOST_WISHES:
        return f"These are more than {MOST_WISHES}: leave some out, you can change them later."
    return ""
