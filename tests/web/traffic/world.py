"""An installation with people in every state, and all that a sender may have got hold of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.bootstrap import App
from digest.links import SETTINGS_FOR, Links, Purpose
from digest.models.signups import PAGE, FormKind, Signup, SignupState
from digest.models.subscribers import SubscriberState
from digest.services.forms import FormWish, add_form
from digest.services.sign_up import admit, receive
from digest.web.stamps import stamp
from tests.factories import make_reader
from tests.fakes import MemoryMailer
from tests.web.conftest import fill
from tests.web.webhooks.vendors import VENDORS

MAILGUN_KEY, POSTMARK_PASSWORD = "mailgun-key", "hook:password"
OPEN = frozenset({Purpose.CONFIRM, Purpose.SETTINGS, Purpose.ADDRESS, Purpose.RETURN})
"""The purposes whose tokens end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the sender of a request may have got hold of: tokens, secrets, and a form's stamp."""

    tokens: Mapping[Purpose, Sequence[str]]
    expired: Mapping[Purpose, Sequence[str]]
    forged: Mapping[Purpose, Sequence[str]]
    secrets: Mapping[FormKind, str]
    stamp: str
    now: datetime


def settle(app: App) -> World:
    """Fill *app* with people in every state, forms of every kind, and letters under way."""
    fill(app)
    subjects: dict[Purpose, list[str]] = {purpose: [] for purpose in Purpose}
    with app.store.begin() as work:
        for state in SubscriberState:
            reader = make_reader(f"some{state}", state=state)
            if state is not SubscriberState.ERASED:
                assert work.subscribers.add(reader)
            subjects[Purpose.SETTINGS].append(reader.subscriber.settings_subject)
            subjects[Purpose.UNSUBSCRIBE].append(reader.subscriber.id)
    for name, mover in (("newcomer", ""), ("moving", "subscriber-bob")):
        signup = Signup(
            id=app.tokens.new(),
            form=PAGE,
            external_id=name,
            received_at=app.clock.now(),
            address=f"{name}@example.org",
            subscriber_id=mover,
        )
        assert receive(signup, store=app.store)
        subjects[Purpose.ADDRESS if mover else Purpose.CONFIRM].append(signup.id)
    became = admit(store=app.store, clock=app.clock, tokens=app.tokens)
    assert became == {SignupState.MAILED: 2}
    for name in ("ada", "bob"):
        # Most are to be those that open something.
        subjects[Purpose.SETTINGS] += [f"subscriber-{name}.0"] * 8
        subjects[Purpose.UNSUBSCRIBE].append(f"subscriber-{name}")
    assert isinstance(app.mailer, MemoryMailer)
    issues = [mail.delivery_id for mail in app.mailer.sent]
    subjects[Purpose.ISSUE] += issues
    subjects[Purpose.FEEDBACK] += issues
    subjects[Purpose.RETURN] += subjects[Purpose.UNSUBSCRIBE]
    for gone in subjects.values():
        gone += ["none", "subscriber-none.0"]
    secrets = {}
    for vendor in VENDORS:
        wish = FormWish(name=vendor.kind.value, kind=vendor.kind, fields=vendor.fields)
        form = add_form(wish, store=app.store, clock=app.clock, tokens=app.tokens)
        secrets[vendor.kind] = form.secrets[0].secret if form.secrets else ""
    now = app.clock.now()

    def signed(links: Links, age: timedelta) -> dict[Purpose, list[str]]:
        return {
            purpose: [
                links.token(purpose, one, until=now + age if purpose in OPEN else None)
                for one in subjects[purpose]
            ]
            for purpose in Purpose
        }

    return World(
        tokens=signed(app.links, SETTINGS_FOR),
        expired=signed(app.links, -timedelta(seconds=1)),
        forged=signed(Links(["another-key"]), SETTINGS_FOR),
        secrets=secrets,
        stamp=stamp(app.links, now - timedelta(minutes=1)),
        now=now,
    )
