"""`/`: what is talked about today, and the form for signing up."""

from datetime import datetime, timedelta
from threading import Lock

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.rendering.opening import long_date, short_date
from digest.rendering.views import card
from digest.rendering.words import counted
from digest.services.trending import Trending, trending
from digest.web.joining import Joining
from digest.web.pages import Pages

PAPERS = 12
"""Papers shown: with the time zones of the form as many as 50 KB hold."""

FRESH = timedelta(minutes=1)
"""How long the papers are shown before they are looked up again."""


class Front:
    """Shows the trending papers; they are looked up once a minute, however many ask."""

    def __init__(self, app: App, pages: Pages, joining: Joining) -> None:
        self._app = app
        self._pages = pages
        self._joining = joining
        self._lock = Lock()
        self._made: tuple[datetime, Markup] | None = None

    def show(self, request: Request) -> Response:
        """Answer with the page."""
        headers = {
            "Cache-Control": f"public, max-age={FRESH.seconds}",
            "Vary": "Accept-Language",
            "X-Robots-Tag": "all",
        }
        context = self._joining.context(request)
        return self._pages.page("front", headers=headers, papers=self._papers(), **context)

    def _papers(self) -> Markup:
        with self._lock:
            now = self._app.clock.now()
            if self._made is None or not self._made[0] <= now < self._made[0] + FRESH:
                found = trending(self._app.today, store=self._app.store, limit=PAPERS)
                self._made = (now, self._print(found))
            return self._made[1]

    def _print(self, found: Trending) -> Markup:
        return self._pages.part(
            "_trending",
            day=long_date(found.day),
            told=_told(found),
            cards=[(pick.rank, card(pick)) for pick in found.picks],
        )


def _told(found: Trending) -> str:
    """Return what the page shows, in a sentence; that there is nothing to show is one, too."""
    if found.latest is None:
        return (
            "No paper was listed in the seven days up to today. This page fills when the next "
            "listing is taken in."
        )
    when = "of today" if found.latest == found.day else f"of {short_date(found.latest)}"
    shown = f"The {len(found.picks)} most talked about" if found.listed > PAPERS else "All"
    return (
        f"{shown} of the {counted(found.listed, 'paper')} listed in the last seven days; the "
        f"latest listing is {when}."
    )
