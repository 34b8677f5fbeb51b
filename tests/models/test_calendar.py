from datetime import date

import pytest

from digest.models.calendar import silence


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 20), ""),
        (date(2026, 11, 21), "announces nothing at weekends"),
        (date(2026, 11, 22), "announces nothing at weekends"),
        (date(2026, 11, 23), ""),
        (date(2026, 11, 26), ""),
        # The announcement of Thanksgiving's evening is put off; its feed would be Friday's.
        (date(2026, 11, 27), "announces nothing on its holidays"),
        # 3 July 2026 is a Friday, on whose evening there is no announcement anyway.
        (date(2026, 7, 4), "announces nothing at weekends"),
        (date(2027, 11, 26), ""),
    ],
)
def test_arxivs_feed_is_silent_after_evenings_without_an_announcement(day: date, why: str) -> None:
    assert silence("arXiv", day) == why


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 20), ""),
        (date(2026, 11, 21), "lists nothing at weekends"),
        (date(2026, 11, 22), "lists nothing at weekends"),
        (date(2026, 11, 27), ""),
    ],
)
def test_hugging_face_lists_on_weekdays(day: date, why: str) -> None:
    assert silence("Hugging Face", day) == why


def test_of_others_nothing_is_foretold() -> None:
    assert silence("Moss Letters", date(2026, 11, 21)) == ""
