"""A mail as it goes over the wire: an envelope that nothing can break out of, and its bytes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

import idna

from digest.errors import EmailRefused, SendingForbidden
from digest.models.deliveries import Email

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\"(),:;<>@\[\\\]]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail for one recipient: *payload* is what follows DATA, its final dot included.

    *size* counts the bytes before dots were doubled. *international* says that an address
    or a header is not ASCII, *eight_bit* that anything is not.
    """

    sender: str
    recipient: str
    payload: bytes
    size: int
    international: bool
    eight_bit: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What a server may call the recipient by: the mailbox, with and without its tag."""
        mailbox = self.recipient.rpartition("@")[0]
        return mailbox, mailbox.partition("+")[0]

    def commands(self, offered: Mapping[str, str]) -> tuple[bytes, bytes, bytes]:
        """Return MAIL, RCPT and DATA for a server that offers these extensions, by name.

        Raise EmailRefused where it cannot take this mail, SendingForbidden where it cannot
        take any from this sender.
        """
        self._check(offered)
        parameters = [
            *(["SMTPUTF8"] if self.international else []),
            *(["BODY=8BITMIME"] if self.eight_bit else []),
            *([f"SIZE={self.size}"] if "size" in offered else []),
        ]
        mail = " ".join([f"MAIL FROM:<{self.sender}>", *parameters])
        return f"{mail}\r\n".encode(), f"RCPT TO:<{self.recipient}>\r\n".encode(), b"DATA\r\n"

    def _check(self, offered: Mapping[str, str]) -> None:
        if not self.sender.isascii() and "smtputf8" not in offered:
            raise SendingForbidden(
                "The sender's address is not ASCII and the mail server does not offer SMTPUTF8: "
                "send from another address or through another server."
            )
        if self.international and "smtputf8" not in offered:
            raise EmailRefused(
                "This reader's address is not ASCII and the mail server does not offer SMTPUTF8: "
                "nothing can be sent there through it."
            )
        if self.eight_bit and "8bitmime" not in offered:
            raise EmailRefused(
                "This mail is not ASCII and the mail server does not offer 8BITMIME: "
                "it would arrive damaged."
            )
        limit = offered.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < self.size:
            raise EmailRefused(
                f"This mail has {self.size} bytes and the mail server takes at most {int(limit)}."
            )


def message(email: Email, *, return_path: str | None = None, id_header: str = "") -> Message:
    """Return *email* for the wire.

    Its bounces go to its own return path, else to *return_path*, else to its sender. A
    header called *id_header* tells its id to a provider who replaces Message-IDs. Raise
    SendingForbidden or EmailRefused where the sender's or the recipient's address could not
    stand in an envelope.
    """
    try:
        sender = wire_address(email.return_path or return_path or parseaddr(email.sender)[1])
    except ValueError:
        raise SendingForbidden("The sender's address is not one that mail can come from.") from None
    try:
        recipient = wire_address(email.recipient)
    except ValueError:
        raise EmailRefused("The reader's address is not one that mail can go to.") from None
    named = f"{id_header}: {email.delivery_id}\r\n".encode() if id_header else b""
    content = canonical(named + email.content)
    head, _, _ = content.partition(b"\r\n\r\n")
    eight_bit = not content.isascii()
    international = not (sender.isascii() and recipient.isascii() and head.isascii())
    return Message(
        sender=sender,
        recipient=recipient,
        payload=_LEADING_DOT.sub(b"..", content) + b".\r\n",
        size=len(content),
        international=international,
        eight_bit=eight_bit,
    )


def canonical(content: bytes) -> bytes:
    """Return *content* with every line, the last too, ending in CRLF; alone, neither is sent.

    A lone CR or LF is a line's end to some servers and none to others, which is how one
    mail is made to carry another.
    """
    ends = content.count(b"\r\n")
    if content.count(b"\n") != ends or content.count(b"\r") != ends:
        content = _LINE_END.sub(b"\r\n", content)
    return content if not content or content.endswith(b"\r\n") else content + b"\r\n"


def wire_address(address: str) -> str:
    """Return *address* with its domain in ASCII (IDNA 2008); raise ValueError if it is none."""
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise ValueError("not an address")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise ValueError("not an address") from None
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("not an address")
    return f"{local}@{domain}"
