"""What every response says to browsers, caches and crawlers, unless it says otherwise itself."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING_ELSE = "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_NOTHING_ELSE}"
"""The Content-Security-Policy of our pages: one style sheet, one icon, and no script at all."""

MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; {_NOTHING_ELSE}"
"""The policy of a page that shows a mail, which carries its styles in its elements.

A hash cannot allow style attributes. Without scripts, pictures or fonts from anywhere, there
is nothing that a style could tell anybody.
"""

_YEAR = 365 * 24 * 3600
_POWERS = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


def security_headers(*, https: bool) -> Mapping[str, str]:
    """Return the headers of a response that has no others; *https* is how readers reach us.

    Nothing is stored or listed unless its page says so: a page that forgot to would
    otherwise leave a reader's token in a cache or an index.
    """
    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in _POWERS),
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return headers


class SecurityHeaders:
    """Adds to each response those of *headers* that it has not."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of its response."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)
