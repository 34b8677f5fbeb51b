from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.http.waits import LONGEST, exhausted_for, refusal, retry_after
from tests.factories import NOON


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("5", 5),
        (" 1.5 ", 1.5),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30),
        ("Friday, 20-Nov-26 12:00:30 GMT", 30),
        ("999999999999999999999999", LONGEST.total_seconds()),
        ("9" * 5000, LONGEST.total_seconds()),
        ("Fri, 20 Nov 2099 12:00:30 GMT", LONGEST.total_seconds()),
        ("0", None),
        ("-5", None),
        ("Fri, 20 Nov 2026 11:59:30 GMT", None),
        ("soon", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_reason(said: str, seconds: float | None) -> None:
    wait = retry_after({"retry-after": said}, NOON)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_a_date_counts_by_the_clock_that_wrote_it() -> None:
    headers = {
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT",
    }
    assert retry_after(headers, NOON) == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ('"api";r=0;t=12', 12),
        ('"api"; r=0; t=12', 12),
        ('"api";t=12;r=0', 12),
        ('"minute";r=3;t=12, "day";r=0;t=900', 900),
        ('"api";r=10;t=12', None),
        ('"api";r=0', None),
        ("limit=100, remaining=0, reset=5", None),
        ("", None),
    ],
)
def test_a_budget_that_is_spent_says_when_there_is_more(said: str, seconds: int | None) -> None:
    wait = exhausted_for({"ratelimit": said})
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_the_clearest_of_several_headers_counts() -> None:
    headers = {
        "x-ratelimit-remaining": "0",
        "ratelimit": '"api";r=0;t=20',
        "retry-after": "10",
    }
    assert refusal(headers, NOON) == timedelta(seconds=10)
    del headers["retry-after"]
    assert refusal(headers, NOON) == timedelta(seconds=20)
    del headers["ratelimit"]
    assert refusal(headers, NOON) == timedelta(hours=12)
    headers["x-ratelimit-remaining"] = "7"
    assert refusal(headers, NOON) is None


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_sends_us_away_for_good(one: str, two: str, three: str, four: str) -> None:
    headers = {
        "retry-after": one,
        "ratelimit": f'"api";r=0;t={two}, {three}',
        "date": four,
        "x-ratelimit-remaining": "0",
    }
    wait = refusal(headers, NOON)
    assert wait is not None
    assert timedelta(0) < wait <= LONGEST
