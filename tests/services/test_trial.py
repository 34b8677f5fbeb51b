"""One issue for a look, off the record."""

from dataclasses import replace
from email import message_from_bytes

import pytest

from digest.errors import AddressInvalid, NotFound
from digest.rendering.emails import Press
from digest.services.deliver import deliver
from digest.services.trial import send_trial
from tests.factories import DAY
from tests.services.conftest import IMPRINT, Morning


def test_a_reader_gets_their_own_issue_and_the_real_one_is_still_to_come(morning: Morning) -> None:
    subject = send_trial("ada@example.org", DAY, carriage=morning.carriage)

    [trial] = morning.mailer.sent
    assert trial.subject == subject
    assert "Whales" in subject
    assert morning.states() == {}
    morning.plan()
    deliver(DAY, carriage=morning.carriage)
    real = next(mail for mail in morning.mailer.sent[1:] if mail.recipient == "ada@example.org")
    assert real.subject == subject
    ids = {message_from_bytes(mail.content)["Message-ID"] for mail in (trial, real)}
    assert len(ids) == 2


def test_a_stranger_gets_the_days_trend_and_stays_one(morning: Morning) -> None:
    send_trial("operator@example.org", DAY, carriage=morning.carriage)

    assert morning.recipients() == ["operator@example.org"]
    with morning.store.read() as work:
        assert work.subscribers.count() == 2


def test_nothing_to_read_and_nobody_to_read_it_are_errors(morning: Morning) -> None:
    with pytest.raises(NotFound):
        send_trial("ada@example.org", DAY.replace(year=2020), carriage=morning.carriage)
    with pytest.raises(AddressInvalid):
        send_trial("ada", DAY, carriage=morning.carriage)
    assert not morning.mailer.sent


def test_a_trial_has_no_link_to_a_page_that_does_not_exist(morning: Morning) -> None:
    morning.press = Press(replace(IMPRINT, public_url="https://papers.example.org"))

    send_trial("ada@example.org", DAY, carriage=morning.carriage)

    [trial] = morning.mailer.sent
    assert "https://papers.example.org/i/" not in trial.html + trial.text
    assert "https://papers.example.org/u/" in trial.html
