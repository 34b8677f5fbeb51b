"""The page of settings: one form for each purpose, and each of them answers with the page."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.errors import InputRefused, InterestInvalid
from digest.links import DOORS, Purpose
from digest.models.feedback import Verdict
from digest.models.subscribers import Reader, SubscriberState
from digest.services import change, feedback
from digest.web.forms import Fault, Fields, Filled, fields
from digest.web.joining import wrong_address
from digest.web.moments import first_issue, today_of
from digest.web.network import Networks
from digest.web.pages import Pages
from digest.web.settings import showing
from digest.web.settings.reading import (
    LEAST_PAPERS,
    LONGEST_NAME,
    MOST_PAPERS,
    read_day,
    read_wish,
    typed,
)
from digest.web.zones import areas, listed

_log = structlog.stdlib.get_logger("digest.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a form came to: a *notice* of what was done, or the form with its *faults*.

    *form* is which form it was. *reader* is who they are since.
    """

    reader: Reader
    notice: str = ""
    form: str = ""
    filled: Filled | None = None


Deed = Callable[[Reader, Fields, Request], "Told | Response"]


class Mine:
    """Shows a reader what they asked for, and does what they ask next."""

    def __init__(self, app: App, pages: Pages, networks: Networks) -> None:
        self._app = app
        self._pages = pages
        self._networks = networks
        self._deeds: Mapping[str, Deed] = {
            "": self._save,
            "pause": self._pause,
            "resume": self._resume,
            "address": self._ask_address,
            "export": self._export,
            "unsay": self._unsay,
            "reset": self._reset,
            "erase": self._erase,
        }

    async def answer(self, request: Request) -> Response:
        """Answer a GET with the page, a POST when it is done; raise LinkInvalid or LinkExpired."""
        deed = self._deeds.get(request.path_params.get("deed", ""))
        if deed is None:
            raise HTTPException(404)
        if request.method != "POST":
            return await run_in_threadpool(self._open, request)
        return await run_in_threadpool(self._do, request, deed, await fields(request))

    def _open(self, request: Request) -> Response:
        return self._show(request, Told(reader=self._owner(request)))

    def _do(self, request: Request, deed: Deed, said: Fields) -> Response:
        told = deed(self._owner(request), said, request)
        return told if isinstance(told, Response) else self._show(request, told)

    def _owner(self, request: Request) -> Reader:
        token = request.path_params["token"]
        subject = self._app.links.subject(Purpose.SETTINGS, token, now=self._app.clock.now())
        return change.owner(subject, store=self._app.store)

    def _save(self, reader: Reader, said: Fields, _request: Request) -> Told:
        wish, faults = read_wish(said, reader)
        if wish is not None:
            try:
                changed = change.change(reader, wish, store=self._app.store, clock=self._app.clock)
            except InterestInvalid as wrong:
                faults = (Fault(name="seeds", words=str(wrong)),)
            else:
                _log.info("settings changed", subscriber=reader.subscriber.id)
                return Told(reader=changed, notice="Saved. Your next issue is made of it.")
        return _refused(reader, "wishes", typed(said), faults)

    def _pause(self, reader: Reader, said: Fields, _request: Request) -> Told:
        today = today_of(reader.subscription.schedule, self._app.clock.now())
        until, wrong = read_day(said.text("until"), today=today)
        catch_up = said.has("catch_up")
        if wrong:
            values = {"until": said.text("until")[:40], "catch_up": catch_up}
            return _refused(reader, "pause", values, (Fault(name="until", words=wrong),))
        paused = change.pause(
            reader, until=until, catch_up=catch_up, store=self._app.store, clock=self._app.clock
        )
        _log.info("paused", subscriber=reader.subscriber.id)
        end = f"until {showing.end_of_pause(until)}" if until else "until you say so"
        return Told(reader=paused, notice=f"Paused: no issue comes {end}.")

    def _resume(self, reader: Reader, _said: Fields, _request: Request) -> Told:
        resumed = change.resume(reader, store=self._app.store, clock=self._app.clock)
        _log.info("resumed", subscriber=reader.subscriber.id)
        first = first_issue(resumed.subscription.schedule, self._app.clock.now())
        return Told(reader=resumed, notice=f"Welcome back: your next issue comes {first}.")

    def _ask_address(self, reader: Reader, said: Fields, request: Request) -> Told:
        address = said.text("email").strip()
        wrong = wrong_address(address)
        if not wrong:
            try:
                change.ask_address(
                    reader,
                    address,
                    network=self._networks.name(request),
                    store=self._app.store,
                    clock=self._app.clock,
                    tokens=self._app.tokens,
                )
            except InputRefused as refused:
                wrong = str(refused)
            else:
                _log.info("address asked", subscriber=reader.subscriber.id)
                return Told(reader=reader, notice=_ASKED)
        values = {"email": address[:320]}
        return _refused(reader, "address", values, (Fault(name="email", words=wrong),))

    def _export(self, reader: Reader, _said: Fields, _request: Request) -> Response:
        found = change.export(reader, store=self._app.store, clock=self._app.clock)
        _log.info("exported", subscriber=reader.subscriber.id)
        content = json.dumps(found, indent=2, ensure_ascii=False, default=str)
        return Response(
            content,
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="my-digest.json"'},
        )

    def _unsay(self, reader: Reader, said: Fields, _request: Request) -> Told:
        verdict, _, paper_id = said.text("said").partition(" ")
        if verdict not in list(Verdict):
            return Told(reader=reader, notice="Nothing was chosen, and nothing was changed.")
        feedback.take_back(reader, paper_id, Verdict(verdict), store=self._app.store)
        _log.info("feedback taken back", subscriber=reader.subscriber.id, verdict=verdict)
        return Told(reader=reader, notice="Taken back, as if you had never said it.")

    def _reset(self, reader: Reader, _said: Fields, _request: Request) -> Told:
        feedback.reset(reader, store=self._app.store)
        _log.info("feedback reset", subscriber=reader.subscriber.id)
        return Told(reader=reader, notice="All that you said of papers is forgotten.")

    def _erase(self, reader: Reader, said: Fields, _request: Request) -> Told | Response:
        if not said.has("understood"):
            fault = Fault(name="understood", words="Tick the box, then press the button again.")
            return _refused(reader, "erase", {}, (fault,))
        change.erase(reader, store=self._app.store, clock=self._app.clock)
        _log.info("erased", subscriber=reader.subscriber.id)
        return self._pages.page("erased")

    def _show(self, request: Request, told: Told) -> Response:
        reader, now = told.reader, self._app.clock.now()
        wish, person = reader.subscription, reader.subscriber
        with self._app.store.read() as work:
            deliveries = work.deliveries.of_subscription(wish.id)
            said = work.feedbacks.of([wish.id]).get(wish.id, ())
            papers = work.papers.get({one.paper_id for one in said})
        forms = {
            "wishes": Filled(values=showing.values_of(reader)),
            "pause": Filled(values={"until": "", "catch_up": True}),
            "address": Filled(values={"email": ""}),
            "erase": Filled(values={}),
        }
        if told.filled is not None:
            forms[told.form] = told.filled
        return self._pages.page(
            "settings",
            status=422 if told.filled else 200,
            notice=told.notice,
            faults=told.filled.faults if told.filled else (),
            forms=forms,
            here=f"{DOORS[Purpose.SETTINGS]}/{request.path_params['token']}",
            address=person.address,
            paused=person.state is SubscriberState.PAUSED,
            until=showing.end_of_pause(person.paused_until),
            next=first_issue(wish.schedule, now),
            weekdays=showing.weekdays(),
            areas=areas(),
            listed=listed(),
            limits=(LEAST_PAPERS, MOST_PAPERS, LONGEST_NAME),
            timeline=showing.timeline(deliveries),
            said=showing.said(said, papers),
        )


_ASKED = (
    "A letter is on its way to that address, if it can be asked. Nothing changes before its "
    "button is pressed; until then your mail comes here."
)


def _refused(
    reader: Reader, form: str, values: Mapping[str, object], faults: tuple[Fault, ...]
) -> Told:
    return Told(reader=reader, form=form, filled=Filled(values=values, faults=faults))
