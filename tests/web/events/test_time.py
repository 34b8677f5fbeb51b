"""How old a proof may be."""

from datetime import timedelta

import pytest

from digest.web.events.time import recent, signed_at
from digest.web.webhooks.proofs import Unproved
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("age", [timedelta(), HOUR, timedelta(minutes=-5)])
def test_what_is_recent_passes(age: timedelta) -> None:
    recent(NOON - age, now=NOON, age=HOUR)
    signed_at(str(int((NOON - age).timestamp())), now=NOON, age=HOUR)


@pytest.mark.parametrize("age", [HOUR + timedelta(seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_what_is_not_is_refused(age: timedelta) -> None:
    with pytest.raises(Unproved, match="too long ago"):
        recent(NOON - age, now=NOON, age=HOUR)


@pytest.mark.parametrize("stamp", ["", " ", "x", "-5", "1.5", "9" * 12, "٣"])
def test_what_is_no_time_is_refused(stamp: str) -> None:
    with pytest.raises(Unproved, match="not a number"):
        signed_at(stamp, now=NOON, age=HOUR)


def test_the_last_time_that_can_be_written_is_refused_as_any_other() -> None:
    with pytest.raises(Unproved):
        signed_at("9" * 11, now=NOON, age=HOUR)
