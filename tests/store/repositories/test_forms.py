"""Every implementation of `Forms`, held to one contract."""

from dataclasses import replace
from datetime import timedelta, timezone

from digest.models.signups import Form, FormKind, FormSecret
from digest.ports import Store
from tests.factories import NOON

DAY = timedelta(days=1)
NEW = FormSecret(secret=f"whsec_{1:08}", created_at=NOON + timedelta(microseconds=1))
OLD = FormSecret(secret=f"whsec_{2:08}", created_at=NOON - DAY, retires_at=NOON + DAY, used_at=NOON)
FORM = Form(
    name="lab site",
    kind=FormKind.STANDARD,
    secrets=(NEW, OLD),
    created_at=NOON - DAY,
    fields={"email": "E-mail \u0142", "interests": "Topics"},
    origins=("https://lab.example", "https://b.example"),
    confirmed=True,
    evidence="asked on paper",
)


def test_a_form_comes_back_as_put(store: Store) -> None:
    bare = Form(name="bare", kind=FormKind.HTML, secrets=(), created_at=NOON)
    with store.begin() as work:
        work.forms.put(FORM)
        work.forms.put(bare)

    with store.read() as work:
        assert work.forms.get("lab site") == FORM
        assert work.forms.get("bare") == bare
        assert work.forms.get("none") is None
        assert list(work.forms.names()) == ["bare", "lab site"]


def test_a_form_is_put_over_the_one_of_its_name(store: Store) -> None:
    rotated = replace(FORM, kind=FormKind.BEARER, secrets=(NEW,), fields={}, confirmed=False)
    with store.begin() as work:
        work.forms.put(FORM)
        work.forms.put(rotated)

    with store.read() as work:
        assert work.forms.get("lab site") == rotated
        assert len(work.forms.names()) == 1


def test_use_is_noted_of_the_secret_that_was_used(store: Store) -> None:
    vienna = timezone(timedelta(hours=1))
    with store.begin() as work:
        work.forms.put(FORM)
        work.forms.put(replace(FORM, name="other"))
        work.forms.used("lab site", NEW.secret, at=(NOON + DAY).astimezone(vienna))
        work.forms.used("lab site", "unknown", at=NOON + 2 * DAY)
        work.forms.used("none", NEW.secret, at=NOON)

    with store.read() as work:
        used = replace(NEW, used_at=NOON + DAY)
        assert work.forms.get("lab site") == replace(FORM, secrets=(used, OLD))
        assert work.forms.get("other") == replace(FORM, name="other")


def test_a_form_is_removed_once(store: Store) -> None:
    with store.begin() as work:
        work.forms.put(FORM)
        work.forms.put(replace(FORM, name="other"))
        assert work.forms.remove("lab site")
        assert not work.forms.remove("lab site")

    with store.read() as work:
        assert work.forms.get("lab site") is None
        assert list(work.forms.names()) == ["other"]
