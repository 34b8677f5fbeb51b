from datetime import UTC, datetime, time

from digest.models.subscribers import WORKING_DAYS, Schedule
from digest.web.moments import first_issue, today_of

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_first_issue_is_told_in_the_readers_own_time() -> None:
    vienna = Schedule(time_zone="Europe/Vienna", weekdays=WORKING_DAYS)
    tokyo = Schedule(time_zone="Asia/Tokyo", send_at=time(21, 30))

    assert first_issue(vienna, FRIDAY_NOON) == "Monday 23 November at 07:00 (Europe/Vienna)"
    assert first_issue(tokyo, FRIDAY_NOON) == "Friday 20 November at 21:30 (Asia/Tokyo)"


def test_today_is_tomorrow_in_the_east() -> None:
    late = FRIDAY_NOON.replace(hour=20)

    assert today_of(Schedule(time_zone="Asia/Tokyo"), late).day == 21
    assert today_of(Schedule(), late).day == 20
