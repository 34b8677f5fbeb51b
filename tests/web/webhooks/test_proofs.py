"""Who sent a request: what nobody signed proves nothing, whatever it looks like."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.models.signups import FormKind, FormSecret
from digest.web.webhooks.proofs import TOLERANCE, Knock, Unproved, prove
from tests.factories import NOON
from tests.web.webhooks.vendors import VENDORS, Post, Vendor

SECRETS = {
    kind: "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" * 2
    if kind in {FormKind.STANDARD, FormKind.GOOGLE}
    else "c2VjcmV0LW9mLWEtdGVzdA"
    for kind in FormKind
}
HEADERS = (
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "typeform-signature",
    "tally-signature",
    "x-webflow-timestamp",
    "x-webflow-signature",
    "formspree-signature",
    "authorization",
)
CLAIMS = st.text() | st.sampled_from(
    ["", "v1,", "v1, v1", "sha256=", "t=,v1=", "Bearer", "Bearer ", str(int(NOON.timestamp()))]
)
PROVED = [vendor for vendor in VENDORS if vendor.has_secret]


def secret_of(kind: FormKind, **changes: timedelta) -> FormSecret:
    moments = {name: NOON + step for name, step in changes.items()}
    return FormSecret(secret=SECRETS[kind], created_at=NOON, **moments)


def knock(post: Post) -> Knock:
    headers = {name.lower(): value for name, value in post.headers.items()}
    return Knock(headers=headers, body=post.body, key=post.suffix.removeprefix("/"))


def written(vendor: Vendor, **options: timedelta) -> Knock:
    at = NOON + options.get("late", timedelta(0))
    secret = SECRETS[vendor.kind]
    return knock(vendor.post(secret, email="ada@example.org", submission="first", at=at))


@pytest.mark.parametrize("vendor", PROVED, ids=lambda vendor: str(vendor.kind))
def test_a_proof_names_the_secret_it_was_made_with(vendor: Vendor) -> None:
    other = FormSecret(secret=SECRETS[vendor.kind][:-4] + "AAAA", created_at=NOON)
    mine = secret_of(vendor.kind)

    assert prove(vendor.kind, written(vendor), [other, mine], now=NOON) == mine.secret
    with pytest.raises(Unproved):
        prove(vendor.kind, written(vendor), [other], now=NOON)
    with pytest.raises(Unproved):
        prove(vendor.kind, written(vendor), [], now=NOON)


@pytest.mark.parametrize("vendor", PROVED, ids=lambda vendor: str(vendor.kind))
def test_a_secret_is_good_until_the_moment_it_retires(vendor: Vendor) -> None:
    retiring = secret_of(vendor.kind, retires_at=timedelta(seconds=1))

    assert prove(vendor.kind, written(vendor), [retiring], now=NOON)
    with pytest.raises(Unproved):
        prove(vendor.kind, written(vendor), [retiring], now=NOON + timedelta(seconds=1))


@given(
    st.sampled_from([vendor for vendor in PROVED if vendor.signs_time]),
    st.integers(min_value=-1200, max_value=1200).map(lambda second: timedelta(seconds=second)),
)
def test_a_signed_time_is_good_for_five_minutes_either_way(vendor: Vendor, late: timedelta) -> None:
    secrets = [secret_of(vendor.kind)]
    sent = written(vendor, late=late)

    if abs(late) <= TOLERANCE:
        assert prove(vendor.kind, sent, secrets, now=NOON)
    else:
        with pytest.raises(Unproved, match="five minutes"):
            prove(vendor.kind, sent, secrets, now=NOON)


@given(
    st.sampled_from([vendor.kind for vendor in PROVED]),
    st.dictionaries(st.sampled_from(HEADERS), CLAIMS),
    st.binary(),
    CLAIMS,
)
def test_whatever_nobody_signed_is_unproved_and_nothing_worse(
    kind: FormKind, headers: dict[str, str], body: bytes, key: str
) -> None:
    with pytest.raises(Unproved):
        prove(kind, Knock(headers=headers, body=body, key=key), [secret_of(kind)], now=NOON)


@given(st.dictionaries(st.sampled_from(HEADERS), CLAIMS), st.binary())
def test_an_html_form_has_no_proof(headers: dict[str, str], body: bytes) -> None:
    assert prove(FormKind.HTML, Knock(headers=headers, body=body), [], now=NOON) == ""


@pytest.mark.parametrize("scheme", ["bearer", "Bearer", "BEARER"])
def test_the_word_before_a_token_is_written_as_one_likes(scheme: str) -> None:
    secret = secret_of(FormKind.BEARER)
    given_header = Knock(headers={"authorization": f"{scheme}  {secret.secret} "}, body=b"")

    assert prove(FormKind.BEARER, given_header, [secret], now=NOON) == secret.secret
    other = Knock(headers={"authorization": f"Basic {secret.secret}"}, body=b"")
    with pytest.raises(Unproved):
        prove(FormKind.BEARER, other, [secret], now=NOON)
