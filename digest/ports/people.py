"""What is known of readers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.subscribers import Reader, Schedule, SubscriberState


class Subscribers(Protocol):
    """Who gets mail, and what they asked for."""

    def add(self, reader: Reader) -> bool:
        """Keep *reader* unless that address is known; return whether it was kept."""

    def by_address(self, address_hmac: str) -> Reader | None: ...

    def by_subscription(self, ids: Collection[str]) -> Mapping[str, Reader]: ...

    def by_id(self, subscriber_id: str) -> Reader | None: ...

    def active(self, *, after: str, limit: int) -> Sequence[Reader]:
        """Return active readers with a subscription id above *after*, in order of it."""

    def schedules(self) -> Sequence[Schedule]:
        """Return each schedule that some active reader has."""

    def waiting(
        self, schedule: Schedule, day: date, *, joined_by: datetime, after: str, limit: int
    ) -> Sequence[Reader]:
        """As `active`, of *schedule* and without a delivery of *day*, who joined by then."""

    def turn(
        self, subscriber_id: str, state: SubscriberState, *, when: Collection[SubscriberState]
    ) -> bool:
        """Put the subscriber in *state* if it is in one of *when*; return whether it was."""

    def count(self) -> int: ...
