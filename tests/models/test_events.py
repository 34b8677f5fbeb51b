"""What a status says, and of whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.events import EventKind, is_gone, kind_of


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("2.1.5", EventKind.DELIVERED),
        ("4.2.2", EventKind.SOFT),
        ("4.4.7", EventKind.SOFT),
        ("4.7.28", EventKind.POLICY),
        ("5.0.0", EventKind.HARD),
        ("5.1.1", EventKind.HARD),
        ("5.1.10", EventKind.HARD),
        ("5.2.1", EventKind.HARD),
        ("5.2.2", EventKind.SOFT),
        ("5.4.4", EventKind.SOFT),
        ("5.4.1", EventKind.HARD),
        ("5.7.1", EventKind.POLICY),
        ("5.7.26", EventKind.POLICY),
        ("", None),
        ("5", None),
        ("5.1", None),
        ("550", None),
        ("6.1.1", None),
        ("5.1.1.1", None),
    ],
)
def test_a_status_says_who_is_to_blame(status: str, kind: EventKind | None) -> None:
    assert kind_of(status) is kind


@pytest.mark.parametrize("status", ["5.1.7", "5.1.8", "4.1.8"])
def test_a_bad_sender_is_not_a_bad_reader(status: str) -> None:
    assert kind_of(status) is EventKind.POLICY


def test_one_bounce_is_proof_only_where_it_names_the_mailbox() -> None:
    assert all(is_gone(status) for status in ("5.1.0", "5.1.1", "5.1.10", "5.2.1"))
    assert not any(is_gone(status) for status in ("", "5.0.0", "5.2.10", "5.11.1", "5.2.2"))


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    assert (kind_of(text) is None) or text[0] in "245"
