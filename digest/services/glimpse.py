"""Show somebody we do not know what their issue would be, and keep nothing of it."""

from collections.abc import Sequence

from digest.models.interests import Interest
from digest.models.papers import Paper
from digest.models.subscribers import Subscription
from digest.ports import Store
from digest.ranking.selection import Choice, choose
from digest.services.plan import Morning

NOBODY = "nobody"
"""The id of a reader whom no store knows, and whom nothing was sent before."""


def glimpse(interest: Interest, morning: Morning, *, papers: int, store: Store) -> Choice:
    """Return what somebody with that *interest* would get on the *morning*, at most so much.

    Its seeds are arXiv ids. There are no picks where nothing was listed, or was close enough.
    """
    seeds: Sequence[Paper] = ()
    if interest.seeds:
        with store.read() as work:
            seeds = work.papers.sharing([f"arxiv:{seed.lower()}" for seed in interest.seeds])
    subscription = Subscription(
        id=NOBODY, subscriber_id=NOBODY, interests=(interest,), paper_limit=papers
    )
    [choice] = choose([subscription], morning.pool, seeds=seeds)
    return choice
