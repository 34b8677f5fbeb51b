"""Forms elsewhere: what may be one, and what becomes of its secrets."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputRefused, NotFound
from digest.models.signups import Form, FormKind, FormSecret
from digest.services.forms import (
    FormWish,
    add_form,
    all_forms,
    find_form,
    is_name,
    remove_form,
    rotate_secret,
)
from tests.factories import NOON
from tests.fakes import CountingTokens, MemoryStore, StoppedClock

GIVEN = "from-the-vendor!"
HOUR = timedelta(hours=1)


class Desk:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = StoppedClock(NOON)
        self.tokens = CountingTokens()

    def add(self, name: str = "lab", kind: FormKind = FormKind.STANDARD, **wishes: Any) -> Form:
        wish = FormWish(name=name, kind=kind, **wishes)
        return add_form(wish, store=self.store, clock=self.clock, tokens=self.tokens)

    def rotate(self, name: str = "lab", *, keep: timedelta = HOUR, secret: str = "") -> Form:
        return rotate_secret(
            name,
            keep=keep,
            secret=secret,
            store=self.store,
            clock=self.clock,
            tokens=self.tokens,
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("kind", [FormKind.STANDARD, FormKind.GOOGLE])
def test_a_standard_secret_is_the_padded_base64_of_32_bytes(desk: Desk, kind: FormKind) -> None:
    [secret] = desk.add(kind=kind).secrets

    prefix, _, encoded = secret.secret.partition("_")
    assert prefix == "whsec"
    assert len(base64.b64decode(encoded, validate=True)) == 32
    assert encoded.endswith("=")


@pytest.mark.parametrize(
    "kind", set(FormKind) - {FormKind.STANDARD, FormKind.GOOGLE, FormKind.HTML}
)
def test_other_secrets_can_stand_in_an_address(desk: Desk, kind: FormKind) -> None:
    [secret] = desk.add(kind=kind).secrets

    assert len(secret.secret) == 43
    assert is_name(secret.secret.lower().replace("_", "-").strip("-"))
    assert (secret.created_at, secret.retires_at, secret.used_at) == (NOON, None, None)


def test_an_html_form_has_no_secret(desk: Desk) -> None:
    assert desk.add(kind=FormKind.HTML).secrets == ()
    with pytest.raises(InputRefused, match="no secret to change"):
        desk.rotate()


def test_no_two_secrets_are_the_same(desk: Desk) -> None:
    secrets = [desk.add(f"lab{number}").secrets[0].secret for number in range(20)]

    assert len(set(secrets)) == 20


@pytest.mark.parametrize("name", ["lab", "a", "7", "lab-2026", "a" * 63])
def test_a_name_is_letters_digits_and_dashes(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "-", "-a", "a-", "Lab", "a b", "a/b", "a_b", "é", "a\n", "a\x00", "a" * 64, "..", "٣"],
)
def test_nothing_else_is_a_name(desk: Desk, name: str) -> None:
    assert not is_name(name)
    with pytest.raises(InputRefused, match="cannot name a form"):
        desk.add(name)


@given(st.text())
def test_whatever_is_a_name_stands_in_an_address_as_it_is(text: str) -> None:
    assert not is_name(text) or text.isascii()


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"name": "page"}, "our own"),
        ({"fields": {"phone": "Phone"}}, "none of email"),
        ({"origins": ("https://example.org",)}, "Only an html form"),
        ({"kind": FormKind.HTML, "secret": "x" * 20}, "no secret"),
        ({"kind": FormKind.HTML, "confirmed": True, "evidence": "a desk"}, "Anybody can post"),
        ({"confirmed": True}, "--evidence"),
        ({"confirmed": True, "evidence": "  "}, "--evidence"),
        ({"evidence": "a desk"}, "--confirmed"),
        ({"secret": "whsec_short"}, "24 to 64 bytes"),
        ({"secret": base64.b64encode(bytes(32)).decode()}, "24 to 64 bytes"),
        ({"secret": "whsec_é"}, "24 to 64 bytes"),
        ({"kind": FormKind.WEBFLOW, "secret": "a b"}, "printable ASCII"),
        ({"kind": FormKind.BEARER, "secret": "short"}, "16 or more"),
        ({"kind": FormKind.JOTFORM, "secret": "a/b?" * 9}, "16 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, wishes: Mapping[str, Any], words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        desk.add(**{"name": "lab", **wishes})

    assert not all_forms(store=desk.store)


def test_a_vendors_own_secret_is_kept(desk: Desk) -> None:
    assert desk.add(kind=FormKind.FORMSPREE, secret=GIVEN).secrets == (
        FormSecret(secret=GIVEN, created_at=NOON),
    )


@pytest.mark.parametrize(
    ("given_origin", "kept"),
    [
        ("https://example.org", "https://example.org"),
        ("https://Example.ORG/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(desk: Desk, given_origin: str, kept: str) -> None:
    form = desk.add(kind=FormKind.HTML, origins=(given_origin, given_origin))

    assert form.origins == (kept,)


@pytest.mark.parametrize(
    "origin",
    ["", "*", "null", "example.org", "https://", "ftp://example.org", "https://example.org/form",
     "https://a@example.org", "https://bücher.example", "https://example.org:x", "https://[::1",
     "https://example.org?x"],
)  # fmt: skip
def test_what_no_browser_would_say_is_no_origin(desk: Desk, origin: str) -> None:
    with pytest.raises(InputRefused, match="is not an origin"):
        desk.add(kind=FormKind.HTML, origins=(origin,))


def test_a_name_is_given_once(desk: Desk) -> None:
    before = desk.add()

    with pytest.raises(InputRefused, match="already"):
        desk.add(kind=FormKind.TALLY)
    assert find_form("lab", store=desk.store) == before


def test_a_rotation_lets_the_old_secret_be_good_for_a_while(desk: Desk) -> None:
    [old] = desk.add().secrets

    new, kept = desk.rotate(keep=HOUR).secrets

    assert new.secret != old.secret
    assert (kept.secret, kept.retires_at) == (old.secret, NOON + HOUR)


def test_a_second_rotation_gives_no_old_secret_more_time(desk: Desk) -> None:
    [oldest] = desk.add().secrets
    [old, _] = desk.rotate(keep=HOUR).secrets

    secrets = desk.rotate(keep=3 * HOUR).secrets[1:]

    assert {one.secret: one.retires_at for one in secrets} == {
        oldest.secret: NOON + HOUR,
        old.secret: NOON + 3 * HOUR,
    }
    desk.clock.advance(2 * HOUR)
    assert oldest.secret not in {one.secret for one in desk.rotate().secrets}


def test_a_rotation_at_once_leaves_one_secret(desk: Desk) -> None:
    desk.add()

    assert len(desk.rotate(keep=timedelta(0)).secrets) == 1


def test_the_secret_a_form_has_can_be_given_again(desk: Desk) -> None:
    desk.add(kind=FormKind.WEBFLOW, secret=GIVEN)

    assert [one.secret for one in desk.rotate(secret=GIVEN).secrets] == [GIVEN]


def test_a_form_that_is_not_there_is_named(desk: Desk) -> None:
    for ask in (
        lambda: desk.rotate("none"),
        lambda: remove_form("none", store=desk.store),
        lambda: find_form("none", store=desk.store),
    ):
        with pytest.raises(NotFound, match="no form 'none'"):
            ask()


def test_forms_are_listed_by_name_until_they_are_removed(desk: Desk) -> None:
    desk.add("b")
    desk.add("a")
    assert [form.name for form in all_forms(store=desk.store)] == ["a", "b"]

    remove_form("b", store=desk.store)
    assert [form.name for form in all_forms(store=desk.store)] == ["a"]
