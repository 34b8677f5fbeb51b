"""The headers that issues and letters share, and the ways out that they name."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from digest.errors import RenderingFailed
from digest.links import Purpose, url
from digest.rendering.imprint import Imprint
from digest.rendering.mime import (
    encoded_words,
    folded,
    mailbox,
    mailto,
    named_mailbox,
    wire_address,
)
from digest.rendering.words import plain

AUTOMATIC = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: OOF, AutoReply")
"""What keeps programs from answering a mail that no person wrote."""


class Letterhead:
    """Writes the headers that every mail of one imprint opens with."""

    def __init__(self, imprint: Imprint) -> None:
        name = plain(mailbox(imprint.sender)[0])
        self._from = folded("From", named_mailbox(name, imprint.address))
        self._host = imprint.host

    def headers(
        self, recipient: str, subject: str, *, kind: str, mail_id: str, date: datetime
    ) -> list[str]:
        """Return From, To, Subject, Date and Message-ID, a mail's *kind* being one letter of it.

        Raise RenderingFailed where the id or the address of *recipient* cannot stand there.
        """
        if not _ID.fullmatch(mail_id):
            raise RenderingFailed(f"{mail_id!r} cannot name a message.")
        try:
            to = wire_address(recipient)
        except (ValueError, UnicodeError):
            raise RenderingFailed("No header can carry the address of this reader.") from None
        return [
            self._from,
            f"To: {to}",
            folded("Subject", encoded_words(subject)),
            f"Date: {format_datetime(date)}",
            f"Message-ID: <{kind}.{mail_id}@{self._host}>",
        ]


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where the words that say how to leave lead, "" nowhere, and the *headers* that say it."""

    link: str
    headers: tuple[str, ...]


def way_out(imprint: Imprint, token: str) -> WayOut:
    """Return how who holds *token* leaves: by the page where there are pages, else by mail."""
    ways = []
    if imprint.public_url:
        ways.append(url(imprint.public_url, Purpose.UNSUBSCRIBE, token))
    if imprint.unsubscribe_address:
        ways.append(mailto(imprint.unsubscribe_address, f"unsubscribe {token}"))
    headers = []
    if ways:
        headers.append(folded("List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)))
    if imprint.public_url:
        # RFC 8058: it speaks of the address of a page, and of no other.
        headers.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return WayOut(link=ways[0] if ways else "", headers=tuple(headers))


def file_name(beginning: str, recipient: str, mail_id: str) -> str:
    """Return what a file that holds the mail is called: *beginning*, its reader, its id."""
    local = recipient.partition("@")[0]
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", local).strip("-")[:32] or "reader"
    return f"{beginning}-{safe}-{mail_id[:8]}"
