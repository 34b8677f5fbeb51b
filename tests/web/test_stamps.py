"""How long somebody took to fill in a form."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.links import Links, Purpose
from digest.web.stamps import LATEST, SOONEST, Haste, haste, stamp
from tests.factories import NOON

LINKS = Links(["key"])
MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("age", "pace"),
    [
        (timedelta(0), Haste.TOO_FAST),
        (SOONEST - MOMENT, Haste.TOO_FAST),
        (SOONEST, Haste.FINE),
        (LATEST, Haste.FINE),
        (LATEST + MOMENT, Haste.TOO_LATE),
        (-timedelta(hours=1), Haste.TOO_FAST),
    ],
)
def test_it_says_when_the_form_was_shown(age: timedelta, pace: Haste) -> None:
    assert haste(stamp(LINKS, NOON), LINKS, NOON + age) is pace


@given(st.text())
def test_what_we_did_not_sign_was_never_shown(given: str) -> None:
    assert haste(given, LINKS, NOON) is Haste.TOO_FAST


def test_a_token_for_something_else_is_no_stamp() -> None:
    other = LINKS.token(Purpose.CONFIRM, "5f5e100")

    assert haste(other, LINKS, NOON) is Haste.TOO_FAST
