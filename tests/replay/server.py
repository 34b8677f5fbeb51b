"""A server on this machine that stands in for every live source, well or badly.

Unlike `tests.sources.http.server`, which gives one connection after another what it was told,
this one speaks to many at once, keeps connections open, and knows what it is asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.sources.http.server import Asked, answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request; *connections* were open when it came and *others* waited for an answer too."""

    asked: Asked
    connections: int
    others: int

    @property
    def path(self) -> str:
        return path_of(self.asked)


def path_of(asked: Asked) -> str:
    return urlsplit(asked.target).path


def query_of(asked: Asked) -> Mapping[str, str]:
    """Return the first value of each parameter."""
    found = parse_qs(urlsplit(asked.target).query, keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def raw(self) -> bytes:
        """Return it as it goes over the wire, on a connection that ends with it."""
        return answer(self.status, self.body, self.headers)


Answering = Callable[[Asked], Said]
# What is sent, piece by piece, instead of what would have been said; then the line is cut.
Fault = Callable[[Asked, Said], Iterable[bytes]]


class Replay(ThreadingHTTPServer):
    """Says what *answering* says, but for what was broken; *heard* is what was asked till now."""

    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.heard: list[Heard] = []
        self.failures: list[BaseException] = []
        self.lock = Lock()
        self.connections = 0
        self._waiting = 0
        self._answering = answering
        self._faults: dict[str, Fault] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def break_(self, prefix: str, fault: Fault) -> None:
        """Answer with *fault* whatever begins with *prefix*, till it is mended."""
        self._faults[prefix] = fault

    def mend(self) -> None:
        """Answer everything as it should be."""
        self._faults.clear()

    def paths(self) -> list[str]:
        """Return the paths that were asked for since the last look, in order."""
        with self.lock:
            found = [heard.path for heard in self.heard]
            self.heard.clear()
        return found

    def answer(self, asked: Asked) -> Iterable[bytes] | Said:
        """Return what to say, or the pieces of a fault."""
        with self.lock:
            heard = Heard(asked=asked, connections=self.connections, others=self._waiting)
            self.heard.append(heard)
            self._waiting += 1
        try:
            said = self._answering(asked)
        finally:
            with self.lock:
                self._waiting -= 1
        for prefix, fault in self._faults.items():
            if path_of(asked).startswith(prefix):
                return fault(asked, said)
        return said

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong in a thread, for the test to see."""


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the one before
    server: Replay

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def finish(self) -> None:
        with self.server.lock:
            self.server.connections -= 1
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        try:
            with suppress(OSError):
                self._talk()
        except BaseException as failure:
            self.server.failures.append(failure)
            raise

    do_POST = do_GET  # noqa: N815 - the name it is called by

    def _read(self) -> Asked:
        length = int(self.headers.get("Content-Length", "0"))
        return Asked(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )

    def _talk(self) -> None:
        asked = self._read()
        # All is written down before the answer leaves: who has it may look at once.
        said = self.server.answer(asked)
        if not isinstance(said, Said):
            self.close_connection = True
            for piece in said:
                self.wfile.write(piece)
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)


@contextmanager
def replaying(answering: Answering) -> Iterator[Replay]:
    """Yield a server that is closed afterwards; fail where it failed by itself."""
    server = Replay(answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
    assert not server.failures
