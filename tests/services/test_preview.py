"""Seeing an issue without sending it."""

from datetime import date, timedelta

import pytest

from digest.errors import NotFound, SourceUnavailable
from digest.models.deliveries import Email
from digest.services.collect import collect
from digest.services.deliver import deliver
from digest.services.preview import preview
from tests.factories import DAY, make_reader
from tests.fakes import CannedSource
from tests.services.conftest import Morning


def _preview(morning: Morning, name: str = "ada", day: date = DAY) -> Email:
    return preview(
        make_reader(name, phrases=("whales",)),
        day,
        store=morning.store,
        press=morning.press,
        links=morning.links,
        clock=morning.clock,
    )


def test_a_preview_is_the_mail_that_is_sent_then(morning: Morning) -> None:
    seen = _preview(morning)
    assert morning.states() == {}

    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    [sent] = [email for email in morning.mailer.sent if email.recipient == seen.recipient]
    assert sent == seen


def test_a_preview_of_a_sent_issue_is_that_issue(morning: Morning) -> None:
    morning.plan()
    deliver(DAY, carriage=morning.carriage)
    morning.clock.advance(timedelta(hours=3))
    morning.list_papers("Whales in the news")

    seen = _preview(morning)

    [sent] = [email for email in morning.mailer.sent if email.recipient == seen.recipient]
    assert sent == seen


def test_a_day_without_papers_says_what_to_do(morning: Morning) -> None:
    with pytest.raises(NotFound, match="take some in with `digest fetch`"):
        _preview(morning, day=date(2020, 1, 1))


def test_a_day_on_which_a_source_failed_says_so(morning: Morning) -> None:
    day = DAY + timedelta(days=28)
    failing = CannedSource(name="arXiv", error=SourceUnavailable("It is out of reach."))
    collect(failing, day, store=morning.store, clock=morning.clock)

    with pytest.raises(NotFound, match="12 to 18 December: arXiv could not be reached"):
        _preview(morning, day=day)


def test_a_reader_whom_nothing_suits_is_told_why(morning: Morning) -> None:
    morning.plan()
    deliver(DAY, carriage=morning.carriage)

    with pytest.raises(NotFound) as caught:
        _preview(morning, day=DAY + timedelta(days=1))

    assert str(caught.value).endswith(".")
