"""`digest forms`: sign-up forms elsewhere, and where they post to."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.session import opened
from digest.cli.terminal import JsonOption, counted, note, say, say_json, table
from digest.models.signups import Form, FormKind

if TYPE_CHECKING:
    from digest.settings import Settings
    from digest.web.webhooks.submissions import Submission

app = typer.Typer(help="Sign-up forms elsewhere, and where they post to.", no_args_is_help=True)

Several = list[str] | None
Name = Annotated[str, typer.Argument(metavar="NAME", help="The form's name, as in its address.")]
SecretOption = Annotated[
    bool,
    typer.Option(
        "--secret-stdin", help="Read the vendor's own secret from standard input, one line."
    ),
]


@app.command()
def add(
    name: Name,
    *,
    kind: Annotated[FormKind, typer.Option("--kind", help="Who posts to it.")],
    fields: Annotated[
        Several,
        typer.Option(
            "--field",
            metavar="OURS=THEIRS",
            help="Which field of theirs is email, interests, time_zone or name.",
        ),
    ] = None,
    origin: Annotated[
        Several,
        typer.Option("--origin", help="A site whose scripts may post to it, for kind html."),
    ] = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="Its people have confirmed: do not ask them again.")
    ] = False,
    evidence: Annotated[
        str, typer.Option("--evidence", help="How they confirmed, for the record of consent.")
    ] = "",
    secret_stdin: SecretOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a form, and print where to post and the secret; it is not shown again."""
    from digest.services.forms import FormWish, add_form

    wish = FormWish(
        name=name,
        kind=kind,
        fields=_pairs(fields or ()),
        origins=tuple(origin or ()),
        confirmed=confirmed,
        evidence=evidence,
        secret=_given_secret(asked=secret_stdin),
    )
    with opened() as session:
        form = add_form(wish, store=session.store, clock=session.clock, tokens=session.tokens)
        _show(form, session.settings, as_json=as_json)


@app.command("list")
def list_forms(*, as_json: JsonOption = False) -> None:
    """Print every form, and when its secrets were made and last used; never the secrets."""
    from digest.services.forms import all_forms

    with opened() as session:
        forms = all_forms(store=session.store)
        now = session.clock.now()
    if as_json:
        say_json([_as_json(form) for form in forms])
        return
    table(
        ("form", "kind", "confirmed", "last use", "secrets"),
        [
            (
                form.name,
                form.kind,
                "yes" if form.confirmed else "no",
                _moment(_last_use(form)),
                _ages(form, now),
            )
            for form in forms
        ],
    )


@app.command("test")
def try_out(
    name: Name,
    *,
    body: Annotated[
        Path | None,
        typer.Option("--body", help="A JSON body that the vendor sent: say what is read from it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try a form with a made-up submission; nothing is kept, and nothing is sent."""
    from digest.services.forms import find_form
    from digest.web.webhooks.trial import read_saved, try_form

    with opened() as session:
        form = find_form(name, store=session.store)
        tried = try_form(form, now=session.clock.now())
        said = tried.read if body is None else read_saved(form, _bytes_of(body))
        url = _url(form, session.settings)
    if as_json:
        say_json({"form": form.name, "secrets": tried.secrets, "read": _said(said)})
        return
    if form.kind is FormKind.HTML:
        say("Anybody can post to it: an html form has no secret, and limits are its guard.")
    else:
        say(f"{counted(tried.secrets, 'secret')} of {name} proved a request, and no forged one.")
    for field, value in _said(said).items():
        say(f"{field}: {value if isinstance(value, str) else ', '.join(value)}")
    note(f"Whether posts reach {url} only a real submission shows: see digest forms list.")


@app.command()
def rotate(
    name: Name,
    *,
    keep_old: Annotated[
        float,
        typer.Option("--keep-old", min=0, max=720, metavar="HOURS", help="The old one stays good."),
    ] = 72,
    secret_stdin: SecretOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give a form a new secret, and print it; the old one stays good for a while."""
    from digest.services.forms import rotate_secret

    given = _given_secret(asked=secret_stdin)
    with opened() as session:
        form = rotate_secret(
            name,
            keep=timedelta(hours=keep_old),
            secret=given,
            store=session.store,
            clock=session.clock,
            tokens=session.tokens,
        )
        _show(form, session.settings, as_json=as_json)
    old = form.secrets[1:]
    if old and not as_json:
        until = max(_moment(one.retires_at) for one in old)
        note(f"The secret before it is good until {until}.")


@app.command()
def remove(name: Name) -> None:
    """Take a form away; who signed up through it stays."""
    from digest.services.forms import remove_form

    with opened() as session:
        remove_form(name, store=session.store)
    say(f"{name} is removed: what is posted to it is answered with 404. Its readers stay.")


def _show(form: Form, settings: "Settings", *, as_json: bool) -> None:
    secret = form.secrets[0].secret if form.secrets else None
    url = _url(form, settings)
    if form.kind is FormKind.JOTFORM and secret:
        # Jotform signs nothing: who knows the address is who may post there.
        url = f"{url}/{secret}"
    if as_json:
        say_json({"url": url, "secret": secret})
        return
    say(f"post to: {url}")
    say(f"secret:  {secret or 'none, anybody can post to an html form'}")
    if not settings.public_url:
        note("Set DIGEST_PUBLIC_URL: nobody else reaches this address.")


def _url(form: Form, settings: "Settings") -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{settings.public_url or f'http://{host}:{settings.port}'}/webhooks/signup/{form.name}"


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """Return OURS=THEIRS by ours, or end with a usage error."""
    found = {}
    for text in texts:
        ours, equals, theirs = text.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise typer.BadParameter(f"{text!r} is not OURS=THEIRS, as in email=your-email.")
        found[ours.strip()] = theirs.strip()
    return found


def _given_secret(*, asked: bool) -> str:
    """Return a secret from standard input: as an argument, every process could read it."""
    if not asked:
        return ""
    secret = sys.stdin.readline().strip()
    if not secret:
        raise typer.BadParameter("there is no secret on standard input.")
    return secret


def _bytes_of(path: Path) -> bytes:
    from digest.errors import InputRefused

    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"{path} cannot be read ({error.strerror}).") from None


def _said(said: "Submission") -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {
        "email": said.email,
        "interests": list(said.interests),
        "time_zone": said.time_zone,
        "name": said.name,
    }
    return {name: value for name, value in found.items() if value}


def _as_json(form: Form) -> dict[str, object]:
    return {
        "name": form.name,
        "kind": form.kind,
        "created_at": form.created_at,
        "last_used_at": _last_use(form),
        "confirmed": form.confirmed,
        "evidence": form.evidence,
        "fields": dict(form.fields),
        "origins": list(form.origins),
        "secrets": [
            {"created_at": one.created_at, "retires_at": one.retires_at, "used_at": one.used_at}
            for one in form.secrets
        ],
    }


def _last_use(form: Form) -> datetime | None:
    return max((one.used_at for one in form.secrets if one.used_at), default=None)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def _ages(form: Form, now: datetime) -> str:
    if not form.secrets:
        return "none"
    return ", ".join(
        counted((now - one.created_at).days, "day")
        + (f", until {_moment(one.retires_at)}" if one.retires_at else "")
        for one in form.secrets
    )
