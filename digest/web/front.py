"""`/`: what is talked about today."""

from datetime import datetime, timedelta
from threading import Lock

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.bootstrap import App
from digest.rendering.opening import long_date, short_date
from digest.rendering.views import card
from digest.rendering.words import counted
from digest.services.trending import Trending, trending
from digest.web.pages import Pages

PAPERS = 20
"""Papers shown: as many as 50 KB hold."""

FRESH = timedelta(minutes=1)
"""How long a page is shown before it is made again."""


class Front:
    """Shows the trending papers; they are looked up once a minute, however many ask."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._lock = Lock()
        self._made: tuple[datetime, bytes] | None = None

    def show(self, _request: Request) -> Response:
        """Answer with the page."""
        headers = {"Cache-Control": f"public, max-age={FRESH.seconds}", "X-Robots-Tag": "all"}
        return HTMLResponse(self._page(), headers=headers)

    def _page(self) -> bytes:
        with self._lock:
            now = self._app.clock.now()
            if self._made is None or not self._made[0] <= now < self._made[0] + FRESH:
                found = trending(self._app.today, store=self._app.store, limit=PAPERS)
                self._made = (now, bytes(self._print(found).body))
            return self._made[1]

    def _print(self, found: Trending) -> Response:
        return self._pages.page(
            "front",
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
