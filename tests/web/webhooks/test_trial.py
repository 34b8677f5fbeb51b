"""Whether a form can be signed up through, tried without a store."""

from datetime import timedelta

import pytest

from digest.errors import InputRefused
from digest.models.signups import Form, FormKind, FormSecret
from digest.web.webhooks import trial
from digest.web.webhooks.proofs import Knock
from digest.web.webhooks.trial import read_saved, try_form
from tests.factories import NOON


def make_form(kind: FormKind, *secrets: FormSecret, **fields: str) -> Form:
    return Form(name="lab", kind=kind, secrets=secrets, created_at=NOON, fields=fields)


def make_secret(number: int, *, retires: timedelta | None = None) -> FormSecret:
    retires_at = None if retires is None else NOON + retires
    return FormSecret(secret=f"{number:032}", created_at=NOON, retires_at=retires_at)


def test_every_secret_that_is_good_is_tried() -> None:
    form = make_form(
        FormKind.TALLY,
        make_secret(1),
        make_secret(2, retires=timedelta(hours=1)),
        make_secret(3, retires=timedelta(0)),
    )

    assert try_form(form, now=NOON).secrets == 2


def test_a_form_whose_secrets_have_all_retired_is_refused() -> None:
    form = make_form(FormKind.TALLY, make_secret(1, retires=timedelta(0)))

    with pytest.raises(InputRefused, match="refused"):
        try_form(form, now=NOON)


def test_a_proof_that_everything_passes_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def gullible(
        _kind: FormKind, _knock: Knock, secrets: tuple[FormSecret, ...], **_: object
    ) -> str:
        return secrets[0].secret

    monkeypatch.setattr(trial, "prove", gullible)

    with pytest.raises(InputRefused, match="prove nothing"):
        try_form(make_form(FormKind.TALLY, make_secret(1)), now=NOON)


def test_a_saved_body_is_read_by_the_fields() -> None:
    form = make_form(FormKind.BEARER, make_secret(1), email="Contact")

    assert read_saved(form, b'{"Contact": "ada@example.org"}').email == "ada@example.org"
    with pytest.raises(InputRefused, match="not JSON"):
        read_saved(form, b"{")
