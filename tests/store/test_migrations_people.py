"""A database from before people had settings keeps everybody in it when it is upgraded."""

from contextlib import closing
from datetime import date, time, timedelta
from typing import Any

import pytest

from digest.models.consent import Act, Consent
from digest.models.papers import AuthorFigures, Byline
from digest.models.subscribers import EVERY_DAY, Schedule, SubscriberState
from digest.models.visits import VisitState
from digest.store.documents import interests_document
from digest.store.engine import file_of, parsed
from digest.store.schema import check, upgrade
from digest.store.sql import SqlStore
from tests.factories import make_reader
from tests.store.test_migrations import DAY, NOON, at_version, of_0001

VIENNA = Schedule(time_zone="Europe/Vienna", send_at=time(6, 30))


def of_0002() -> dict[str, list[dict[str, Any]]]:
    """Return rows as the program wrote them while its tables were of version 0002."""
    rows = of_0001()
    for state in SubscriberState:
        reader = make_reader(state.value)
        rows["subscribers"].append(
            {
                "id": reader.subscriber.id,
                "address": reader.subscriber.address,
                "address_hmac": reader.subscriber.address_hmac,
                "state": state.value,
                "created_at": NOON,
            }
        )
        rows["subscriptions"].append(
            {
                "id": reader.subscription.id,
                "subscriber_id": reader.subscriber.id,
                "interests": interests_document(reader.subscription.interests),
                "cadence": "daily",
                "paper_limit": 10,
                "dial": 0.3,
                "send_at": VIENNA.send_at,
                "time_zone": VIENNA.time_zone,
            }
        )
    rows["bylines"] = [
        {"paper_id": "whales", "position": 1, "author_key": "Ada Okafor", "name": "A. Okafor"}
    ]
    rows["visits"] = [
        {
            "source": "arXiv",
            "day": DAY,
            "asked_at": NOON,
            "state": "complete",
            "papers": 3,
            "complete_at": NOON,
            "failures": 0,
            "message": "",
        }
    ]
    rows["notes"] = [{"key": "arXiv", "note": {"etag": "a"}}]
    return rows


@pytest.fixture
def upgraded(blank_url: str) -> str:
    """A database that was filled at version 0002 and then upgraded, of each kind."""
    if path := file_of(parsed(blank_url)):
        path.parent.mkdir()
        path.touch()
    at_version(blank_url, "0002", of_0002())
    upgrade(blank_url)
    return blank_url


def waiting(store: SqlStore, schedule: Schedule, day: date) -> list[str]:
    with store.read() as work:
        found = work.subscribers.waiting(schedule, day, joined_by=NOON, after="", limit=9)
    return [each.subscriber.id.removeprefix("subscriber-") for each in found]


def test_the_tables_are_what_the_program_needs(upgraded: str) -> None:
    assert check(upgraded).up_to_date


def test_everybody_is_there_as_they_were(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.read() as work:
        assert work.subscribers.count() == 1 + len(SubscriberState)
        for state in SubscriberState:
            reader = work.subscribers.by_id(f"subscriber-{state}")
            assert reader is not None
            expected = make_reader(state.value, state=state, schedule=VIENNA)
            assert reader.subscription == expected.subscription
            assert reader.subscription.schedule.weekdays == EVERY_DAY
            person = reader.subscriber
            assert (person.state, person.created_at, person.name) == (state, NOON, "")
            assert (person.version, person.confirmed_at, person.catch_up) == (0, None, False)


def test_who_is_active_waits_for_what_they_have_not_been_sent(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store:
        with store.read() as work:
            assert list(work.subscribers.schedules()) == [VIENNA, Schedule()]
        assert waiting(store, VIENNA, DAY) == ["active"]
        assert waiting(store, Schedule(), DAY) == []
        assert waiting(store, Schedule(), DAY + timedelta(days=1)) == ["ada"]


def test_papers_the_diary_and_deliveries_stay(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.read() as work:
        figures = AuthorFigures(name="A. Okafor", field="Acoustics", h_index=16, novelty=50.0)
        assert work.papers.byline("whales") == Byline(paper_id="whales", authors=(figures,))
        (visit,) = work.visits.between(DAY, DAY)
        assert (visit.state, visit.papers) == (VisitState.COMPLETE, 3)
        assert work.notes.read("arXiv") == {"etag": "a"}
        assert [each.id for each in work.deliveries.of_subscription("subscription-ada")] == [
            "delivery"
        ]
        assert work.issues.get(["issue"])["issue"].picks


def test_those_who_were_there_may_do_what_is_new(upgraded: str) -> None:
    act = Consent(subscriber_id="subscriber-ada", at=NOON, act=Act.LEFT, source="page")
    with closing(SqlStore(upgraded)) as store, store.begin() as work:
        work.consents.log([act])
        assert list(work.consents.of("subscriber-ada")) == [act]
        assert work.subscribers.erase("subscriber-ada")
        assert work.subscribers.forget(created_before=NOON + timedelta(days=1), limit=9) == 1
