"""What somebody agreed to or asked of us: written once, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What was done to a subscription, by whoever *source* of the record names."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ADDED = "added"
    IMPORTED = "imported"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    LEFT = "left"
    RETURNED = "returned"
    ADDRESS_ASKED = "address asked"
    ADDRESS_CHANGED = "address changed"
    EXPORTED = "exported"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REMOVED = "removed"
    LIFTED = "lifted"
    ERASED = "erased"


WORDING = "2026-11"
"""Which words somebody agreed to: the consent line of the sign-up page and its confirm mail.

It is raised with them, and docs/web.md keeps what each one said.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One act: *source* is the page, the form, the mail, the provider or the operator.

    *evidence* is what proves it: the form's submission, the network as an HMAC, a token's
    purpose. It never holds an address.
    """

    subscriber_id: str
    at: datetime
    act: Act
    source: str
    wording: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
