"""Taking people out: who asks to be erased, and who never confirmed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, exists, select, update

from digest.models.consent import Act
from digest.models.subscribers import Reader, Subscriber, SubscriberState, Subscription
from digest.store.documents import picks_document
from digest.store.repositories.reader_rows import person_changes, wish_changes
from digest.store.statements import chunks
from digest.store.tables import (
    consents,
    deliveries,
    events,
    feedbacks,
    issues,
    letters,
    picks,
    signups,
    subscribers,
    subscriptions,
)

NEVER_MORE_THAN_PENDING = (Act.ASKED, Act.IMPORTED)
"""What may have been done about somebody who was never anything but PENDING."""


class SqlForgetting:
    """What is left of people: the record that there was somebody, or nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def erase(self, subscriber_id: str) -> bool:
        """Forget all that is theirs, and leave an ERASED row; return whether there was anybody.

        Consents, events and deliveries stay: they tell of acts and days, and hold no wish.
        """
        row = self._connection.execute(
            select(subscribers.c.address_hmac, subscribers.c.created_at)
            .where(subscribers.c.id == subscriber_id, subscribers.c.state != SubscriberState.ERASED)
            .with_for_update()
        ).first()
        if row is None:
            return False
        self._forget_post([subscriber_id], [row.address_hmac])
        wishes = select(subscriptions.c.id).where(subscriptions.c.subscriber_id == subscriber_id)
        for table in (feedbacks, picks):
            said = table.c.subscription_id.in_(wishes)
            self._connection.execute(delete(table).where(said))
        # Their rows stay, for deliveries refer to them; why each paper was picked goes.
        blank = update(issues).where(issues.c.subscription_id.in_(wishes))
        self._connection.execute(blank.values(picks=picks_document(()), matching=0))
        nobody = _nobody(subscriber_id, row.created_at)
        self._connection.execute(
            update(subscribers)
            .where(subscribers.c.id == subscriber_id)
            .values(
                address="",
                address_hmac=nobody.subscriber.address_hmac,
                version=subscribers.c.version + 1,
                **person_changes(nobody.subscriber),
            )
        )
        changes = wish_changes(nobody)
        # Which of two subscriptions a delivery was for stays known.
        del changes["cadence"]
        mine = subscriptions.c.subscriber_id == subscriber_id
        self._connection.execute(update(subscriptions).where(mine).values(changes))
        return True

    def forget(self, *, created_before: datetime, limit: int) -> int:
        """Delete up to *limit* PENDING subscribers made before then; return how many.

        With them goes all that is about them alone. Who asked again since then, and who was
        ever anything but PENDING, stays.
        """
        people = self._connection.execute(_never_confirmed(created_before).limit(limit)).all()
        for chunk in chunks(people):
            ids = [person.id for person in chunk]
            self._forget_post(ids, [person.address_hmac for person in chunk])
            for table in (consents, events, subscriptions):
                about = table.c.subscriber_id.in_(ids)
                self._connection.execute(delete(table).where(about))
            self._connection.execute(delete(subscribers).where(subscribers.c.id.in_(ids)))
        return len(people)

    def _forget_post(self, ids: Sequence[str], hmacs: Sequence[str]) -> None:
        """Delete the letters to those people, and what forms sent in about them."""
        self._connection.execute(delete(letters).where(letters.c.subscriber_id.in_(ids)))
        # One by one, for SQLite walks over all sign-ups where it may choose between columns.
        for about in (
            signups.c.subscriber_id.in_(ids),
            signups.c.mover_id.in_(ids),
            signups.c.address_hmac.in_(hmacs),
        ):
            self._connection.execute(delete(signups).where(about))


def _nobody(subscriber_id: str, created_at: datetime) -> Reader:
    """Return what is kept of somebody who is erased."""
    return Reader(
        subscriber=Subscriber(
            id=subscriber_id,
            address="",
            # No HMAC looks like this, and none can be looked up by it.
            address_hmac=f"erased:{subscriber_id}",
            state=SubscriberState.ERASED,
            created_at=created_at,
        ),
        subscription=Subscription(id="", subscriber_id=subscriber_id, interests=()),
    )


def _never_confirmed(created_before: datetime) -> Select[str, str]:
    """Return the selection of those who were asked before then and never answered."""
    person = subscribers.c.id
    wished = subscriptions.c.subscriber_id == person
    return (
        select(person, subscribers.c.address_hmac)
        .where(
            subscribers.c.state == SubscriberState.PENDING,
            subscribers.c.created_at < created_before,
            subscribers.c.confirmed_at.is_(None),
            ~exists().where(
                consents.c.subscriber_id == person, consents.c.act.not_in(NEVER_MORE_THAN_PENDING)
            ),
            ~exists().where(
                signups.c.subscriber_id == person, signups.c.received_at >= created_before
            ),
            *(
                ~exists().where(wished, table.c.subscription_id == subscriptions.c.id)
                for table in (deliveries, issues, feedbacks)
            ),
        )
        .order_by(subscribers.c.created_at, person)
        .with_for_update(skip_locked=True)
    )
