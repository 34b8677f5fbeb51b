"""A real SMTP server on 127.0.0.1 that answers as it is told; what it holds is the judge."""

import base64
import hmac
import socket
import ssl
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Self

EVERYTHING = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE 30000000")


class Then(Enum):
    """What follows an answer."""

    GO_ON = auto()
    DROP = auto()  # close the connection
    RESET = auto()  # end it with a RST
    HANG = auto()  # keep it, and neither read nor write


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Bytes to send, *drip* seconds apart if that is above zero, and what follows.

    *keeps* says whether a message answered so is kept; by default, where the answer is 2xx.
    """

    content: bytes
    then: Then = Then.GO_ON
    drip: float = 0
    keeps: bool | None = None

    @property
    def takes(self) -> bool:
        return self.content.startswith(b"2") if self.keeps is None else self.keeps


def say(*lines: str, then: Then = Then.GO_ON, drip: float = 0, keeps: bool | None = None) -> Answer:
    """Return the answer of these *lines*."""
    content = "".join(f"{line}\r\n" for line in lines).encode()
    return Answer(content=content, then=then, drip=drip, keeps=keeps)


def silence(then: Then = Then.HANG, *, keeps: bool = False) -> Answer:
    """Return no answer at all."""
    return Answer(content=b"", then=then, keeps=keeps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One mail that the server has taken: *content* with its dots undoubled, *wire* without."""

    connection: int
    sender: str
    recipient: str
    parameters: frozenset[str]
    content: bytes
    wire: bytes
    encrypted: bool
    login: str


class ScriptedServer:
    """Answers each stage with *script*: a list of answers used up in order, or one for ever.

    The stages are greeting, ehlo, helo, starttls, auth, mail, rcpt, data, body (once a
    little of it was read), message, rset and quit; where the script says nothing, it answers
    as a good server does. A *login* is asked for before MAIL. Under *tls* it offers
    STARTTLS, or with *tls_first* speaks TLS from the first byte.
    """

    def __init__(
        self,
        script: Mapping[str, Answer | Sequence[Answer]] | None = None,
        *,
        offers: Sequence[str] = EVERYTHING,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        tls_first: bool = False,
    ) -> None:
        self.offers = tuple(offers)
        self.login = login
        self.tls = tls
        self.tls_first = tls_first
        self.held: list[Held] = []
        self.commands: list[tuple[int, str]] = []
        self.too_early: list[str] = []
        self.body_bytes = 0
        self.stopping = threading.Event()
        self._script = {
            stage: answers if isinstance(answers, Answer) else list(answers)
            for stage, answers in (script or {}).items()
        }
        self._lock = threading.Lock()
        self._conversations: list[_Conversation] = []
        self._listener = socket.socket()
        # What the kernel takes in for a server that does not read is the client's to lose.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def connections(self) -> int:
        """How many there were."""
        return len(self._conversations)

    @property
    def verbs(self) -> list[str]:
        """The first word of each command, in order."""
        return [line.partition(" ")[0].upper() for _, line in self.commands]

    def tell(self, stage: str, *answers: Answer) -> None:
        """Forget what the script has left for *stage*, and answer so."""
        with self._lock:
            self._script[stage] = list(answers)

    def answer(self, stage: str) -> Answer | None:
        """Return what the script has next for *stage*."""
        with self._lock:
            answers = self._script.get(stage)
            if isinstance(answers, list):
                return answers.pop(0) if answers else None
            return answers

    def finish(self) -> None:
        """Wait until every conversation so far has ended by itself."""
        for conversation in list(self._conversations):
            conversation.thread.join(10)
            assert not conversation.thread.is_alive(), "the client left a connection open"

    def stop(self) -> None:
        """End everything; what is held then is final."""
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(10)
        self._listener.close()
        for conversation in self._conversations:
            conversation.interrupt()
            conversation.thread.join(10)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._conversations.append(_Conversation(self, client, len(self._conversations) + 1))


class _Gone(Exception):
    """The conversation is over."""


class _Conversation:
    """One connection, in its thread."""

    def __init__(self, server: ScriptedServer, client: socket.socket, number: int) -> None:
        self._server = server
        self._client = client
        self._number = number
        self._received = bytearray()
        self._encrypted = False
        self._login = ""
        self._sender = ""
        self._parameters: frozenset[str] = frozenset()
        self._recipient = ""
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def interrupt(self) -> None:
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        with suppress(_Gone, OSError):
            if self._server.tls_first:
                self._encrypt()
            self._say("greeting", say("220 mail.example.org ESMTP ready"))
            while True:
                self._obey(self._line())
        self._client.close()

    def _obey(self, line: str) -> None:
        self._server.commands.append((self._number, line))
        verb, _, rest = line.partition(" ")
        reply = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }.get(verb.upper())
        if verb.upper() not in {"MAIL", "RCPT", "RSET"} or "PIPELINING" not in self._server.offers:
            self._nothing_early(verb)
        if reply is None:
            self._send(say("500 5.5.2 what?"))
        else:
            reply(rest)

    def _nothing_early(self, verb: str) -> None:
        if self._received:
            self._server.too_early.append(verb)

    def _ehlo(self, _rest: str) -> None:
        offers = list(self._server.offers)
        if self._server.tls and not (self._encrypted or self._server.tls_first):
            offers.append("STARTTLS")
        if self._server.login and not any(offer.startswith("AUTH") for offer in offers):
            offers.append("AUTH PLAIN LOGIN")
        lines = ["mail.example.org at your service", *offers]
        last = len(lines) - 1
        self._say("ehlo", say(*(f"250{'- '[i == last]}{line}" for i, line in enumerate(lines))))

    def _helo(self, _rest: str) -> None:
        self._say("helo", say("250 mail.example.org"))

    def _starttls(self, _rest: str) -> None:
        if self._say("starttls", say("220 2.0.0 go ahead")).startswith(b"220"):
            self._encrypt()

    def _encrypt(self) -> None:
        assert self._server.tls is not None
        self._client = self._server.tls.wrap_socket(self._client, server_side=True)
        self._encrypted = True

    def _auth(self, rest: str) -> None:
        if scripted := self._server.answer("auth"):
            self._send(scripted)
            return
        assert self._server.login is not None
        name, password = (part.encode() for part in self._server.login)
        mechanism, _, initial = rest.partition(" ")
        if mechanism == "PLAIN":
            right = base64.b64decode(initial or self._challenge(b"")) == b"\0".join(
                (b"", name, password)
            )
        elif mechanism == "LOGIN":
            given = [base64.b64decode(self._challenge(ask)) for ask in (b"Username:", b"Password:")]
            right = given == [name, password]
        else:
            nonce = b"<1896.697170952@mail.example.org>"
            answer = base64.b64decode(self._challenge(nonce))
            digest = hmac.new(password, nonce, "md5").hexdigest().encode()
            right = answer == name + b" " + digest
        if right:
            self._login = name.decode()
        self._send(say("235 2.7.0 welcome" if right else "535 5.7.8 wrong"))

    def _challenge(self, content: bytes) -> str:
        self._send(say(f"334 {base64.b64encode(content).decode()}"))
        return self._line()

    def _mail(self, rest: str) -> None:
        if self._sender:
            default = say("503 5.5.1 nested MAIL command")
        elif self._server.login and not self._login:
            default = say("530 5.7.0 authentication required")
        else:
            default = say("250 2.1.0 sender ok")
        if self._say("mail", default).startswith(b"250"):
            path, *parameters = rest.removeprefix("FROM:").split(" ")
            self._sender, self._parameters = path, frozenset(parameters)

    def _rcpt(self, rest: str) -> None:
        default = say("250 2.1.5 recipient ok" if self._sender else "503 5.5.1 MAIL first")
        if self._say("rcpt", default).startswith(b"250"):
            self._recipient = rest.removeprefix("TO:")

    def _data(self, _rest: str) -> None:
        default = say("354 go on" if self._recipient else "503 5.5.1 no valid recipients")
        if self._say("data", default).startswith(b"354"):
            self._message()

    def _message(self) -> None:
        wire = self._body()
        if not wire:
            raise _Gone
        lines = wire[2:-3].split(b"\r\n")
        content = b"\r\n".join(line.removeprefix(b".") for line in lines)
        answer = self._server.answer("message") or say("250 2.0.0 taken")
        if answer.takes:
            held = Held(
                connection=self._number,
                sender=self._sender,
                recipient=self._recipient,
                parameters=self._parameters,
                content=content,
                wire=wire,
                encrypted=self._encrypted,
                login=self._login,
            )
            self._server.held.append(held)
        self._sender = self._recipient = ""
        self._send(answer)

    def _body(self) -> bytes:
        """Return what came, from an imagined CRLF before it to the final dot, or nothing."""
        scripted = self._server.answer("body")
        wire = bytearray(b"\r\n")
        searched = 0
        while (end := wire.find(b"\r\n.\r\n", searched)) < 0:
            searched = max(0, len(wire) - 4)
            if not self._received:
                self._receive()
            wire += self._received
            self._server.body_bytes += len(self._received)
            self._received.clear()
            if scripted:
                self._send(scripted)
                scripted = None
        self._received[:0] = wire[end + 5 :]
        return bytes(wire[: end + 5])

    def _rset(self, _rest: str) -> None:
        self._sender = self._recipient = ""
        self._say("rset", say("250 2.0.0 forgotten"))

    def _quit(self, _rest: str) -> None:
        self._say("quit", say("221 2.0.0 bye", then=Then.DROP))

    def _say(self, stage: str, default: Answer) -> bytes:
        """Send what the script has for *stage*, else *default*; return what it was."""
        answer = self._server.answer(stage) or default
        self._send(answer)
        return answer.content

    def _send(self, answer: Answer) -> None:
        if answer.drip:
            for byte in answer.content:
                time.sleep(answer.drip)
                self._client.sendall(bytes([byte]))
        else:
            self._client.sendall(answer.content)
        match answer.then:
            case Then.GO_ON:
                return
            case Then.HANG:
                self._server.stopping.wait()
            case Then.RESET:
                self._client.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            case Then.DROP:
                pass
        raise _Gone

    def _line(self) -> str:
        while b"\n" not in self._received:
            self._receive()
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received[:] = rest
        assert line.endswith(b"\r"), "a command ends in CRLF"
        return line.removesuffix(b"\r").decode()

    def _receive(self) -> None:
        if not (received := self._client.recv(64 * 1024)):
            raise _Gone
        self._received += received
