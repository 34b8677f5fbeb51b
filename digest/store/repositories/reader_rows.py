"""Readers as rows of two tables: a subscriber, and what that person asked for."""

from typing import Any

from sqlalchemy import Row, Select, select

from digest.models.subscribers import (
    Cadence,
    Reader,
    Schedule,
    Subscriber,
    SubscriberState,
    Subscription,
)
from digest.store.documents import interests, interests_document
from digest.store.tables import subscribers, subscriptions


def selected() -> Select[*tuple[Any, ...]]:
    """Return the selection that `reader` reads."""
    return select(
        subscribers,
        subscriptions.c.id.label("subscription_id"),
        *(column for column in subscriptions.c if column.name != "id"),
    ).join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)


def reader(row: Row[*tuple[Any, ...]]) -> Reader:
    """Return the reader of a *row* of `selected`."""
    return Reader(
        subscriber=Subscriber(
            id=row.id,
            address=row.address,
            address_hmac=row.address_hmac,
            state=SubscriberState(row.state),
            created_at=row.created_at,
            name=row.name,
            version=row.version,
            confirmed_at=row.confirmed_at,
            paused_until=row.paused_until,
            catch_up=row.catch_up,
        ),
        subscription=Subscription(
            id=row.subscription_id,
            subscriber_id=row.subscriber_id,
            interests=interests(row.interests),
            cadence=Cadence(row.cadence),
            paper_limit=row.paper_limit,
            dial=row.dial,
            schedule=Schedule(send_at=row.send_at, time_zone=row.time_zone, weekdays=row.weekdays),
        ),
    )


def person_record(person: Subscriber) -> dict[str, Any]:
    """Return the row of *person* among the subscribers."""
    return {
        "id": person.id,
        "address": person.address,
        "address_hmac": person.address_hmac,
        "created_at": person.created_at,
        "version": person.version,
    } | person_changes(person)


def person_changes(person: Subscriber) -> dict[str, Any]:
    """Return what a change may write of *person*, but for the version, which only rises."""
    return {
        "state": person.state,
        "name": person.name,
        "confirmed_at": person.confirmed_at,
        "paused_until": person.paused_until,
        "catch_up": person.catch_up,
    }


def wish_record(one: Reader) -> dict[str, Any]:
    """Return the row of the subscription of *one*."""
    wish = one.subscription
    return {"id": wish.id, "subscriber_id": wish.subscriber_id} | wish_changes(one)


def wish_changes(one: Reader) -> dict[str, Any]:
    """Return what a change may write of the subscription of *one*."""
    wish = one.subscription
    return {
        "interests": interests_document(wish.interests),
        "cadence": wish.cadence,
        "paper_limit": wish.paper_limit,
        "dial": wish.dial,
        "send_at": wish.schedule.send_at,
        "time_zone": wish.schedule.time_zone,
        "weekdays": wish.schedule.weekdays,
        "active": one.subscriber.state is SubscriberState.ACTIVE,
    }
