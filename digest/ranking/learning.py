"""What readers say of papers, made into what they ask for: by arithmetic alone, each time anew.

Nothing that is learned is ever written down: take a verdict back, and the next issue is as
if it had never been given.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from digest.models.feedback import Feedback, Verdict
from digest.models.interests import LEARNED, Interest
from digest.models.subscribers import Subscription
from digest.ranking.asked import wants_something

LATEST = 200
"""Papers of either kind that count, the latest ones: taste moves, and a profile stays small."""


def learned(subscription: Subscription, feedback: Sequence[Feedback]) -> Subscription:
    """Return *subscription* with what its reader said so far in *feedback* taken to heart.

    A paper they wanted more like, or saved, is a seed of what they asked for first; no
    interest is to be like what they wanted less of. Of two opposite verdicts on one paper
    the later holds, and less weighs more than saved.
    """
    if not feedback:
        return subscription
    liked, unliked = _papers(feedback)
    interests = subscription.interests
    first = next((at for at, one in enumerate(interests) if wants_something(one)), None)
    if first is None:
        first = len(interests)
        interests = (*interests, Interest(name=LEARNED))
    return replace(
        subscription,
        interests=tuple(
            replace(
                one,
                seeds=_joined(one.seeds, liked if at == first else ()),
                unlike=_joined(one.unlike, unliked),
            )
            for at, one in enumerate(interests)
        ),
    )


def _papers(feedback: Sequence[Feedback]) -> tuple[Collection[str], Collection[str]]:
    """Return the papers that were liked, and those that were not, the latest last."""
    liked: dict[str, None] = {}
    unliked: dict[str, None] = {}
    # One order whoever keeps them, so that a profile is the same to the last bit.
    for one in sorted(feedback, key=lambda one: (one.at, one.paper_id, one.verdict)):
        wanted, other = (unliked, liked) if one.verdict is Verdict.LESS else (liked, unliked)
        if one.verdict is Verdict.SAVE and one.paper_id in unliked:
            continue
        other.pop(one.paper_id, None)
        wanted.pop(one.paper_id, None)
        wanted[one.paper_id] = None
    return list(liked)[-LATEST:], list(unliked)[-LATEST:]


def _joined(papers: Collection[str], more: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*papers, *more)))
