"""What readers say of papers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from digest.models.feedback import Feedback, Verdict
from digest.store.repositories.aliases import held, moved
from digest.store.statements import chunks, insert_missing
from digest.store.tables import feedbacks


class SqlFeedbacks:
    """One row for each verdict, with the paper by the id it has today."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def give(self, feedback: Feedback) -> None:
        """Keep *feedback*; of one that was given before, the first time stays."""
        today = held(self._connection, [feedback.paper_id])
        record = {
            "subscription_id": feedback.subscription_id,
            "paper_id": today.get(feedback.paper_id, feedback.paper_id),
            "verdict": feedback.verdict,
            "at": feedback.at,
        }
        insert_missing(self._connection, feedbacks, [record])

    def take_back(self, subscription_id: str, paper_id: str, verdict: Verdict) -> bool:
        """Forget that verdict; return whether it was given."""
        today = moved(self._connection, [paper_id])
        statement = delete(feedbacks).where(
            feedbacks.c.subscription_id == subscription_id,
            feedbacks.c.paper_id == today.get(paper_id, paper_id),
            feedbacks.c.verdict == verdict,
        )
        return self._connection.execute(statement).rowcount > 0

    def of(self, subscription_ids: Collection[str]) -> Mapping[str, Sequence[Feedback]]:
        """Return what each has said, oldest first."""
        found = defaultdict[str, list[Feedback]](list)
        for chunk in chunks(set(subscription_ids)):
            statement = (
                select(feedbacks)
                .where(feedbacks.c.subscription_id.in_(chunk))
                .order_by(feedbacks.c.at, feedbacks.c.paper_id, feedbacks.c.verdict)
            )
            for row in self._connection.execute(statement):
                said = Feedback(
                    subscription_id=row.subscription_id,
                    paper_id=row.paper_id,
                    verdict=Verdict(row.verdict),
                    at=row.at,
                )
                found[row.subscription_id].append(said)
        return dict(found)

    def reset(self, subscription_id: str) -> int:
        """Forget all that it said; return how much that was."""
        statement = delete(feedbacks).where(feedbacks.c.subscription_id == subscription_id)
        return self._connection.execute(statement).rowcount
