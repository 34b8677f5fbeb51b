"""What a form says, read without believing it."""

import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from digest.web.forms import MOST_FIELDS, Fault, Fields, Filled, asked, fields

FORM = "application/x-www-form-urlencoded"


def _read(body: bytes, content_type: str = FORM) -> Fields:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    scope = {"type": "http", "headers": headers, "app": object()}
    return asyncio.run(fields(Request(scope, receive)))


def test_values_come_by_name_in_their_order() -> None:
    said = _read(b"day=1&day=2&name=Ada+Okafor&empty=")

    assert said.every("day") == ("1", "2")
    assert said.text("name") == "Ada Okafor"
    assert said.text("none", "default") == "default"
    assert [said.has(name) for name in ("day", "empty", "none")] == [True, False, False]


def test_lines_end_as_ours_do() -> None:
    assert _read(b"lines=a%0D%0Ab%0Dc%0Ad").text("lines") == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"x=1&" * (MOST_FIELDS + 1), FORM),
        (b"--no boundary", "multipart/form-data"),
        (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
    ids=["many", "broken", "file"],
)
def test_what_cannot_be_a_form_of_ours_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(HTTPException) as caught:
        _read(body, content_type)

    assert caught.value.status_code == 400


@given(st.binary(max_size=200), st.sampled_from([FORM, "multipart/form-data; boundary=b", "x"]))
def test_no_bytes_are_too_odd_to_be_read_or_refused(body: bytes, content_type: str) -> None:
    with suppress(HTTPException):
        said = _read(body, content_type)
        assert not any(isinstance(one, UploadFile) for each in said.values.values() for one in each)


def test_a_query_is_read_in_the_same_way() -> None:
    scope = {"type": "http", "headers": [], "query_string": b"interests=moss%2C+whales&x=1&x=2"}

    said = asked(Request(scope))

    assert (said.text("interests"), said.every("x")) == ("moss, whales", ("1", "2"))


def test_a_filled_form_says_what_is_wrong_with_which_field() -> None:
    form = Filled(values={}, faults=(Fault(name="email", words="No."),))

    assert (form.fault("email"), form.fault("name")) == ("No.", "")
