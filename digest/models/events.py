"""What comes back after a mail was taken: one vocabulary, whoever tells it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class EventKind(StrEnum):
    """What happened to a mail.

    HARD says that the address takes no mail, SOFT that it took none this time, POLICY that
    we were refused and not the reader, COMPLAINT that the reader called it spam.
    """

    DELIVERED = "delivered"
    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """One event: *external_id* tells a second copy of it from *source*.

    *mail_id* is the id of the delivery or the letter it is about: never an address, which
    anybody could write into a report. *status* is the RFC 3463 code where there is one.
    """

    source: str
    external_id: str
    kind: EventKind
    mail_id: str
    at: datetime
    status: str = ""


HARD_REPEATS, HARD_WINDOW = 2, timedelta(days=30)
"""How many mails have to bounce hard within what time, where one alone is no proof."""

SOFT_REPEATS = 5
"""Mails in a row that bounced softly, none delivered between them, after which it is gone."""

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_GONE = re.compile(r"5\.1\.\d+|5\.2\.1")
# x.7.z is policy; x.1.7 and x.1.8 say that the sender's address is bad, and that is ours.
_OURS = re.compile(r"[45]\.(?:7\.\d+|1\.[78])")
# A full mailbox is emptied, and what cannot be routed is mostly a name server that is ill.
_PASSES = frozenset({"5.2.2", "5.4.4"})


def is_gone(status: str) -> bool:
    """Return whether one hard bounce of that *status* is proof that there is no such mailbox."""
    return bool(_GONE.fullmatch(status))


def kind_of(status: str) -> EventKind | None:
    """Return what happened to a mail of that RFC 3463 *status*; None where it is no status."""
    if not _STATUS.fullmatch(status):
        return None
    if _OURS.fullmatch(status):
        return EventKind.POLICY
    if status.startswith("2"):
        return EventKind.DELIVERED
    if status.startswith("4") or status in _PASSES:
        return EventKind.SOFT
    return EventKind.HARD
