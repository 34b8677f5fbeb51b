"""What comes back after a mail was taken: one vocabulary, whoever tells it."""

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


HARD_AT_ONCE = ("5.1.", "5.2.1")
"""Statuses by which an address is gone; of other hard ones it takes HARD_REPEATS."""

HARD_REPEATS, HARD_WINDOW = 2, timedelta(days=30)
SOFT_REPEATS = 5
"""Soft bounces in a row, without a delivery between them, after which an address is gone."""
