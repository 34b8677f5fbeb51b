"""One connection and the mails it carries, with the moment known from which one may be taken.

smtplib raises the same error before and after a message's final dot. Before it nothing was
taken and all is safe to try again; after it, without a reply, nobody can say.
"""

import os
import ssl
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

from digest.errors import DeliveryUncertain, MailerError, MailerUnavailable
from digest.mailers.smtp.messages import Message
from digest.mailers.smtp.replies import Reply
from digest.mailers.smtp.server import SmtpServer
from digest.mailers.smtp.session import NO_REPLY, answering, open_session
from digest.mailers.smtp.verdicts import Stage, verdict

_CLOSING, _SEND_BODY = 421, 354
_LAST_WORDS = 5.0
"""Seconds for a reply to QUIT, and for the reason of a server that stopped reading."""


class ConnectionLapsed(Exception):
    """A connection kept from an earlier mail had ended; nothing of this one was taken."""


class Connection:
    """An open session with *server*; raises MailerUnavailable where none can be had."""

    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None) -> None:
        self._server = server
        self._session = open_session(server, context)
        self._until = monotonic() + server.max_seconds
        self._process = os.getpid()
        self._mails = 0
        self._between_mails = True

    def is_reusable(self) -> bool:
        """Return whether it is between two mails, still open, and neither old nor worn."""
        if not self._between_mails or self._process != os.getpid():
            return False
        if self._mails >= self._server.max_mails or monotonic() >= self._until:
            return False
        # A server says 421 to who was idle too long, or just goes.
        self._between_mails = not self._session.has_unasked()
        return self._between_mails

    def send(self, message: Message) -> None:
        """Hand *message* over, or raise the MailerError that says what became of it.

        Raise ConnectionLapsed where a connection that carried mail before had ended.
        """
        commands = message.commands(self._session.esmtp_features)
        # Whatever ends this early, an interrupt too, leaves the connection unfit for more.
        self._between_mails = False
        self._announce(message, commands)
        self._hand_over(message)
        self._between_mails = True

    def close(self) -> None:
        """Let the connection go, with QUIT where the server would understand it."""
        try:
            if self._between_mails and self._process == os.getpid():
                self._between_mails = False
                self._session.send("QUIT\r\n")
                self._session.reply(deadline=monotonic() + min(_LAST_WORDS, self._server.timeout))
        except NO_REPLY:
            pass
        finally:
            self._session.close()

    def _announce(self, message: Message, commands: tuple[bytes, bytes, bytes]) -> None:
        """Bring the server to wait for the body, or raise its refusal."""
        refusal: MailerError | None = None
        lost = False
        try:
            for stage, reply in self._replies(commands):
                waits = stage is Stage.DATA and reply.code == _SEND_BODY
                # After a refusal it must not get a body: only going away ends its wait.
                lost = waits and refusal is not None
                if not (waits or (stage is not Stage.DATA and reply.positive)):
                    refusal = refusal or self._verdict(stage, reply, message)
        except MailerUnavailable:
            if refusal is None:
                raise
            lost = True
        if refusal is None:
            return
        if not (lost or isinstance(refusal, MailerUnavailable)):
            self._start_over()
        raise refusal

    def _replies(self, commands: tuple[bytes, bytes, bytes]) -> Iterator[tuple[Stage, Reply]]:
        """Give the commands, at once where that is offered, and yield what each is answered.

        Nothing follows a reply that ends the conversation, or, one by one, a refusal.
        """
        at_once = self._session.has_extn("pipelining")
        stages = (Stage.MAIL, Stage.RCPT, Stage.DATA)
        for stage, command in zip(stages, commands, strict=True):
            try:
                with answering(self._server, stage):
                    if not at_once:
                        self._session.send(command)
                    elif stage is Stage.MAIL:
                        self._session.send(b"".join(commands))
                    reply = self._session.reply()
            except MailerUnavailable:
                if stage is Stage.MAIL and self._mails:
                    raise ConnectionLapsed from None
                raise
            if reply.code == _CLOSING and stage is Stage.MAIL and self._mails:
                raise ConnectionLapsed
            yield stage, reply
            if reply.code == _CLOSING or not (at_once or reply.positive):
                return

    def _start_over(self) -> None:
        """Take back what was announced, so that the next mail finds the server ready."""
        with suppress(*NO_REPLY):
            self._between_mails = self._session.ask("RSET").positive

    def _hand_over(self, message: Message) -> None:
        """Send the body and return once it is taken, or raise what became of it."""
        session = self._session
        if session.has_unasked():
            raise MailerUnavailable(
                f"The mail server {self._server} answered out of turn before the message: "
                "try again later; this mail was not taken."
            )
        deadline = monotonic() + self._server.final_timeout
        in_step = True
        try:
            session.transmit(message.payload, deadline=deadline)
        except OSError:
            # It may have said why, or even yes, before it went.
            in_step = False
            deadline = monotonic() + min(_LAST_WORDS, self._server.timeout)
        reply: Reply | None = None
        try:
            reply = session.reply(deadline=deadline)
        except NO_REPLY as failure:
            if session.dot_possible:
                raise self._uncertain("gave no answer") from failure
            with answering(self._server, Stage.MESSAGE):
                raise
        self._conclude(reply, message, in_step=in_step)

    def _conclude(self, reply: Reply, message: Message, *, in_step: bool) -> None:
        """Return where *reply* takes the message; raise what it says otherwise."""
        if reply.positive and self._session.dot_possible:
            self._mails += 1
            return
        if reply.positive or (reply.code < 400 and self._session.dot_possible):  # noqa: PLR2004 - 3xx
            raise self._uncertain(f"answered {reply.code}")
        refusal = self._verdict(Stage.MESSAGE, reply, message)
        self._between_mails = in_step and not isinstance(refusal, MailerUnavailable)
        raise refusal

    def _verdict(self, stage: Stage, reply: Reply, message: Message) -> MailerError:
        return verdict(stage, reply, server=str(self._server), words=message.names)

    def _uncertain(self, what: str) -> DeliveryUncertain:
        return DeliveryUncertain(
            f"The mail server {self._server} {what} to the whole message: look in its log "
            "whether it has it; it is not sent again by itself."
        )
