"""An SMTP server as the mailer, over connections that are kept for the next mail."""

import ssl
from collections import deque
from functools import cached_property

from digest.mailers.smtp.connection import Connection, ConnectionLapsed
from digest.mailers.smtp.messages import Message, message
from digest.mailers.smtp.server import SmtpServer
from digest.mailers.smtp.session import tls_context
from digest.models.deliveries import Email


class SmtpMailer:
    """Sends through *server*; bounces go to *return_path*, by default to each mail's sender.

    A mail that names its own return path has its bounces there. *id_header* is the header
    that tells a provider the mail's id, if one is wanted.

    Threads may share one: a mail has a connection to itself while it is sent, and as many
    are kept as were needed at once. After a fork the child opens its own.
    """

    idempotent = False

    def __init__(
        self, server: SmtpServer, *, return_path: str | None = None, id_header: str = ""
    ) -> None:
        self._server = server
        self._return_path = return_path
        self._id_header = id_header
        self._kept: deque[Connection] = deque()

    def __repr__(self) -> str:
        return f"SmtpMailer({self._server})"

    def send(self, email: Email) -> None:
        """Hand *email* over; raise the MailerError that says what became of it otherwise."""
        mail = message(email, return_path=self._return_path, id_header=self._id_header)
        if kept := self._take_kept():
            try:
                self._carry(mail, kept)
            except ConnectionLapsed:
                pass
            else:
                return
        self._carry(mail, Connection(self._server, self._context))

    def close(self) -> None:
        """Close the connections between two mails; the next mail opens a new one."""
        while self._kept:
            self._kept.pop().close()

    def _carry(self, mail: Message, connection: Connection) -> None:
        try:
            connection.send(mail)
        finally:
            if connection.is_reusable():
                self._kept.append(connection)
            else:
                connection.close()

    def _take_kept(self) -> Connection | None:
        while True:
            try:
                # The last used is the likeliest to be open still.
                connection = self._kept.pop()
            except IndexError:
                return None
            if connection.is_reusable():
                return connection
            connection.close()

    @cached_property
    def _context(self) -> ssl.SSLContext | None:
        return tls_context(self._server)
