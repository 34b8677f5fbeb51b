"""`/a/TOKEN/RANK/VERDICT`: what a reader says of one paper of an issue they were sent."""

import re

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.links import DOORS, Purpose
from digest.models.feedback import Verdict
from digest.rendering.targets import title_link
from digest.rendering.views import title_of
from digest.services.feedback import Opinion, opinion, say, unsay
from digest.web.pages import Pages

_log = structlog.stdlib.get_logger("digest.web")

_WORDS = {
    Verdict.MORE: ("More like this?", "More like this", "Noted: more like this"),
    Verdict.LESS: ("Less like this?", "Less like this", "Noted: less like this"),
    Verdict.SAVE: ("Save this paper?", "Save this paper", "Saved"),
}
"""What is asked, what the button says, and what is said when it was pressed."""

_CHANGES = {
    Verdict.MORE: (
        "From your next issue on, papers like this one come up more: those that speak of the "
        "same things in their titles and abstracts."
    ),
    Verdict.LESS: (
        "From your next issue on, papers like this one come up less, and this one not again. "
        "What you asked for by name still comes."
    ),
    Verdict.SAVE: (
        "The paper is on the list of what you saved, which the page of your settings shows. "
        "From your next issue on, papers like it come up more."
    ),
}


class Answering:
    """Asks what a link says once more, because programs open links, and notes it on a POST."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    def answer(self, request: Request) -> Response:
        """Answer a GET with the question, a POST with what it changed; raise LinkInvalid."""
        issue_id, rank, verdict = self._place(request)
        if request.method != "POST":
            return self._ask(request, opinion(issue_id, rank, store=self._app.store))
        found = say(issue_id, rank, verdict, store=self._app.store, clock=self._app.clock)
        _log.info("feedback", subscriber=found.reader.subscriber.id, verdict=verdict)
        return self._page("answered", request, found, changes=_CHANGES[verdict])

    def undo(self, request: Request) -> Response:
        """Answer a POST by taking it back, a GET with the question; raise LinkInvalid."""
        issue_id, rank, verdict = self._place(request)
        if request.method != "POST":
            return self._ask(request, opinion(issue_id, rank, store=self._app.store))
        found = unsay(issue_id, rank, verdict, store=self._app.store)
        _log.info("feedback taken back", subscriber=found.reader.subscriber.id, verdict=verdict)
        return self._page("unanswered", request, found)

    def _place(self, request: Request) -> tuple[str, int, Verdict]:
        """Return which issue, which rank and what is said; raise LinkInvalid, or 404."""
        said = request.path_params
        issue_id = self._app.links.subject(
            Purpose.FEEDBACK, said["token"], now=self._app.clock.now()
        )
        rank, verdict = said["rank"], said["verdict"]
        if verdict not in list(Verdict) or not _RANK.fullmatch(rank):
            raise HTTPException(404)
        return issue_id, int(rank), Verdict(verdict)

    def _ask(self, request: Request, found: Opinion) -> Response:
        return self._page("answer", request, found)

    def _page(self, name: str, request: Request, found: Opinion, changes: str = "") -> Response:
        said = request.path_params
        verdict = Verdict(said["verdict"])
        question, button, done = _WORDS[verdict]
        here = f"{DOORS[Purpose.FEEDBACK]}/{said['token']}/{said['rank']}/{verdict}"
        return self._pages.page(
            name,
            paper=title_of(found.paper),
            link=title_link(found.paper)[0],
            question=question,
            button=button,
            done=done,
            given=verdict in found.verdicts,
            here=here,
            changes=changes,
        )


_RANK = re.compile(r"[1-9]\d{0,2}", re.ASCII)
