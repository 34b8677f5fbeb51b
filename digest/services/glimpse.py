"""Show somebody we do not know what their issue would be, and keep nothing of it."""

from datetime import datetime

from digest.models.interests import Interest
from digest.models.issues import Issue
from digest.models.subscribers import Reader, Subscriber, SubscriberState, Subscription
from digest.ports import Store
from digest.services.plan import Morning, compose, read_shelf

NOBODY = "nobody"
"""The id of a reader whom no store knows."""


def glimpse(
    interest: Interest, morning: Morning, *, papers: int, store: Store, now: datetime
) -> Issue:
    """Return the issue of that *morning*, of at most so many *papers*, for an *interest*.

    It has no picks where nothing was listed, or nothing was close enough.
    """
    reader = Reader(
        subscriber=Subscriber(
            id=NOBODY, address="", address_hmac="", state=SubscriberState.PENDING, created_at=now
        ),
        subscription=Subscription(
            id=NOBODY, subscriber_id=NOBODY, interests=(interest,), paper_limit=papers
        ),
    )
    with store.read() as work:
        shelf = read_shelf([reader], morning, work=work)
    [(issue, _choice)] = compose([reader], morning, shelf, now=now)
    return issue
