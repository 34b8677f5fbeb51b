"""Chunks, and the two ways to insert what may be there."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from digest.store.statements import chunks, insert_new, insert_or_replace
from digest.store.tables import runs
from tests.factories import DAY


@given(st.lists(st.integers()), st.integers(min_value=1, max_value=9))
def test_chunks_are_full_and_lose_nothing(values: list[int], size: int) -> None:
    found = list(chunks(iter(values), size))

    assert [value for chunk in found for value in chunk] == values
    assert all(len(chunk) == size for chunk in found[:-1])
    assert all(found)


def test_what_is_there_is_left_or_replaced_as_asked(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:

        def kept() -> int | None:
            return connection.scalar(select(runs.c.candidates))

        assert insert_new(connection, runs, [], returning=runs.c.day) == []
        insert_or_replace(connection, runs, [], key=["day"])
        first, second = {"day": DAY, "candidates": 1}, {"day": DAY, "candidates": 2}
        assert insert_new(connection, runs, [first, second], returning=runs.c.day) == [DAY]
        assert insert_new(connection, runs, [second], returning=runs.c.day) == []
        assert kept() == 1
        insert_or_replace(connection, runs, [second], key=["day"])
        assert kept() == 2
    engine.dispose()
