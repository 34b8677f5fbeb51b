"""The pages for what went wrong, which say what to do and show nothing else."""

from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.web.pages import Pages

_log = structlog.stdlib.get_logger("digest.web")

RETRY_AFTER = 60
"""Seconds after which to ask again when the store is away."""


class Failures:
    """Answers requests that cannot be answered; *headers* are those of all responses."""

    def __init__(self, pages: Pages, headers: Mapping[str, str]) -> None:
        self._pages = pages
        self._headers = headers

    def refused(self, request: Request, error: Exception) -> Response:
        """Answer what has no page, or no such method; OPTIONS is told which methods there are."""
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for no other
        headers = dict(error.headers or {})
        if error.status_code == _NO_SUCH_METHOD:
            methods = {*headers.get("Allow", "").split(", "), "OPTIONS"} - {""}
            headers["Allow"] = ", ".join(sorted(methods))
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
        title, advice = _WORDS.get(error.status_code, _OTHER)
        return self._page(error.status_code, title, advice, headers)

    def nothing_here(self, _request: Request, error: Exception) -> Response:
        """Answer a link that leads nowhere; *error* says why."""
        return self._page(404, "This link leads nowhere", str(error))

    def over(self, _request: Request, error: Exception) -> Response:
        """Answer a link whose time is over, or that was used; *error* says which and what to do."""
        title = "This link is not good any more"
        return self._page(410, title, str(error), over=True)

    def store_away(self, _request: Request, error: Exception) -> Response:
        """Answer while the store cannot be used; the log says what is the matter with it."""
        _log.error("store away", reason=str(error))
        title, advice = _WORDS[503]
        return self._page(503, title, advice, {"Retry-After": str(RETRY_AFTER)})

    def hung_up(self, _request: Request, _error: Exception) -> Response:
        """Answer nobody: who sent the request has gone in the middle of it."""
        return Response(status_code=400)

    def broken(self, _request: Request, _error: Exception) -> Response:
        """Answer after an error of ours, which the server logs."""
        # It is made outside of what adds headers to the other responses.
        title, advice = _WORDS[500]
        return self._page(500, title, advice, self._headers)

    def _page(
        self,
        status: int,
        title: str,
        advice: str,
        headers: Mapping[str, str] | None = None,
        *,
        over: bool = False,
    ) -> Response:
        return self._pages.page(
            "failure", status=status, headers=headers, title=title, advice=advice, over=over
        )


_NO_SUCH_METHOD = 405
_WORDS = {
    403: (
        "This came from another site",
        "Only a page of ours may send its form here. Open ours, and fill it in there.",
    ),
    404: (
        "There is no such page",
        "An address from a mail may have been cut short on its way: copy it up to its very end.",
    ),
    405: ("That cannot be done here", "This address takes no request of that kind."),
    413: ("That is too much", "What was sent with the request is larger than anything we take."),
    415: ("That is in no form we read", "Send it as the form of the page does."),
    429: ("That was a lot at once", "Wait a minute, and try again."),
    500: ("Something broke", "It is our fault, and it is on record. Try again in a while."),
    503: (
        "We are away for a moment",
        "What this page needs cannot be reached right now. Try again in a minute.",
    ),
}
_OTHER = ("That did not work", "The request could not be understood.")
