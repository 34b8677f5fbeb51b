"""Every implementation of `Consents`, held to one contract."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.models.consent import Act, Consent
from digest.ports import Store
from digest.store.sql import SqlStore
from tests.factories import NOON, make_reader


@pytest.fixture(autouse=True)
def _readers(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add_many([make_reader("ada"), make_reader("bo")])


def act(what: Act = Act.ASKED, *, name: str = "ada", minutes: int = 0, **evidence: str) -> Consent:
    return Consent(
        subscriber_id=f"subscriber-{name}",
        at=NOON + timedelta(minutes=minutes),
        act=what,
        source="page",
        wording="2026-11",
        evidence=evidence,
    )


def test_acts_come_back_as_told_in_the_order_they_were(store: Store) -> None:
    acts = [
        act(Act.ASKED, submission="1", network="\u0142"),
        # Told later, though its clock was behind.
        act(Act.CONFIRMED, minutes=-5),
        act(Act.CHANGED),
        act(Act.CHANGED),
    ]
    with store.begin() as work:
        work.consents.log([*acts[:2], act(name="bo")])
        work.consents.log(acts[2:])
        work.consents.log([])

    with store.read() as work:
        assert list(work.consents.of("subscriber-ada")) == acts
        assert list(work.consents.of("nobody")) == []


def test_many_acts_are_logged_at_once(store: Store) -> None:
    with store.begin() as work:
        work.consents.log(act(minutes=number) for number in range(2_500))

    with store.read() as work:
        minutes = [each.at - NOON for each in work.consents.of("subscriber-ada")]
    assert minutes == [timedelta(minutes=number) for number in range(2_500)]


def test_an_act_of_nobody_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as work:
        work.consents.log([act(name="nobody")])


def test_the_database_refuses_to_change_an_act(database: SqlStore, url: str) -> None:
    with database.begin() as work:
        work.subscribers.add(make_reader("cleo"))
        work.consents.log([act(name="cleo")])

    engine = create_engine(url)
    with (
        pytest.raises(DBAPIError, match="a consent is never changed"),
        engine.begin() as connection,
    ):
        connection.execute(text("UPDATE consents SET source = 'other'"))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM consents"))
    engine.dispose()
