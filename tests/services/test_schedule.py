"""When issues are due: at each reader's hour, in each reader's zone, on every day of the year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.subscribers import Schedule
from digest.services.schedule import STALE, due, due_at

VIENNA = "Europe/Vienna"


@pytest.mark.parametrize(
    ("zone", "at", "day", "moment"),
    [
        ("UTC", time(7), date(2026, 11, 20), datetime(2026, 11, 20, 7, tzinfo=UTC)),
        (VIENNA, time(7), date(2026, 11, 20), datetime(2026, 11, 20, 6, tzinfo=UTC)),
        (VIENNA, time(7), date(2026, 7, 20), datetime(2026, 7, 20, 5, tzinfo=UTC)),
        ("Asia/Tokyo", time(7), date(2026, 11, 21), datetime(2026, 11, 20, 22, tzinfo=UTC)),
        # The clocks skip from 2 to 3 on 29 March, and show 2 to 3 twice on 25 October.
        (VIENNA, time(2, 30), date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (VIENNA, time(2, 30), date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_issue_is_due_at_the_readers_hour(
    zone: str, at: time, day: date, moment: datetime
) -> None:
    assert due_at(Schedule(time_zone=zone, send_at=at), day) == moment


def test_an_issue_is_due_from_its_minute_on_until_it_is_stale() -> None:
    schedule = Schedule(time_zone=VIENNA, send_at=time(7))
    moment = due_at(schedule, date(2026, 11, 20))
    found = [(schedule, date(2026, 11, 20))]

    assert due([schedule], moment - timedelta(seconds=1)) == []
    assert due([schedule], moment) == found
    assert due([schedule], moment + STALE - timedelta(seconds=1)) == found
    assert due([schedule], moment + STALE) == []


def test_a_late_hour_is_due_still_after_midnight() -> None:
    schedule = Schedule(time_zone=VIENNA, send_at=time(23, 30))

    assert due([schedule], datetime(2026, 11, 20, 23, 15, tzinfo=UTC)) == [
        (schedule, date(2026, 11, 20))
    ]


@given(
    st.sampled_from(sorted(available_timezones())),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from([2026, 2027]),
)
def test_every_day_of_a_year_is_due_once_at_the_right_local_hour(
    zone: str, at: time, year: int
) -> None:
    schedule = Schedule(time_zone=zone, send_at=at)
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]

    moments = [due_at(schedule, day) for day in days]

    assert moments == sorted(set(moments))
    for day, moment in zip(days, moments, strict=True):
        local = moment.astimezone(ZoneInfo(zone))
        naive = datetime.combine(day, at.replace(fold=0))
        # Where the clocks skip that hour the issue comes as much later as they skip.
        assert local.replace(tzinfo=None) >= naive
        assert local.replace(tzinfo=None) - naive <= timedelta(hours=2)  # at Troll, in Antarctica
        assert (schedule, day) in due([schedule], moment)
