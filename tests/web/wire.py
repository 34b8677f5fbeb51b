"""One request as a server hands it to the app, however odd; clients would put it right first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.types import ASGIApp, Message

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request: its *path* is without escapes, *pieces* are what its body comes in.

    After the last a client that *hangs_up* is gone, though there was more to come. *door* says
    what its token is: "good", "bad", or "" where it needs none.
    """

    method: str = "GET"
    path: str = "/"
    query: bytes = b""
    headers: Sequence[Header] = ()
    pieces: Sequence[bytes] = (b"",)
    client: str = "127.0.0.1"
    hangs_up: bool = False
    door: str = ""

    @property
    def text(self) -> str:
        """All of it in one, to look for what its sender knows."""
        parts = [self.path.encode(errors="replace"), self.query, *self.pieces]
        parts += [part for header in self.headers for part in header]
        return b"\n".join(parts).decode("latin-1").lower()

    def scope(self) -> dict[str, object]:
        path = quote(self.path, errors="replace").encode()
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": path,
            "root_path": "",
            "query_string": self.query,
            "headers": [(name.lower(), value) for name, value in self.headers],
            "client": (self.client, 4000),
            "server": ("127.0.0.1", 8000),
        }


@dataclass(slots=True, kw_only=True)
class Got:
    """What came back, and what the app raised beside it."""

    status: int = 0
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""
    raised: Exception | None = None

    def header(self, name: str) -> str:
        values = [value for key, value in self.headers if key == name.lower().encode()]
        return b", ".join(values).decode("latin-1")


async def ask(web: ASGIApp, sent: Sent) -> Got:
    """Return the answer of *web*, which like any server reads what is left of the body."""
    got = Got()
    pieces = list(sent.pieces)

    async def receive() -> Message:
        if not pieces:
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces) or sent.hangs_up}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = list(message["headers"])
        else:
            got.body += message.get("body", b"")

    try:
        await web(sent.scope(), receive, send)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        got.raised = error
    return got
