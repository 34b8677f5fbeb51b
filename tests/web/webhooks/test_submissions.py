"""What a submission says, in whichever shape it comes."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.signups import FormKind
from digest.web.webhooks.submissions import LONGEST, MOST_INTERESTS, Unusable, parse, read
from tests.web.webhooks.vendors import tally, typeform

NOBODY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def said(sent: dict[str, Any], kind: FormKind = FormKind.BEARER, **fields: str) -> Any:
    return read(kind, sent, headers={}, fields=fields)


@pytest.mark.parametrize(
    "name",
    ["email", "Email", "E-mail", "e_mail", "EMAIL ADDRESS", "Your e-mail address", "_replyto",
     "email4", "mail"],
)  # fmt: skip
def test_an_address_is_found_by_the_names_it_usually_has(name: str) -> None:
    assert said({"other": "x", name: "ada@example.org"}).email == "ada@example.org"


def test_a_field_that_was_named_wins_over_one_that_looks_right() -> None:
    sent = {"email": "desk@example.org", "Attendee": "ada@example.org"}

    assert said(sent, email="Attendee").email == "ada@example.org"
    assert said(sent, email="Nobody").email == "desk@example.org"


def test_a_question_of_typeform_is_named_by_its_reference_its_id_or_its_title() -> None:
    sent = typeform("ada@example.org", "first")

    for name in ("zone", "gH6", "Time zone"):
        assert said(sent, FormKind.TYPEFORM, time_zone=name).time_zone == "Europe/Vienna"
    assert said(sent, FormKind.TYPEFORM, name="0c1e-name").name == "Ada Okafor"


def test_a_question_of_tally_is_named_by_its_key_or_its_label() -> None:
    sent = tally("ada@example.org", "first")

    for name in ("question_3", "Topics"):
        found = said(sent, FormKind.TALLY, interests=name)
        assert found.interests == ("whale song", "cs.SD")


def test_a_field_of_jotform_is_named_with_its_number_or_without() -> None:
    sent = {"rawRequest": json.dumps({"q7_contact": "ada@example.org"})}

    for name in ("q7_contact", "contact"):
        assert said(sent, FormKind.JOTFORM, email=name).email == "ada@example.org"


def test_what_is_too_long_or_too_much_is_cut() -> None:
    found = said(
        {
            "email": "ada@example.org",
            "name": "a" * 5000,
            "time_zone": "z" * 5000,
            "interests": ["w" * 5000] * 500,
        }
    )

    assert len(found.name) == len(found.time_zone) == LONGEST
    assert len(found.interests) == MOST_INTERESTS
    assert {len(wish) for wish in found.interests} == {LONGEST}


def test_a_name_is_one_line_that_can_be_printed() -> None:
    sent = {"email": "ada@example.org", "name": "Ada\r\nBcc: x\x00\ud800 \u202eOkafor"}

    assert said(sent).name == "Ada Bcc: x Okafor"


@given(st.sampled_from(FormKind), st.dictionaries(st.text(), NOBODY))
def test_whatever_was_sent_is_a_submission_or_unusable(
    kind: FormKind, sent: dict[str, Any]
) -> None:
    with suppress(Unusable):
        found = read(kind, sent, headers={"webhook-id": "é\x00"}, fields={"email": "x"})
        assert found.email.isprintable()


@given(st.binary() | NOBODY.map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_they_are_an_object_or_unusable(body: bytes) -> None:
    with suppress(Unusable):
        assert isinstance(parse(body), dict)


@given(NOBODY)
def test_whatever_stands_where_an_address_should_be_is_none(value: Any) -> None:
    for sent in ({"email": value}, {"email": [value]}):
        with pytest.raises(Unusable):
            said(sent)
