"""A server on this machine that answers as it is told, well or badly."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Queue
from threading import Thread

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came; names of *headers* are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


# Sent piece by piece, before the connection is closed.
Answer = Iterable[bytes] | Callable[[Asked], Iterable[bytes]]


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] = NOTHING) -> bytes:
    """Return a whole answer; *headers* may say another length than the body has."""
    sent = {"Content-Length": str(len(body)), "Connection": "close"} | dict(headers)
    lines = [f"HTTP/1.1 {status} Because", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """Answers each request with the next of *answers*, and the last of them ever after."""

    def __init__(self, *answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> None:
        self.asked: Queue[Asked] = Queue()
        self._answers = list(answers)
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        self._open: list[socket.socket] = []
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def requests(self) -> list[Asked]:
        """Return what was asked since the last look."""
        return [self.asked.get_nowait() for _ in range(self.asked.qsize())]

    def close(self) -> None:
        # Closing alone would not wake who waits in accept().
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            with suppress(OSError), connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True)
        asked = _read(connection)
        if asked is None:
            return
        self.asked.put(asked)
        said = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if callable(said):
            said = said(asked)
        for piece in [said] if isinstance(said, bytes) else said:
            connection.sendall(piece)


def _read(connection: socket.socket) -> Asked | None:
    came = b""
    while b"\r\n\r\n" not in came:
        more = connection.recv(65536)
        came += more
        # Nothing more, or a greeting in TLS that we do not speak.
        if not more or not came[:1].isalpha():
            return None
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Asked(method=method, target=target, headers=headers, body=body)


@contextmanager
def serving(*answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Yield a server at 127.0.0.1, also called localhost, that is closed afterwards."""
    server = Server(*answers, tls=tls)
    try:
        yield server
    finally:
        server.close()
