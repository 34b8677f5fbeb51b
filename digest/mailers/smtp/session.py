"""smtplib's connection with replies in time, as far as the first MAIL."""

import base64
import binascii
import hmac
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from digest.errors import MailerUnavailable, SendingForbidden
from digest.mailers.smtp.replies import Reply, ReplyMalformed, take_reply
from digest.mailers.smtp.server import Security, SmtpServer
from digest.mailers.smtp.verdicts import Stage, verdict

NO_REPLY = (OSError, EOFError, ReplyMalformed)
"""What Session.reply raises where no reply came; smtplib's own errors are OSErrors."""

_CHUNK = 64 * 1024
# Under TLS a write that fails may have sent all of its piece: the smaller, the less is unsure.
_TLS_RECORD = 16 * 1024
_READY, _AUTHENTICATED, _CHALLENGE = 220, 235, 334


class Session(smtplib.SMTP):
    """A connection whose replies come whole and well formed within their time, or not at all.

    smtplib itself waits for each byte anew, and takes what is no reply for one. *seconds*
    is what each reply may take. *dot_possible* says, after `transmit` failed, whether the
    server may have got all of it.
    """

    def __init__(self, connected: socket.socket, *, hostname: str, seconds: float) -> None:
        super().__init__(local_hostname=hostname, timeout=seconds)
        self.sock: socket.socket = connected
        self.seconds = seconds
        self.dot_possible = False
        self._received = bytearray()

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply as smtplib's own commands read it."""
        reply = self.reply()
        return reply.code, "\n".join(reply.lines).encode("latin-1", errors="replace")

    def reply(self, *, deadline: float | None = None) -> Reply:
        """Return the next reply; raise one of NO_REPLY where none comes in time."""
        deadline = deadline or monotonic() + self.seconds
        while (reply := take_reply(self._received)) is None:
            self.sock.settimeout(_left(deadline))
            if not (received := self.sock.recv(_CHUNK)):
                raise EOFError
            self._received += received
        self.sock.settimeout(self.seconds)
        return reply

    def ask(self, command: str) -> Reply:
        """Send one *command* and return its reply."""
        self.send(f"{command}\r\n")
        return self.reply()

    def transmit(self, payload: bytes, *, deadline: float) -> None:
        """Write *payload*, the final dot last; raise OSError if not all of it could be."""
        waiting = memoryview(payload)
        encrypted = isinstance(self.sock, ssl.SSLSocket)
        self.dot_possible = False
        while waiting:
            piece = waiting[:_TLS_RECORD] if encrypted else waiting
            # Of a plain socket we know what the kernel took; of an encrypted one only after
            # the write went well.
            self.dot_possible = encrypted and len(piece) == len(waiting)
            self.sock.settimeout(min(self.seconds, _left(deadline)))
            waiting = waiting[self.sock.send(piece) :]
        self.dot_possible = True

    def has_unasked(self) -> bool:
        """Whether the server said something, or went away, without being asked."""
        if self._received:
            return True
        self.sock.settimeout(0)
        try:
            self._received += self.sock.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.sock.settimeout(self.seconds)
            return False
        except OSError:
            pass
        return True

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on under TLS; what the server said it can do is to be asked again."""
        self.sock.settimeout(self.seconds)
        self.sock = context.wrap_socket(self.sock, server_hostname=host)


def open_session(server: SmtpServer, context: ssl.SSLContext | None) -> Session:
    """Connect to *server* and go as far as its first MAIL, under TLS by *context*.

    Raise MailerUnavailable or SendingForbidden where that fails; nothing is left open then.
    """
    try:
        connected = socket.create_connection((server.host, server.port), timeout=server.timeout)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name with an empty label
        raise MailerUnavailable(
            f"The mail server {server} cannot be reached ({_because(error)}): see that it runs "
            "and that its address is right; this mail was not taken."
        ) from error
    hostname = server.hostname or _own_name(connected)
    session = Session(connected, hostname=hostname, seconds=server.timeout)
    try:
        # The last piece of a mail would wait for the server's delayed acknowledgement.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _greet(session, server, context)
        if server.security in {Security.OPPORTUNISTIC, Security.REQUIRE} and context is not None:
            _start_tls(session, server, context)
        if server.username:
            _log_in(session, server)
    except BaseException:
        session.close()
        raise
    return session


def tls_context(server: SmtpServer) -> ssl.SSLContext | None:
    """Return how to encrypt for *server*, None if never; raise SendingForbidden without its CA."""
    if server.security is Security.NEVER:
        return None
    try:
        context = ssl.create_default_context(cafile=server.ca or None)
    except OSError as error:
        raise SendingForbidden(
            f"The certificate authorities in {server.ca} cannot be read "
            f"({error.strerror or 'they are not PEM'}): name a file that holds some."
        ) from error
    if not server.verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def answering(server: SmtpServer, stage: Stage) -> Iterator[None]:
    """Say in a MailerError what went wrong with *server* at *stage*, nothing being taken yet."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise SendingForbidden(
            f"The certificate of the mail server {server} is not valid "
            f"({error.verify_message}): name its authority with ?ca=/path, or ask who runs it; "
            "this mail was not taken."
        ) from error
    except NO_REPLY as error:
        raise MailerUnavailable(
            f"The mail server {server} gave no answer {stage.value} ({_because(error)}): "
            "try again later; this mail was not taken."
        ) from error


def _greet(session: Session, server: SmtpServer, context: ssl.SSLContext | None) -> None:
    with answering(server, Stage.GREETING):
        if server.security is Security.TLS and context is not None:
            session.encrypt(context, server.host)
        greeting = session.reply()
    if greeting.code != _READY:
        raise verdict(Stage.GREETING, greeting, server=str(server))
    _hello(session, server)


def _hello(session: Session, server: SmtpServer) -> None:
    with answering(server, Stage.HELLO):
        code, text = session.ehlo()
        if code >= 500:  # noqa: PLR2004 - a server of 1982, or one that refuses us either way
            session.does_esmtp = False
            code, text = session.helo()
    reply = Reply(code=code, lines=tuple(text.decode("latin-1").split("\n")))
    if not reply.positive:
        raise verdict(Stage.HELLO, reply, server=str(server))


def _start_tls(session: Session, server: SmtpServer, context: ssl.SSLContext) -> None:
    required = server.security is Security.REQUIRE
    if not session.has_extn("starttls"):
        if required:
            raise SendingForbidden(
                f"The mail server {server} offers no STARTTLS: use smtps://, or starttls=never "
                "where the network itself is safe; this mail was not taken."
            )
        return
    with answering(server, Stage.STARTTLS):
        reply = session.ask("STARTTLS")
        if reply.code == _READY:
            # What came before the encryption could be anybody's (CVE-2011-0411).
            if session.has_unasked():
                raise ReplyMalformed
            session.encrypt(context, server.host)
    if reply.code == _READY:
        _hello(session, server)
    elif required or not (reply.temporary or reply.code >= 500):  # noqa: PLR2004 - permanent
        raise verdict(Stage.STARTTLS, reply, server=str(server))


def _log_in(session: Session, server: SmtpServer) -> None:
    offered = session.esmtp_features.get("auth", "").upper().split()
    mechanism = next((known for known in ("PLAIN", "LOGIN", "CRAM-MD5") if known in offered), "")
    if not mechanism:
        raise SendingForbidden(
            f"The mail server {server} takes no user name and password here: leave them out, "
            "or use another port; this mail was not taken."
        )
    name, password = _base64(server.username), _base64(server.password)
    plain = _base64(f"\0{server.username}\0{server.password}")
    with answering(server, Stage.AUTH):
        if mechanism == "PLAIN":
            reply = session.ask(f"AUTH PLAIN {plain}")
        elif mechanism == "LOGIN":
            reply = session.ask("AUTH LOGIN")
            for answer in (name, password):
                reply = session.ask(answer) if reply.code == _CHALLENGE else reply
        else:
            reply = session.ask("AUTH CRAM-MD5")
            if reply.code == _CHALLENGE:
                reply = session.ask(_cram(reply, server))
    if reply.code != _AUTHENTICATED:
        secrets = (server.username, server.password, name, password, plain)
        raise verdict(Stage.AUTH, reply, server=str(server), secrets=secrets)


def _cram(challenge: Reply, server: SmtpServer) -> str:
    """Return the answer of RFC 2195 to *challenge*."""
    try:
        nonce = base64.b64decode(challenge.text, validate=True)
    except binascii.Error:
        raise ReplyMalformed from None
    digest = hmac.new(server.password.encode(), nonce, "md5").hexdigest()
    return _base64(f"{server.username} {digest}")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _own_name(connected: socket.socket) -> str:
    """Return what to call ourselves: no name is looked up, as that can take minutes."""
    name = socket.gethostname()
    if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name):
        return name
    address = str(connected.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _left(deadline: float) -> float:
    """Return the seconds until *deadline*; raise TimeoutError if there are none."""
    if (left := deadline - monotonic()) > 0:
        return left
    raise TimeoutError


def _because(failure: Exception) -> str:
    match failure:
        case TimeoutError():
            return "it took too long"
        case EOFError():
            return "it closed the connection"
        case ReplyMalformed():
            return "it does not speak SMTP"
        case OSError():
            return failure.strerror or "the connection broke"
        case _:
            return "the connection broke"
