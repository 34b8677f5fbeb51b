"""A message that came back → the one event it tells of, if our own signature proves which mail."""

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from digest.errors import LinkInvalid
from digest.links import Links, bounce_tags
from digest.models.events import EventKind, MailEvent
from digest.services.returned.parts import blocks, field, fields, parts
from digest.services.returned.reports import (
    COMPLAINT,
    Said,
    complaint,
    delivery_report,
    mildest,
)

# It logs what it cannot read, with a traceback; we ignore such mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

SOURCE = "mail"
"""What an event that came by mail has as its source."""


def event_of(content: bytes, *, recipient: str, links: Links, now: datetime) -> MailEvent | None:
    """Return what the message *content*, which came *now* to *recipient*, says of a mail of ours.

    None where it says nothing, or proves nothing: the tag that we signed into the return path
    is believed, an address or a Message-ID that anybody can write is not.
    """
    try:
        message = message_from_bytes(content)
        mail_id = _mail_id(message, recipient, links)
        said = _said(message) if mail_id else None
    except Exception:  # noqa: BLE001 - the parsers raise whatever comes, on junk
        return None
    if said is None:
        return None
    kind, status = said
    return MailEvent(
        source=SOURCE,
        # A report's own Message-ID would make news of each copy.
        external_id=f"{mail_id}.{kind}.{status}",
        kind=kind,
        mail_id=mail_id,
        at=now,
        status=status,
    )


def _mail_id(message: Message, recipient: str, links: Links) -> str:
    """Return the id that the first good tag proves, "" where none does."""
    for text in (recipient, *_addresses(message)):
        for tag in bounce_tags(text):
            try:
                return links.bounced(tag)
            except LinkInvalid:
                continue
    return ""


def _addresses(message: Message) -> Iterator[str]:
    """Yield what may hold the address that the mail was to come back to.

    A complaint goes to another one, and has it inside: in a field of the report, or in the
    mail that it returns.
    """
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        yield from fields(message, name)
    for part in parts(message):
        kind = part.get_content_type()
        if kind == COMPLAINT:
            for block in blocks(part):
                yield field(block, "Original-Mail-From")
        elif kind in _RETURNED:
            for block in blocks(part):
                yield from fields(block, "Return-Path")
        elif kind == "text/rfc822-headers":
            yield str(part.get_payload())


_RETURNED = frozenset({"message/rfc822", "message/global"})


def _said(message: Message) -> Said | None:
    complaints = complaint(message)
    if complaints is not None:
        return (complaints[0], "") if complaints else None
    report = delivery_report(message)
    if report is not None:
        return mildest(report)
    return None if _is_reply(message) else _oddly_said(message)


def _is_reply(message: Message) -> bool:
    """Return whether a program answered for somebody who is away; Exim's bounces say so too."""
    answered = field(message, "Auto-Submitted").lower().startswith("auto-replied")
    return answered and "X-Failed-Recipients" not in message


def _oddly_said(message: Message) -> Said | None:
    # Whom it names does not matter, and its status, in prose, is not believed.
    passing, lasting = all_failures(message)
    if not (passing or lasting):
        return None
    # It takes some warnings, of mail that is still being tried, for failures.
    is_hard = lasting and not _WARNING.search(field(message, "Subject"))
    return (EventKind.HARD if is_hard else EventKind.SOFT), ""


_WARNING = re.compile("warning|delay", re.IGNORECASE)
