"""What was agreed to or asked of us: rows are added, and none is ever changed."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from digest.models.consent import Act, Consent
from digest.store.bulk import insert_many
from digest.store.statements import chunks
from digest.store.tables import consents

BULK = 2_000


class SqlConsents:
    """Acts, in the order in which they were told."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def log(self, acts: Iterable[Consent]) -> None:
        """Add *acts* to what is known; raise StoreError where one is of nobody."""
        for chunk in chunks(acts, BULK):
            insert_many(
                self._connection,
                consents,
                [
                    {
                        "subscriber_id": act.subscriber_id,
                        "at": act.at,
                        "act": act.act,
                        "source": act.source,
                        "wording": act.wording,
                        "evidence": dict(act.evidence),
                    }
                    for act in chunk
                ],
            )

    def of(self, subscriber_id: str) -> Sequence[Consent]:
        """Return what that subscriber did, and what was done about them, oldest first."""
        statement = (
            select(consents)
            .where(consents.c.subscriber_id == subscriber_id)
            .order_by(consents.c.number)
        )
        return [
            Consent(
                subscriber_id=row.subscriber_id,
                at=row.at,
                act=Act(row.act),
                source=row.source,
                wording=row.wording,
                evidence=row.evidence,
            )
            for row in self._connection.execute(statement)
        ]
