"""What the page of settings shows, in words."""

from datetime import date, timedelta

import pytest

from digest.models.deliveries import Delivery, DeliveryState
from digest.models.feedback import Feedback, Verdict
from digest.web.settings.showing import DAYS_SHOWN, end_of_pause, said, timeline, weekdays
from tests.factories import DAY, NOON, make_paper


def _delivery(state: DeliveryState, day: date = DAY, reason: str = "") -> Delivery:
    return Delivery(id=f"{day}", subscription_id="one", day=day, state=state, reason=reason)


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_has_words(state: DeliveryState) -> None:
    [day] = timeline([_delivery(state, reason="550 <ada@example.org> says the server")])

    assert day.state
    assert (day.day, day.iso) == ("20 November", "2026-11-20")
    explained = state in {DeliveryState.EMPTY, DeliveryState.SUPPRESSED}
    assert ("550" in day.state) is explained


def test_the_last_days_are_enough() -> None:
    days = [_delivery(DeliveryState.SENT, DAY - timedelta(days=back)) for back in range(40)]

    assert len(timeline(days)) == DAYS_SHOWN


def test_what_was_said_of_papers_comes_the_latest_first() -> None:
    whales, bread = make_paper("Whales"), make_paper("Bread")
    feedback = [
        Feedback(subscription_id="one", paper_id=paper_id, verdict=verdict, at=NOON)
        for paper_id, verdict in (
            (whales.id, Verdict.MORE), ("gone", Verdict.SAVE), (bread.id, Verdict.LESS),
        )
    ]  # fmt: skip

    shown = said(feedback, {whales.id: whales, bread.id: bread})

    assert [(one.words, one.title) for one in shown] == [
        ("Less like", "Bread"), ("More like", "Whales"),
    ]  # fmt: skip
    assert shown[1].value == f"more {whales.id}"


def test_days_have_names() -> None:
    assert weekdays()[0] == (0, "Monday")
    assert weekdays()[6] == (6, "Sunday")
    assert (end_of_pause(date(2026, 12, 31)), end_of_pause(None)) == ("31 December", "")
