"""Random work under two fences: nothing is lost or doubled, and every implementation agrees."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from digest.models.deliveries import Claim, Delivery, DeliveryState, Outcome
from digest.models.subscribers import SubscriberState
from digest.ports import Deliveries, Store
from digest.store.sql import SqlStore
from tests.factories import DAY, NOON, make_reader
from tests.fakes import MemoryStore
from tests.store.databases import emptied, fresh_sqlite

State = DeliveryState
Answer = TypeVar("Answer")

IDS = [f"{number}" for number in range(6)]
SOME_IDS = st.lists(st.sampled_from(IDS), max_size=6)
FENCES = st.sampled_from(["f", "g"])
NEXT_DAY = DAY + timedelta(days=1)
DAYS = st.sampled_from([DAY, NEXT_DAY])
MINUTES = st.integers(min_value=-1, max_value=3).map(lambda count: timedelta(minutes=count))
FIRST_STATES = st.sampled_from([State.PLANNED] * 5 + [State.EMPTY, State.RENDER_FAILED])


class Sending(RuleBasedStateMachine):
    """Two workers, a planner and a sweeper, on the memory store and on *real* in step."""

    real: Callable[[Path], Store]

    def __init__(self) -> None:
        super().__init__()
        self._exits = ExitStack()
        folder = Path(self._exits.enter_context(TemporaryDirectory()))
        self._stores: Sequence[Store] = (MemoryStore(), type(self).real(folder))
        for store in self._stores:
            self._exits.callback(store.close)
            with store.begin() as work:
                work.subscribers.add(make_reader("ada"))
                work.subscribers.add(make_reader("pia", state=SubscriberState.PAUSED))
        self._now = NOON
        self._on_wire: dict[str, str] = {}
        self._sent: set[str] = set()

    def teardown(self) -> None:
        self._exits.close()

    def both(self, work_of: Callable[[Deliveries], Answer]) -> Answer:
        """Do it in a block of each store; the answers must be one."""
        answers = []
        for store in self._stores:
            with store.begin() as work:
                answers.append(work_of(work.deliveries))
        assert answers[0] == answers[1]
        return answers[0]

    @rule(ids=SOME_IDS, day=DAYS, state=FIRST_STATES)
    def plan(self, ids: list[str], day: date, state: DeliveryState) -> None:
        deliveries = [
            Delivery(
                id=id_,
                subscription_id="subscription-pia" if id_ == "5" else "subscription-ada",
                day=day,
                state=state,
            )
            for id_ in ids
        ]
        self.both(lambda work: work.plan(deliveries))

    @rule(
        fence=FENCES,
        day=DAYS,
        lease=MINUTES,
        limit=st.integers(min_value=1, max_value=6),
        only=st.none() | SOME_IDS,
    )
    def claim(
        self, fence: str, day: date, lease: timedelta, limit: int, only: list[str] | None
    ) -> None:
        held = Claim(fence=fence, at=self._now, lease_until=self._now + lease)
        claimed = self.both(lambda work: work.claim(day, held, limit=limit, only=only))
        assert len(claimed) <= limit

    @rule(fence=FENCES, ids=SOME_IDS)
    def gate(self, fence: str, ids: list[str]) -> None:
        passed = self.both(lambda work: work.gate(ids, fence=fence))
        for delivery in passed:
            assert delivery.id != "5", "a paused reader passed the gate"
            assert self._on_wire.setdefault(delivery.id, fence) == fence

    @rule(fence=FENCES, ids=SOME_IDS, state=st.sampled_from(sorted(State)), wait=MINUTES)
    def settle(self, fence: str, ids: list[str], state: DeliveryState, wait: timedelta) -> None:
        retry_at = self._now + wait if state == State.DEFERRED else None
        outcomes = [
            Outcome(delivery_id=id_, state=state, reason=f"as {state}", retry_at=retry_at)
            for id_ in ids
        ]
        self.both(lambda work: work.settle(outcomes, fence=fence))

    @rule(name=st.sampled_from(["ada", "pia"]))
    def suppress(self, name: str) -> None:
        self.both(lambda work: work.suppress(f"subscription-{name}", reason="they left"))

    @rule(fence=FENCES)
    def release(self, fence: str) -> None:
        self.both(lambda work: work.release(fence=fence))

    @rule(passed=MINUTES, idempotent=st.booleans())
    def sweep(self, passed: timedelta, *, idempotent: bool) -> None:
        self._now += max(passed, timedelta(0))
        self.both(lambda work: work.sweep(self._now, idempotent=idempotent))

    @invariant()
    def every_candidate_is_counted(self) -> None:
        accounts = self.both(lambda work: [work.account(day) for day in (DAY, NEXT_DAY)])
        assert all(account.adds_up for account in accounts)

    @invariant()
    def both_tell_the_same(self) -> None:
        found = self.both(lambda work: [*work.of_day(DAY), *work.of_day(NEXT_DAY)])
        states = {delivery.id: delivery.state for delivery in found}
        assert len(states) == len(found)
        assert {states[id_] for id_ in self._sent} <= {State.SENT}
        self._sent |= {id_ for id_, state in states.items() if state == State.SENT}
        on_wire = {id_ for id_, state in states.items() if state == State.ON_WIRE}
        self._on_wire = {id_: f for id_, f in self._on_wire.items() if id_ in on_wire}


EXAMPLES = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def test_memory_and_sqlite_agree_step_by_step() -> None:
    class OnSqlite(Sending):
        real = staticmethod(lambda folder: SqlStore(fresh_sqlite(folder)))

    run_state_machine_as_test(OnSqlite, settings=EXAMPLES)


def test_memory_and_postgresql_agree_step_by_step(request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue("postgresql")

    class OnPostgresql(Sending):
        @staticmethod
        def real(_folder: Path) -> Store:
            emptied(url)
            return SqlStore(url)

    run_state_machine_as_test(OnPostgresql, settings=EXAMPLES)
