from quopri import decodestring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import RenderingFailed
from digest.rendering.fragments import Fragment, Part, Slots, between, piece, split
from digest.rendering.mime import quoted_printable


def rank_and_why() -> Fragment:
    slots = Slots("x")
    return split(f"<b>{slots.rank}</b> {slots.why}!\n", slots)


def test_a_fragment_is_filled_in_its_slots() -> None:
    part = Part()
    rank_and_why().fill(part, rank="1", why="because")

    assert "".join(part.texts) == "<b>1</b> because!\n"
    assert rank_and_why().written(rank="1", why="because") == "<b>1</b> because!\n"


def test_a_slot_takes_text_a_piece_or_a_whole_part() -> None:
    inner = Part()
    inner.add("of parts")
    part = Part()
    rank_and_why().fill(part, rank=piece("2"), why=inner)

    assert "".join(part.texts) == "<b>2</b> of parts!\n"


def test_more_values_than_slots_do_no_harm_and_fewer_do() -> None:
    rank_and_why().fill(Part(), rank="1", why="", actions="")
    with pytest.raises(RenderingFailed, match="why"):
        rank_and_why().fill(Part(), rank="1")


@given(st.text(alphabet=".ab\n= ä", max_size=99), st.text(alphabet=".ab\n= ä", max_size=99))
def test_what_is_encoded_decodes_to_the_text(rank: str, why: str) -> None:
    part = Part()
    rank_and_why().fill(part, rank=rank, why=why)
    text = "".join(part.texts)

    assert (
        b"".join(part.encoded).replace(b"=\r\n", b"")
        == quoted_printable(text).replace(b"=\r\n", b"")
        or _decoded(part) == text
    )


def _decoded(part: Part) -> str:
    return decodestring(b"".join(part.encoded)).decode().replace("\r\n", "\n")


def test_a_lost_slot_is_an_error() -> None:
    slots = Slots("x")
    rendered = f"{slots.rank} {slots.why}"

    with pytest.raises(RenderingFailed, match="why"):
        split(rendered.replace(slots.why, "", 1), slots)


def test_a_doubled_slot_is_an_error() -> None:
    slots = Slots("x")
    rendered = slots.rank * 2

    with pytest.raises(RenderingFailed, match="rank"):
        split(rendered, slots)


def test_a_slot_used_twice_is_an_error() -> None:
    slots = Slots("x")

    with pytest.raises(RenderingFailed, match="rank"):
        split(f"{slots.rank} {slots.rank}", slots)


def test_a_sentinel_follows_from_what_it_stands_in() -> None:
    assert Slots("one").rank == Slots("one").rank
    assert Slots("one").rank != Slots("two").rank
    assert Slots("one").rank.isalnum()


def test_a_fragment_is_cut_out_between_its_marks() -> None:
    assert between("<body>\n<!--a-->\n<p>x</p>\n<!--a-->\n</body>", "a") == "<p>x</p>"
    with pytest.raises(RenderingFailed):
        between("<body><!--a--><p>x</p></body>", "a")
