"""More, less, save: what a reader says of a paper they were sent, and how it is taken back."""

from dataclasses import dataclass

from digest.errors import LinkExpired
from digest.models.feedback import Feedback, Verdict
from digest.models.papers import Paper
from digest.models.subscribers import Reader
from digest.ports import Clock, Store, Work

OPPOSITE = {Verdict.MORE: Verdict.LESS, Verdict.LESS: Verdict.MORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a *reader* says of a *paper* by now."""

    reader: Reader
    paper: Paper
    verdicts: frozenset[Verdict]


def opinion(issue_id: str, rank: int, *, store: Store) -> Opinion:
    """Return what was said of the paper at *rank* of that issue; raise LinkExpired."""
    with store.read() as work:
        return _opinion(issue_id, rank, work)


def say(issue_id: str, rank: int, verdict: Verdict, *, store: Store, clock: Clock) -> Opinion:
    """Note *verdict* of that paper; of more and less the later one holds. Raise LinkExpired."""
    with store.begin() as work:
        before = _opinion(issue_id, rank, work)
        subscription_id, paper_id = before.reader.subscription.id, before.paper.id
        if verdict in OPPOSITE:
            work.feedbacks.take_back(subscription_id, paper_id, OPPOSITE[verdict])
        if verdict not in before.verdicts:
            work.feedbacks.give(
                Feedback(
                    subscription_id=subscription_id,
                    paper_id=paper_id,
                    verdict=verdict,
                    at=clock.now(),
                )
            )
        return _opinion(issue_id, rank, work)


def unsay(issue_id: str, rank: int, verdict: Verdict, *, store: Store) -> Opinion:
    """Take *verdict* back, as if it had never been given. Raise LinkExpired."""
    with store.begin() as work:
        before = _opinion(issue_id, rank, work)
        work.feedbacks.take_back(before.reader.subscription.id, before.paper.id, verdict)
        return _opinion(issue_id, rank, work)


def take_back(reader: Reader, paper_id: str, verdict: Verdict, *, store: Store) -> bool:
    """Take back what *reader* said of that paper; return whether they had said it."""
    with store.begin() as work:
        return work.feedbacks.take_back(reader.subscription.id, paper_id, verdict)


def reset(reader: Reader, *, store: Store) -> int:
    """Forget all that *reader* said of papers; return how much that was."""
    with store.begin() as work:
        return work.feedbacks.reset(reader.subscription.id)


def _opinion(issue_id: str, rank: int, work: Work) -> Opinion:
    issue = work.issues.get([issue_id]).get(issue_id)
    picks = {pick.rank: pick for pick in issue.picks} if issue else {}
    pick = picks.get(rank)
    readers = work.subscribers.by_subscription([issue.subscription_id]) if issue else {}
    reader = readers.get(issue.subscription_id) if issue else None
    if pick is None or reader is None:
        raise LinkExpired("The issue that this link came with is not kept any more.")
    said = work.feedbacks.of([reader.subscription.id]).get(reader.subscription.id, ())
    return Opinion(
        reader=reader,
        paper=pick.paper,
        verdicts=frozenset(one.verdict for one in said if one.paper_id == pick.paper.id),
    )
