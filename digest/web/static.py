"""The files that pages need: made from templates once, since the colours are in one table."""

import hashlib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digest.rendering.environment import environment

_AGE = {"Cache-Control": "public, max-age=3600"}

ROBOTS = """\
# Pages that are one reader's say "noindex" themselves. A crawler that was not let in would not
# see that, and would list their addresses.
User-agent: *
Disallow:
"""


class Static:
    """The style sheet, the icon, and what crawlers are told."""

    def __init__(self) -> None:
        templates = environment()
        self._style = _File(templates.get_template("pages/site.css").render(), "text/css")
        self._icon = _File(templates.get_template("pages/icon.svg").render(), "image/svg+xml")

    async def style(self, request: Request) -> Response:
        """Answer with the style sheet of all pages."""
        return self._style.response(request)

    async def icon(self, request: Request) -> Response:
        """Answer with the icon."""
        return self._icon.response(request)

    async def robots(self, _request: Request) -> Response:
        """Answer with robots.txt."""
        return PlainTextResponse(ROBOTS, headers=_AGE)


class _File:
    """A file in memory, and the tag by which a browser knows that it has it already."""

    def __init__(self, text: str, media_type: str) -> None:
        self._content = text.encode()
        self._type = media_type
        self._tag = f'"{hashlib.sha256(self._content).hexdigest()[:16]}"'

    def response(self, request: Request) -> Response:
        headers = {**_AGE, "ETag": self._tag}
        known = request.headers.get("If-None-Match", "").split(",")
        if self._tag in (tag.strip().removeprefix("W/") for tag in known):
            return Response(status_code=304, headers=headers)
        return Response(self._content, media_type=self._type, headers=headers)
