"""Sign-up forms elsewhere: add one, give it another secret, take it away."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from digest.errors import InputRefused, NotFound
from digest.models.signups import PAGE, Form, FormKind, FormSecret
from digest.ports import Clock, Store, Tokens

KEEP_OLD = timedelta(hours=72)
"""How long the secret before a new one is good, unless somebody says otherwise."""

FIELDS = ("email", "interests", "time_zone", "name")
"""What a form can ask for; only the first has to be there."""

STANDARD = frozenset({FormKind.STANDARD, FormKind.GOOGLE})
"""Kinds that sign by the Standard Webhooks specification, which says what a secret is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWish:
    """A form as the operator wants it; *secret* is the vendor's own, "" for one of ours."""

    name: str
    kind: FormKind
    fields: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    confirmed: bool = False
    evidence: str = ""
    secret: str = ""


def is_name(text: str) -> bool:
    """Return whether a form can be called that."""
    return _NAME.fullmatch(text) is not None


_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def add_form(wish: FormWish, *, store: Store, clock: Clock, tokens: Tokens) -> Form:
    """Keep the form that is wished for, with a secret where its kind has one.

    Raise InputRefused where it makes no sense, or where there is one of that name.
    """
    _check(wish)
    now = clock.now()
    secret = _secret(wish.kind, wish.secret, tokens)
    form = Form(
        name=wish.name,
        kind=wish.kind,
        secrets=(FormSecret(secret=secret, created_at=now),) if secret else (),
        created_at=now,
        fields=dict(wish.fields),
        origins=tuple(dict.fromkeys(map(_origin, wish.origins))),
        confirmed=wish.confirmed,
        evidence=wish.evidence.strip(),
    )
    with store.begin() as work:
        if work.forms.get(form.name) is not None:
            raise InputRefused(
                f"There is a form {form.name!r} already: choose another name, or remove that first."
            )
        work.forms.put(form)
    return form


def rotate_secret(
    name: str, *, keep: timedelta, secret: str = "", store: Store, clock: Clock, tokens: Tokens
) -> Form:
    """Give the form a new secret, and let those it has be good for *keep* from now.

    Raise NotFound, or InputRefused for a kind without secrets.
    """
    with store.begin() as work:
        form = work.forms.get(name)
        if form is None:
            raise NotFound(_unknown(name))
        if form.kind is FormKind.HTML:
            raise InputRefused(f"{name!r} is an html form, which has no secret to change.")
        now, fresh = clock.now(), _secret(form.kind, secret, tokens)
        until = now + keep
        kept = [
            replace(one, retires_at=retires_at)
            for one in form.secrets
            if one.secret != fresh and (retires_at := min(until, one.retires_at or until)) > now
        ]
        rotated = replace(form, secrets=(FormSecret(secret=fresh, created_at=now), *kept))
        work.forms.put(rotated)
    return rotated


def remove_form(name: str, *, store: Store) -> None:
    """Take the form away: what is posted to it is answered with 404 from now on; or NotFound."""
    with store.begin() as work:
        if not work.forms.remove(name):
            raise NotFound(_unknown(name))


def find_form(name: str, *, store: Store) -> Form:
    """Return the form of that name, or raise NotFound."""
    with store.read() as work:
        form = work.forms.get(name)
    if form is None:
        raise NotFound(_unknown(name))
    return form


def all_forms(*, store: Store) -> list[Form]:
    """Return every form, by name."""
    with store.read() as work:
        found = [work.forms.get(name) for name in work.forms.names()]
    return [form for form in found if form is not None]


def _unknown(name: str) -> str:
    return f"There is no form {name!r}: see `digest forms list`."


def _check(wish: FormWish) -> None:
    """Raise InputRefused for the first thing that makes no sense."""
    if not is_name(wish.name):
        raise InputRefused(
            f"{wish.name!r} cannot name a form: take lower-case letters, digits and dashes."
        )
    if wish.name == PAGE:
        raise InputRefused(f"{PAGE!r} is our own sign-up page: choose another name.")
    if unknown := sorted(set(wish.fields) - set(FIELDS)):
        raise InputRefused(f"{unknown[0]!r} is none of {', '.join(FIELDS)}.")
    is_html = wish.kind is FormKind.HTML
    if wish.origins and not is_html:
        raise InputRefused("Only an html form is posted to by pages, and so has origins.")
    if wish.secret and is_html:
        raise InputRefused("An html form has no secret: whoever reads the page would know it.")
    if wish.confirmed and is_html:
        raise InputRefused(
            "Anybody can post to an html form, so that nobody it names has confirmed anything."
        )
    if wish.confirmed and not wish.evidence.strip():
        raise InputRefused("Say with --evidence how the people of this form have confirmed.")
    if wish.evidence.strip() and not wish.confirmed:
        raise InputRefused("Evidence is of people who confirmed: give --confirmed as well.")


def _secret(kind: FormKind, given: str, tokens: Tokens) -> str:
    """Return *given* if it can be a secret of that kind, or a new one of 256 random bits."""
    if given:
        if not _well_formed(kind, given):
            raise InputRefused(
                "That cannot be its secret: it is whsec_ and the base64 of 24 to 64 bytes."
                if kind in STANDARD
                else "That cannot be its secret: it is 16 or more letters, digits, - and _."
                if kind in _SHOWN
                else "That cannot be its secret: it is printable ASCII without spaces."
            )
        return given
    if kind is FormKind.HTML:
        return ""
    chance = bytes.fromhex(tokens.new() + tokens.new())
    if kind in STANDARD:
        return _PREFIX + base64.b64encode(chance).decode()
    return base64.urlsafe_b64encode(chance).decode().rstrip("=")


def _well_formed(kind: FormKind, secret: str) -> bool:
    if kind in _SHOWN:
        return _SAFE.fullmatch(secret) is not None
    if kind not in STANDARD:
        return secret.isascii() and secret.isprintable() and " " not in secret
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(_PREFIX) and _SHORTEST <= len(key) <= _LONGEST


# Their secret itself is sent, in a URL or a header: a short one could be found by trying.
_SHOWN = frozenset({FormKind.JOTFORM, FormKind.BEARER})
_SAFE = re.compile(r"[A-Za-z0-9_-]{16,}", re.ASCII)
_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes, says the standard


def _origin(text: str) -> str:
    """Return *text* as browsers write an origin; raise InputRefused."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    rest = parts.path.strip("/") + parts.query + parts.fragment if host else ""
    if not host or parts.scheme not in _PORTS or rest or "@" in parts.netloc or not text.isascii():
        raise InputRefused(
            f"{text!r} is not an origin: write a scheme and a host, as in https://example.org; "
            "an international name in its ASCII form, xn--…."
        )
    shown = f"[{host}]" if ":" in host else host
    usual = port is None or port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{shown}{'' if usual else f':{port}'}"


_PORTS = {"http": 80, "https": 443}
