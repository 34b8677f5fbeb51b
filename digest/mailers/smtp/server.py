"""Where an SMTP server is, how far it is trusted, and how long we wait for it."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum


class Security(StrEnum):
    """What a connection must be before a mail goes over it.

    OPPORTUNISTIC takes STARTTLS where it is offered and asks for no certificate, unless a
    certificate authority is named: it keeps out who only listens.
    """

    NEVER = "never"
    OPPORTUNISTIC = "opportunistic"
    REQUIRE = "require"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """How to reach one server; raises ValueError for what is not safe or makes no sense.

    *ca* is a file of certificate authorities that stand in for the system's. *timeout* is
    for connecting and for each reply, *final_timeout* for the reply to a whole message
    (RFC 5321 4.5.3.2.6 asks for ten minutes); both in seconds. *hostname* is what we call
    ourselves, by default this machine's name or address. A connection carries at most
    *max_mails* and is used for at most *max_seconds*.
    """

    host: str
    port: int
    security: Security
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    ca: str = ""
    timeout: float = 30.0
    final_timeout: float = 600.0
    hostname: str = ""
    max_mails: int = 500
    max_seconds: float = 300.0

    def __post_init__(self) -> None:
        """Refuse what would give a password away, or can never work."""
        if bool(self.username) != bool(self.password):
            raise ValueError("a user name and a password go together")
        safe = self.security in {Security.REQUIRE, Security.TLS} or self.is_loopback
        if self.username and not safe:
            raise ValueError(
                "a password goes to another machine only with starttls=require or smtps://"
            )
        if self.ca and self.security is Security.NEVER:
            raise ValueError("ca=… has no use with starttls=never")
        if not (self.hostname.isascii() and self.hostname.isprintable()) or " " in self.hostname:
            raise ValueError("hostname is a name such as papers.example.org")
        if not all(self._limits()):
            raise ValueError("the port, times and counts are above zero")

    @property
    def is_loopback(self) -> bool:
        """Whether nothing sent there leaves this machine."""
        return is_loopback(self.host)

    @property
    def verified(self) -> bool:
        """Whether a certificate has to prove that it is this server's."""
        return self.security is not Security.OPPORTUNISTIC or bool(self.ca)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def _limits(self) -> tuple[bool, ...]:
        times = (self.timeout, self.final_timeout, self.max_seconds)
        return (0 < self.port < 1 << 16, self.max_mails > 0, *(time > 0 for time in times))


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine by name or by address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
