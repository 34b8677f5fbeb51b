"""`/i/TOKEN`: an issue in the browser."""

from functools import cached_property
from threading import Lock

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from digest.bootstrap import App
from digest.errors import NotFound
from digest.links import Purpose
from digest.rendering.emails import Press
from digest.web.headers import MAIL_POLICY


class Issues:
    """Shows the issue that a token was made for."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = Lock()

    @cached_property
    def _press(self) -> Press:
        # A press is for one thread at a time, and that of the app may be sending just now.
        return Press(self._app.imprint)

    def show(self, request: Request) -> Response:
        """Answer with the issue; raise LinkInvalid or NotFound."""
        issue_id = self._app.links.subject(Purpose.ISSUE, request.path_params["token"])
        with self._app.store.read() as work:
            issue = work.issues.get([issue_id]).get(issue_id)
            if issue is None:
                raise NotFound("The issue behind this link is not kept here.")
            readers = work.subscribers.by_subscription([issue.subscription_id])
        if not readers:
            raise NotFound("The issue behind this link is not kept here any more.")
        with self._lock:
            html = self._press.page(issue, readers[issue.subscription_id])
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})
