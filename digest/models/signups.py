"""Signing up: what came in from a form, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRM_WITHIN = timedelta(hours=48)
"""How long the link that confirms is good."""

FORGET_AFTER = timedelta(days=7)
"""When somebody who never confirmed is forgotten."""

REMEMBER_SUBMISSIONS = timedelta(days=30)
"""How long one submission of one form is known again."""

PAGE = "page"
"""The form that is our own page."""


class FormKind(StrEnum):
    """Who posts to a form's webhook, which decides how it is proved and read."""

    STANDARD = "standard"
    TYPEFORM = "typeform"
    TALLY = "tally"
    WEBFLOW = "webflow"
    FORMSPREE = "formspree"
    JOTFORM = "jotform"
    GOOGLE = "google"
    BEARER = "bearer"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSecret:
    """One secret of a form; after a rotation the one before is good until *retires_at*."""

    secret: str
    created_at: datetime
    retires_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A sign-up form elsewhere, by its *name*.

    *fields* says which field of the vendor's holds what (email, interests, time_zone, name);
    what is not named is looked for by the usual names. *origins* are the sites whose pages
    may post to it by script. *confirmed* says that its people have confirmed already, as
    *evidence* tells: nobody else skips the confirmation.
    """

    name: str
    kind: FormKind
    secrets: tuple[FormSecret, ...]
    created_at: datetime
    fields: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    confirmed: bool = False
    evidence: str = ""


class SignupState(StrEnum):
    """What became of a sign-up. Only MAILED and JOINED say that a mail goes out for it."""

    WAITING = "waiting"
    MAILED = "mailed"
    JOINED = "joined"
    CONFIRMED = "confirmed"
    KNOWN = "known"
    REFUSED = "refused"
    LIMITED = "limited"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """One submission of one form, kept before anything is done about it.

    *address* and the wishes are as they were given; *network* is the HMAC of where the
    request came from (an IPv4 address, or the /64 of an IPv6 one), "" where a vendor's
    server sent it. *external_id* tells a second copy of one submission. *subscriber_id* is
    who asks to be mailed at another address, "" where a newcomer asks.
    """

    id: str
    form: str
    external_id: str
    received_at: datetime
    address: str
    interests: tuple[str, ...] = ()
    time_zone: str = ""
    name: str = ""
    network: str = ""
    wording: str = ""
    subscriber_id: str = ""
    state: SignupState = SignupState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most *count* in *window*; in all time where there is none."""

    count: int
    window: timedelta | None


PER_ADDRESS = (Rate(count=1, window=timedelta(minutes=15)), Rate(count=3, window=timedelta(days=1)))
# In all time that a sign-up is remembered: who never confirms is forgotten after a week.
PER_ADDRESS_UNCONFIRMED = Rate(count=5, window=None)
PER_NETWORK = (Rate(count=5, window=timedelta(minutes=1)), Rate(count=30, window=timedelta(days=1)))
PER_DOMAIN = (Rate(count=60, window=timedelta(minutes=1)),)
"""Confirmation mails that are sent at most, by whom they go to or who asked for them."""

BREAKER_SAMPLE, BREAKER_SHARE = 200, 0.2
"""Of the last so many mails that asked, this share must have been answered before more go out."""
