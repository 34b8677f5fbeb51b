"""What was composed, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.deliveries import Account, Claim, Delivery, DeliveryState, Outcome
from digest.models.issues import Issue


class Issues(Protocol):
    """The issues that were composed."""

    def add(self, issues: Iterable[Issue]) -> None: ...

    def get(self, ids: Collection[str]) -> Mapping[str, Issue]: ...

    def numbers(self, subscription_ids: Collection[str]) -> Mapping[str, int]:
        """Return the highest issue number of each subscription that has one."""

    def picked(
        self, subscription_ids: Collection[str], paper_ids: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return which of *paper_ids* each subscription was already sent, or is to be sent."""


class Deliveries(Protocol):
    """The queue of record: who was sent what, and the account of it."""

    def known(self, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that exist."""

    def plan(self, deliveries: Iterable[Delivery]) -> frozenset[str]:
        """Insert those that do not exist, counting them as candidates; return their ids."""

    def claim(
        self, day: date, claim: Claim, *, limit: int, only: Collection[str] | None
    ) -> Sequence[Delivery]:
        """Take up to *limit* planned deliveries of *day*, of *only* these ids if given."""

    def gate(self, ids: Collection[str], *, fence: str) -> Sequence[Delivery]:
        """Put claimed *ids* of active readers on the wire; the others become suppressed."""

    def settle(self, outcomes: Iterable[Outcome], *, fence: str) -> int:
        """Write what became of deliveries held under *fence*; return how many were."""

    def suppress(self, subscription_id: str, *, reason: str) -> int:
        """Turn what waits for that subscription, and is not on the wire, into suppressed."""

    def release(self, *, fence: str) -> int:
        """Give back what is claimed under *fence* and was never on the wire."""

    def sweep(self, now: datetime, *, idempotent: bool) -> Mapping[DeliveryState, int]:
        """End claims whose lease is over: claimed → planned, on_wire → uncertain.

        With an *idempotent* mailer on_wire → planned too. Return the counts by new state.
        """

    def account(self, day: date) -> Account: ...

    def of_day(self, day: date) -> Sequence[Delivery]: ...

    def of_subscription(self, subscription_id: str) -> Sequence[Delivery]:
        """Return every delivery there ever was for it, the latest day first."""

    def subscription(self, delivery_id: str) -> str | None:
        """Return whose delivery that is, None where there is no such delivery."""
