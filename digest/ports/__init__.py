"""What we need from outside, on one page; the adapters know how.

A block of `Store.begin()` is one transaction: it ends well and is kept, or raises and is
undone. Nobody calls a commit, and none is open while we talk to a network.
"""

from digest.ports.outside import AuthorDirectory, Clock, Details, Mailer, Source, Tokens
from digest.ports.papers import Notebook, Papers, Turns, Visits
from digest.ports.people import (
    Consents,
    Events,
    Feedbacks,
    Forms,
    Letters,
    Signups,
    Subscribers,
    Suppressions,
)
from digest.ports.sending import Deliveries, Issues
from digest.ports.store import Store, Work

__all__ = [
    "AuthorDirectory",
    "Clock",
    "Consents",
    "Deliveries",
    "Details",
    "Events",
    "Feedbacks",
    "Forms",
    "Issues",
    "Letters",
    "Mailer",
    "Notebook",
    "Papers",
    "Signups",
    "Source",
    "Store",
    "Subscribers",
    "Suppressions",
    "Tokens",
    "Turns",
    "Visits",
    "Work",
]
