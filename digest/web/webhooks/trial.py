"""Whether a form's secrets and fields fit each other: tried without keeping anything."""

from dataclasses import dataclass
from datetime import datetime

from digest.errors import InputRefused
from digest.models.signups import Form
from digest.web.webhooks.proofs import Knock, Unproved, prove
from digest.web.webhooks.samples import sample
from digest.web.webhooks.submissions import Submission, Unusable, parse, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it: how many *secrets* prove a request now, and what was *read* from one."""

    secrets: int
    read: Submission


def try_form(form: Form, *, now: datetime) -> Tried:
    """Let a made-up submission to *form* pass through all that a real one does but the store.

    Each secret has to prove a request that is signed with it, and none that was changed
    after. Raise InputRefused where a real one would be refused.
    """
    good = [one.secret for one in form.secrets if one.retires_at is None or now < one.retires_at]
    for secret in good or [""]:
        made = sample(form, secret, now=now)
        try:
            proved = prove(form.kind, made.knock, form.secrets, now=now)
            said = read(form.kind, made.sent, headers=made.knock.headers, fields=form.fields)
        except (Unproved, Unusable) as refused:
            raise InputRefused(f"A submission to {form.name!r} is refused: {refused}") from None
        if proved != secret or (secret and _proves_anything(form, made.knock, now)):
            raise InputRefused(f"The secrets of {form.name!r} prove nothing: rotate them.")
    return Tried(secrets=len(good), read=said)


def read_saved(form: Form, body: bytes) -> Submission:
    """Return what *form* makes of a body that its vendor sent; raise InputRefused."""
    try:
        return read(form.kind, parse(body), headers={}, fields=form.fields)
    except Unusable as refused:
        raise InputRefused(f"That would be refused: {refused}") from None


def _proves_anything(form: Form, knock: Knock, now: datetime) -> bool:
    headers = {name: f"{value}x" for name, value in knock.headers.items()}
    forged = Knock(headers=headers, body=knock.body + b" ", key=f"{knock.key}x")
    try:
        prove(form.kind, forged, form.secrets, now=now)
    except Unproved:
        return False
    return True
