"""Column types mean the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from digest.models.deliveries import DeliveryState
from digest.store.columns import Document, Instant, Weekdays, Words, storable

DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call] # SQLAlchemy's
ZONES = st.integers(min_value=-14 * 60, max_value=14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@given(st.text())
def test_good_text_stays_and_any_text_can_be_kept(text: str) -> None:
    kept = storable(text)

    assert "\x00" not in kept
    kept.encode("utf-8")
    assert len(kept) == len(text)
    assert all(now in {before, "\ufffd"} for now, before in zip(kept, text, strict=True))
    if text.isprintable():
        assert kept == text


def test_a_half_pair_and_a_nul_cannot_be_kept() -> None:
    assert storable("a\x00b" + chr(0xD83D) + "c" + chr(0xDC0B)) == "a\ufffdb\ufffdc\ufffd"
    assert storable("🐋") == "🐋"


def test_texts_within_a_document_are_kept_like_others() -> None:
    document = {"a": ["b\x00", ("c", 1, None, 0.5, True)], "d": {"e": "\x00"}}

    assert Document().process_bind_param(document, DIALECTS[0]) == {
        "a": ["b\ufffd", ["c", 1, None, 0.5, True]],
        "d": {"e": "\ufffd"},
    }


def test_words_are_ordered_by_code_point_on_a_server_too() -> None:
    collations = [getattr(Words().load_dialect_impl(each), "collation", "") for each in DIALECTS]

    assert collations == [None, "C"]


def test_a_state_is_kept_as_its_plain_word() -> None:
    kept = Words().process_bind_param(DeliveryState.ON_WIRE, DIALECTS[0])

    assert type(kept) is str
    assert kept == "on_wire"


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001 # hypothesis wants bounds without zones
def test_a_moment_stays_that_moment(moment: datetime) -> None:
    for dialect in DIALECTS:
        kept = Instant().process_bind_param(moment, dialect)
        assert kept == moment
        assert kept is not None
        assert kept.tzinfo is UTC
        for back in (kept, kept.replace(tzinfo=None), kept.astimezone(moment.tzinfo)):
            found = Instant().process_result_value(back, dialect)
            assert found == moment
            assert found is not None
            assert found.tzinfo is UTC


def test_no_moment_and_no_word_stay_none() -> None:
    for dialect in DIALECTS:
        assert Instant().process_bind_param(None, dialect) is None
        assert Instant().process_result_value(None, dialect) is None
        assert Words().process_bind_param(None, dialect) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Instant().process_bind_param(datetime(2026, 11, 20), DIALECTS[0])  # noqa: DTZ001 # that is the point


@given(st.sets(st.integers(min_value=0, max_value=6)).map(sorted).map(tuple))
def test_weekdays_come_back_as_they_were(days: tuple[int, ...]) -> None:
    for dialect in DIALECTS:
        kept = Weekdays().process_bind_param(days, dialect)

        assert kept is not None
        assert kept < 128
        assert Weekdays().process_result_value(kept, dialect) == days


def test_monday_is_the_lowest_bit_of_the_weekdays() -> None:
    assert Weekdays().process_bind_param((0,), DIALECTS[0]) == 1
    assert Weekdays().process_bind_param((0, 1, 2, 3, 4, 5, 6), DIALECTS[0]) == 127
    assert Weekdays().process_bind_param(None, DIALECTS[0]) is None
    assert Weekdays().process_result_value(None, DIALECTS[0]) is None
