"""What readers type, made into a wish, or said to be wrong."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.subscribers import Schedule
from digest.services.wishes import MOST_WISHES
from digest.web.forms import Fields
from digest.web.settings.reading import (
    LISTS,
    LONGEST_LISTS,
    MOST_PAPERS,
    read_day,
    read_wish,
    typed,
)
from digest.web.settings.showing import values_of
from tests.factories import make_reader

TODAY = date(2026, 11, 20)
GOOD = {
    "phrases": "whales, squid\nmoss",
    "categories": "cs.SD hep-th",
    "authors": "Okafor, Ada\nBo Lindqvist",
    "organisations": "University of California, Berkeley",
    "seeds": "2601.00001",
    "exclusions": "bread; cs.CR",
    "send_at": "06:30",
    "time_zone": "Europe/Vienna",
    "paper_limit": "7",
    "dial": "55",
    "name": "  Ada   L. ",
}


def said(**changes: str) -> Fields:
    values = {name: (value,) for name, value in {**GOOD, **changes}.items()}
    return Fields(values={"weekdays": ("0", "4"), **values})


def test_every_field_is_read() -> None:
    wish, faults = read_wish(said(), make_reader())

    assert not faults
    assert wish is not None
    assert wish.interest == Interest(
        phrases=("whales", "squid", "moss"),
        categories=("cs.SD", "hep-th"),
        authors=("Okafor, Ada", "Bo Lindqvist"),
        organisations=("University of California, Berkeley",),
        seeds=("2601.00001",),
        exclusions=("bread", "cs.CR"),
    )
    assert wish.schedule == Schedule(
        time_zone="Europe/Vienna", send_at=time(6, 30), weekdays=(0, 4)
    )
    assert (wish.paper_limit, wish.dial, wish.name) == (7, 0.55, "Ada L.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phrases", "x" * 201),
        ("phrases", "a\x00b"),
        ("exclusions", "\n".join(f"wish {place}" for place in range(MOST_WISHES + 1))),
        ("categories", "language"),
        ("send_at", ""),
        ("send_at", "25:00"),
        ("time_zone", ""),
        ("time_zone", "Mars/Olympus"),
        ("weekdays", "7"),
        ("weekdays", ""),
        ("paper_limit", "0"),
        ("paper_limit", str(MOST_PAPERS + 1)),
        ("paper_limit", "ten"),
        ("paper_limit", "٣"),
        ("paper_limit", "9" * 5_000),
        ("dial", "101"),
        ("dial", "0.3"),
        ("name", "x" * 101),
        ("name", "\u202eAda"),
    ],
)
def test_what_is_wrong_is_said_of_its_field_and_of_no_other(field: str, value: str) -> None:
    wish, faults = read_wish(said(**{field: value}), make_reader())

    assert wish is None
    assert [fault.name for fault in faults] == [field]
    assert all(fault.words.isprintable() and fault.words.endswith(".") for fault in faults)


def test_faults_come_in_the_order_of_the_form() -> None:
    _wish, faults = read_wish(Fields(), make_reader())

    assert [fault.name for fault in faults] == [
        "send_at", "time_zone", "weekdays", "paper_limit", "dial",
    ]  # fmt: skip


def test_a_category_that_was_kept_before_may_stay() -> None:
    reader = make_reader(interests=(Interest(name="main", categories=("CL",)),))

    assert read_wish(said(categories="CL"), reader)[0] is not None
    assert read_wish(said(categories="CL"), make_reader())[0] is None


def test_saving_the_page_as_it_is_changes_nothing() -> None:
    interest = Interest(
        name="work", phrases=("whales",), authors=("Okafor, Ada",), exclusions=("bread",)
    )
    reader = make_reader(interests=(interest,), dial=0.35, paper_limit=25)
    shown = values_of(reader)
    as_sent = {
        name: tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)
        for name, value in shown.items()
    }

    wish, _faults = read_wish(Fields(values=as_sent), reader)

    assert wish is not None
    assert wish.interest == interest
    assert (wish.schedule, wish.dial) == (reader.subscription.schedule, 0.35)
    assert typed(Fields(values=as_sent)) == shown


@given(st.dictionaries(st.sampled_from([*GOOD, "weekdays"]), st.tuples(st.text())))
def test_whatever_is_typed_is_a_wish_or_has_faults(values: dict[str, tuple[str]]) -> None:
    form = Fields(values=values)

    wish, faults = read_wish(form, make_reader())

    assert (wish is None) == bool(faults)
    assert set(typed(form)) >= set(LISTS)


@pytest.mark.parametrize(
    ("text", "day", "wrong"),
    [
        ("", None, False),
        ("  ", None, False),
        ("2026-12-31", date(2026, 12, 31), False),
        ("2026-11-21", date(2026, 11, 21), False),
        ("2026-11-20", None, True),
        ("2020-01-01", None, True),
        ("2126-01-01", None, True),
        ("soon", None, True),
    ],
)
def test_a_pause_ends_on_a_day_to_come_or_on_none(
    text: str, day: date | None, *, wrong: bool
) -> None:
    found, words = read_day(text, today=TODAY)

    assert (found, bool(words)) == (day, wrong)


@given(st.text())
def test_whatever_day_is_typed_is_read_or_refused(text: str) -> None:
    day, words = read_day(text, today=TODAY)

    assert day is None or (day > TODAY and not words)


def test_all_lists_together_have_a_room_that_the_page_can_show() -> None:
    wish, faults = read_wish(
        said(phrases="\n".join(["x" * 190] * 15), exclusions="\n".join(["y" * 190] * 15)),
        make_reader(),
    )

    assert wish is None
    assert [fault.name for fault in faults] == ["exclusions"]
    assert "4,000" in faults[0].words


@given(st.fixed_dictionaries({name: st.text(max_size=3_000) for name in LISTS}))
def test_no_more_is_shown_again_than_there_is_room_for(values: dict[str, str]) -> None:
    shown = typed(said(**values))

    assert sum(len(str(shown[name])) for name in LISTS) <= LONGEST_LISTS
