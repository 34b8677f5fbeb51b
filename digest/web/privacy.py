"""`/privacy`: what is kept of whom, why, for how long, and how to have it gone."""

from starlette.requests import Request
from starlette.responses import Response

from digest.links import SETTINGS_FOR
from digest.models.consent import WORDING
from digest.models.signups import FORGET_AFTER, REMEMBER_SUBMISSIONS
from digest.web.pages import Pages

_DAY = {"Cache-Control": "public, max-age=3600", "X-Robots-Tag": "all"}


class Privacy:
    """Shows the page, which is the same for everybody."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def show(self, _request: Request) -> Response:
        """Answer with the page."""
        return self._pages.page(
            "privacy",
            headers=_DAY,
            wording=WORDING,
            unconfirmed=FORGET_AFTER.days,
            submissions=REMEMBER_SUBMISSIONS.days,
            links=SETTINGS_FOR.days,
        )
