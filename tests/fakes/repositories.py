"""Issues and deliveries of the memory store: what the real ones must agree with."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.models.deliveries import NEXT, Account, Claim, Delivery, DeliveryState, Outcome
from digest.models.issues import Issue, Pick
from digest.models.subscribers import SubscriberState
from tests.fakes.tables import Row, State, Tables, among, storable, utc


class MemoryIssues:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            self._tables.issues.setdefault(issue.id, storable(issue))
            papers = {("papers", self._tables.today(pick.paper.id)) for pick in issue.picks}
            self._tables.references |= papers | {("readers", issue.subscription_id)}

    def get(self, ids: Collection[str]) -> Mapping[str, Issue]:
        return {
            id_: replace(issue, picks=tuple(self._joined(pick) for pick in issue.picks))
            for id_, issue in among(self._tables.issues, ids).items()
        }

    def _joined(self, pick: Pick) -> Pick:
        return replace(pick, paper=self._tables.papers[self._tables.today(pick.paper.id)])

    def numbers(self, subscription_ids: Collection[str]) -> Mapping[str, int]:
        numbers: dict[str, int] = {}
        for issue in self._tables.issues.values():
            if issue.subscription_id in subscription_ids:
                known = numbers.get(issue.subscription_id, issue.number)
                numbers[issue.subscription_id] = max(known, issue.number)
        return numbers

    def picked(
        self, subscription_ids: Collection[str], paper_ids: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        unsent = {State.FAILED, State.SUPPRESSED, State.RENDER_FAILED}
        picked: dict[str, set[str]] = {id_: set() for id_ in subscription_ids}
        for row in self._tables.rows.values():
            issue = self._tables.issues.get(row.delivery.issue_id or "")
            if issue and row.state not in unsent and issue.subscription_id in picked:
                papers = {self._tables.today(pick.paper.id) for pick in issue.picks}
                picked[issue.subscription_id] |= {
                    id_ for id_ in paper_ids if self._tables.today(id_) in papers
                }
        return {id_: frozenset(papers) for id_, papers in picked.items()}


class MemoryDeliveries:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def known(self, ids: Collection[str]) -> frozenset[str]:
        return frozenset(among(self._tables.rows, ids))

    def plan(self, deliveries: Iterable[Delivery]) -> frozenset[str]:
        inserted = set()
        for delivery in deliveries:
            if delivery.state not in _PLANNABLE:
                raise ValueError(f"nothing is planned as {delivery.state}")
            if delivery.id not in self._tables.rows:
                self._tables.rows[delivery.id] = Row(delivery=storable(delivery))
                self._tables.candidates[delivery.day] += 1
                inserted.add(delivery.id)
                self._tables.references.add(("readers", delivery.subscription_id))
                if delivery.issue_id:
                    self._tables.references.add(("issues", delivery.issue_id))
        return frozenset(inserted)

    def claim(
        self, day: date, claim: Claim, *, limit: int, only: Collection[str] | None
    ) -> Sequence[Delivery]:
        lease_until = utc(claim.lease_until)
        ready = [
            row
            for id_, row in sorted(self._tables.rows.items())
            if row.delivery.day == day
            and (row.state == State.PLANNED or _ripe(row, claim))
            and (only is None or id_ in only)
        ][:limit]
        for row in ready:
            tried = replace(row.delivery, attempts=row.delivery.attempts + 1)
            held = replace(row, delivery=tried, fence=claim.fence, lease_until=lease_until)
            self._tables.rows[row.delivery.id] = held.turned(State.CLAIMED)
        return [self._tables.rows[row.delivery.id].delivery for row in ready]

    def gate(self, ids: Collection[str], *, fence: str) -> Sequence[Delivery]:
        for row in self._held(ids, fence, State.CLAIMED):
            reader = self._tables.readers[row.delivery.subscription_id].subscriber
            active = reader.state == SubscriberState.ACTIVE
            self._tables.rows[row.delivery.id] = (
                row.turned(State.ON_WIRE)
                if active
                else row.turned(State.SUPPRESSED, f"the reader is {reader.state}")
            )
        return [row.delivery for row in self._held(ids, fence, State.ON_WIRE)]

    def settle(self, outcomes: Iterable[Outcome], *, fence: str) -> int:
        settled = 0
        for outcome in outcomes:
            for row in self._held([outcome.delivery_id], fence, *_SETTLED):
                if outcome.state in NEXT[row.state] and outcome.state not in _TAKEN:
                    reason = storable(outcome.reason)
                    turned = row.turned(outcome.state, reason)
                    retry_at = outcome.retry_at and utc(outcome.retry_at)
                    self._tables.rows[row.delivery.id] = replace(turned, retry_at=retry_at)
                    settled += 1
        return settled

    def suppress(self, subscription_id: str, *, reason: str) -> int:
        waiting = [
            row
            for row in self._tables.rows.values()
            if row.delivery.subscription_id == subscription_id
            and row.state in {State.PLANNED, State.CLAIMED, State.DEFERRED}
        ]
        for row in waiting:
            self._tables.rows[row.delivery.id] = row.turned(State.SUPPRESSED, storable(reason))
        return len(waiting)

    def release(self, *, fence: str) -> int:
        claimed = self._held(self._tables.rows, fence, State.CLAIMED)
        for row in claimed:
            self._tables.rows[row.delivery.id] = row.turned(State.PLANNED)
        return len(claimed)

    def sweep(self, now: datetime, *, idempotent: bool) -> Mapping[DeliveryState, int]:
        after_wire = State.PLANNED if idempotent else State.UNCERTAIN
        swept: Counter[DeliveryState] = Counter()
        for id_, row in list(self._tables.rows.items()):
            if row.lease_until and row.lease_until <= utc(now):
                state = State.PLANNED if row.state == State.CLAIMED else after_wire
                reason = "the lease ended on the wire" if state == State.UNCERTAIN else None
                self._tables.rows[id_] = row.turned(state, reason)
                swept[state] += 1
        return swept

    def account(self, day: date) -> Account:
        return Account(
            day=day,
            candidates=self._tables.candidates[day],
            states=Counter(delivery.state for delivery in self.of_day(day)),
        )

    def of_day(self, day: date) -> Sequence[Delivery]:
        rows = sorted(self._tables.rows.items())
        return [row.delivery for _, row in rows if row.delivery.day == day]

    def of_subscription(self, subscription_id: str) -> Sequence[Delivery]:
        rows = sorted(self._tables.rows.items())
        mine = [row.delivery for _, row in rows if row.delivery.subscription_id == subscription_id]
        return sorted(mine, key=lambda each: each.day, reverse=True)

    def subscription(self, delivery_id: str) -> str | None:
        row = self._tables.rows.get(delivery_id)
        return row.delivery.subscription_id if row else None

    def _held(self, ids: Iterable[str], fence: str, *states: DeliveryState) -> list[Row]:
        rows = (self._tables.rows[id_] for id_ in sorted(set(ids)) if id_ in self._tables.rows)
        return [row for row in rows if row.fence == fence and row.state in states]


_PLANNABLE = frozenset({State.PLANNED, State.EMPTY, State.SUPPRESSED, State.RENDER_FAILED})
_SETTLED = (State.CLAIMED, State.ON_WIRE, State.UNCERTAIN)
_TAKEN = frozenset({State.CLAIMED, State.ON_WIRE})


def _ripe(row: Row, claim: Claim) -> bool:
    return row.state == State.DEFERRED and row.retry_at is not None and row.retry_at <= claim.at
