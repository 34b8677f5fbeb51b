"""Which time zones there are to choose from, and what a browser gives away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.services.subscribe import is_zone
from digest.web.zones import areas, likely_zone, listed


@pytest.mark.parametrize(
    ("accepted", "zone"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "Europe/Vienna"),
        ("en;q=0.8, ja-JP", "Asia/Tokyo"),
        ("en;q=0.3,sr-Latn-RS;q=0.7", "Europe/Belgrade"),
        ("de-AT;q=0.2,it-IT;q=0.9", "Europe/Rome"),
        ("en-US,de-AT;q=0.5", "UTC"),  # the United States have many
        ("de", "UTC"),
        ("", "UTC"),
        ("*", "UTC"),
        ("en-ZZ", "UTC"),
        ("de-AT;q=none", "Europe/Vienna"),
    ],
)
def test_a_region_with_one_zone_gives_it_away(accepted: str, zone: str) -> None:
    assert likely_zone(accepted, "UTC") == zone


@given(st.text())
def test_whatever_a_browser_says_the_guess_is_a_zone(accepted: str) -> None:
    assert is_zone(likely_zone(accepted, "Europe/Vienna"))


def test_every_zone_is_one_that_the_calendar_knows_and_stands_once() -> None:
    zones = [zone for area in areas() for zone in area.zones]

    assert len(zones) == len(set(zones)) > 350
    assert all(map(is_zone, zones))
    assert set(zones) == listed()
    assert {"Europe", "Asia", "America", "Pacific"} <= {area.name for area in areas()}
