"""Whether the process lives, and whether it can do its work: for machines that watch it."""

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.bootstrap import App
from digest.errors import StoreError, StoreMissing, StoreNewer, StoreOutdated
from digest.web.failures import RETRY_AFTER

_log = structlog.stdlib.get_logger("digest.web")


class Health:
    """The two questions that load balancers ask."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def alive(self, _request: Request) -> Response:
        """Answer at once, whatever the store does."""
        return PlainTextResponse("The process lives.\n")

    def ready(self, _request: Request) -> Response:
        """Answer whether the database does, with the tables of this version."""
        try:
            with self._app.store.read() as work:
                work.address_key()
        except StoreError as error:
            # Its own words name hosts and files, which are nobody's business out there.
            _log.warning("not ready", reason=str(error))
            return PlainTextResponse(
                f"{_said(error)}\n", status_code=503, headers={"Retry-After": str(RETRY_AFTER)}
            )
        return PlainTextResponse("The database answers.\n")


def _said(error: StoreError) -> str:
    match error:
        case StoreMissing():
            return "The database is missing or empty: run `digest db upgrade`."
        case StoreOutdated():
            return "The database is older than this program: run `digest db upgrade`."
        case StoreNewer():
            return "The database is newer than this program: install the version it is of."
        case _:
            return "The database does not answer."
