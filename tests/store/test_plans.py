"""No statement of a hot path walks a whole big table."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from digest.models.deliveries import Claim, Delivery, DeliveryState, Outcome
from digest.models.subscribers import Schedule, SubscriberState
from digest.ports import Work
from digest.store.sql import SqlStore
from tests.factories import DAY, NOON, make_issue, make_paper, make_reader, make_sighting
from tests.store.databases import fresh_sqlite

Statement = tuple[Any, str, Any]


@pytest.fixture
def said() -> Iterator[list[Statement]]:
    """Every statement that was executed."""
    statements: list[Statement] = []

    def hear(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((connection, statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    yield statements
    event.remove(Engine, "before_cursor_execute", hear)


def test_no_hot_statement_walks_a_whole_table(tmp_path: Path, said: list[Statement]) -> None:
    store = SqlStore(fresh_sqlite(tmp_path))
    plans: dict[str, list[str]] = {}
    with store.begin() as work:
        said.clear()
        everything_hot(work)
        for connection, statement, parameters in list(said):
            if re.match("SELECT|INSERT|UPDATE|DELETE|WITH", statement):
                first = parameters[0] if isinstance(parameters, list) else parameters
                explained = connection.connection.driver_connection.execute(
                    f"EXPLAIN QUERY PLAN {statement}", first
                )
                plans[statement] = [row[3] for row in explained]
    store.close()

    assert len(plans) > 25
    walked = [
        (statement, step)
        for statement, steps in plans.items()
        for step in steps
        if re.match(r"SCAN (?!taken|over|keyring|alembic_version)", step)
    ]
    assert walked == []


def everything_hot(work: Work) -> None:
    """Use all of *work* but what is meant to read a whole table: archive, authors and counts."""
    reader, paper = make_reader("ada"), make_paper("Paper number 1")
    claim = Claim(fence="f", at=NOON, lease_until=NOON)
    delivery = Delivery(
        id="d",
        subscription_id="subscription-ada",
        day=DAY,
        state=DeliveryState.PLANNED,
        issue_id=make_issue().id,
    )
    work.papers.keep([paper])
    work.papers.see([make_sighting(paper)])
    work.papers.sharing(["title:x", "doi:y"])
    work.papers.get(["a", "b"])
    work.papers.listed(DAY - timedelta(days=7), DAY)
    work.papers.sightings(["a", "b"], until=DAY)
    work.subscribers.add(reader)
    work.subscribers.by_address("x")
    work.subscribers.by_subscription(["a", "b"])
    work.subscribers.active(after="", limit=10)
    work.subscribers.by_id("x")
    work.subscribers.waiting(Schedule(), DAY, joined_by=NOON, after="", limit=10)
    work.subscribers.turn("x", SubscriberState.PAUSED, when=[SubscriberState.ACTIVE])
    work.issues.add([make_issue()])
    work.issues.get(["a", "b"])
    work.issues.numbers(["a", "b"])
    work.issues.picked(["a", "b"], ["x", "y"])
    work.deliveries.known(["a", "b"])
    work.deliveries.plan([delivery])
    work.deliveries.claim(DAY, claim, limit=5, only=None)
    work.deliveries.claim(DAY, claim, limit=5, only=["a", "b"])
    work.deliveries.gate(["d", "e"], fence="f")
    work.deliveries.settle([Outcome(delivery_id="d", state=DeliveryState.SENT)], fence="f")
    work.deliveries.release(fence="f")
    work.deliveries.suppress("subscription-ada", reason="they left")
    work.deliveries.sweep(NOON, idempotent=False)
    work.deliveries.sweep(NOON, idempotent=True)
    work.deliveries.account(DAY)
    work.deliveries.of_day(DAY)
