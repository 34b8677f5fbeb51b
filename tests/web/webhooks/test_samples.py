"""Made-up submissions are what vendors send."""

import json

import pytest

from digest.models.signups import Form, FormKind, FormSecret
from digest.web.webhooks.proofs import prove
from digest.web.webhooks.samples import ANSWERS, sample
from digest.web.webhooks.submissions import read
from tests.factories import NOON

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" * 2


@pytest.mark.parametrize("kind", FormKind)
def test_a_sample_is_proved_and_says_what_it_is_to_say(kind: FormKind) -> None:
    secrets = () if kind is FormKind.HTML else (FormSecret(secret=SECRET, created_at=NOON),)
    form = Form(
        name="lab", kind=kind, secrets=secrets, created_at=NOON, fields={"email": "Contact"}
    )

    made = sample(form, SECRET if secrets else "", now=NOON)

    assert json.loads(made.knock.body) == made.sent
    assert prove(kind, made.knock, secrets, now=NOON) == (SECRET if secrets else "")
    said = read(kind, made.sent, headers=made.knock.headers, fields=form.fields)
    assert said.email == ANSWERS["email"]
    assert said.email.endswith("@example.org")
