"""What we need from outside, on one page; the adapters know how.

A block of `Store.begin()` is one transaction: it ends well and is kept, or raises and is
undone. Nobody calls a commit, and none is open while we talk to a network.
"""

from digest.ports.outside import AuthorDirectory, Clock, Details, Mailer, Source, Tokens
from digest.ports.papers import Notebook, Papers, Turns, Visits
from digest.ports.people import Subscribers
from digest.ports.sending import Deliveries, Issues
from digest.ports.store import Store, Work

__all__ = [
    "AuthorDirectory",
    "Clock",
    "Deliveries",
    "Details",
    "Issues",
    "Mailer",
    "Notebook",
    "Papers",
    "Source",
    "Store",
    "Subscribers",
    "Tokens",
    "Turns",
    "Visits",
    "Work",
]
