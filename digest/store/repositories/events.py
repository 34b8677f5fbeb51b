"""What came back after mails were taken."""

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from digest.models.events import EventKind, MailEvent
from digest.store.columns import indexable
from digest.store.statements import insert_new
from digest.store.tables import events


class SqlEvents:
    """One row for each event of a source, in whatever order they come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def receive(self, event: MailEvent, *, subscriber_id: str) -> bool:
        """Keep *event* unless its source told it before; return whether it was kept."""
        record = {
            "source": event.source,
            "external_id": indexable(event.external_id),
            "kind": event.kind,
            "mail_id": event.mail_id,
            "subscriber_id": subscriber_id,
            "at": event.at,
            "status": event.status,
        }
        return bool(insert_new(self._connection, events, [record], returning=events.c.source))

    def hard_since(self, subscriber_id: str, since: datetime) -> int:
        """Return how many mails bounced hard since then, whoever told of it and how often."""
        statement = _counted(subscriber_id, EventKind.HARD).where(events.c.at >= since)
        return self._connection.scalar(statement) or 0

    def soft_in_a_row(self, subscriber_id: str) -> int:
        """Return how many mails bounced softly after the last delivery that was told of."""
        delivered = self._connection.scalar(
            select(func.max(events.c.at)).where(
                events.c.subscriber_id == subscriber_id, events.c.kind == EventKind.DELIVERED
            )
        )
        statement = _counted(subscriber_id, EventKind.SOFT)
        if delivered is not None:
            statement = statement.where(events.c.at > delivered)
        return self._connection.scalar(statement) or 0


def _counted(subscriber_id: str, kind: EventKind) -> Select[int]:
    return select(func.count(events.c.mail_id.distinct())).where(
        events.c.subscriber_id == subscriber_id, events.c.kind == kind
    )
