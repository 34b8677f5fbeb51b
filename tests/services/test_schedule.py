"""When issues are due."""

from datetime import UTC, date, datetime

import pytest

from digest.services.schedule import due_day


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (datetime(2026, 11, 20, 6, 59, tzinfo=UTC), "UTC", None),
        (datetime(2026, 11, 20, 7, 0, tzinfo=UTC), "UTC", date(2026, 11, 20)),
        (datetime(2026, 11, 20, 6, 0, tzinfo=UTC), "Europe/Vienna", date(2026, 11, 20)),
        (datetime(2026, 11, 20, 22, 0, tzinfo=UTC), "Asia/Tokyo", date(2026, 11, 21)),
        (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), "America/New_York", date(2026, 11, 19)),
    ],
)
def test_a_day_is_due_from_its_own_morning_on(now: datetime, zone: str, day: date | None) -> None:
    assert due_day(now, zone) == day
