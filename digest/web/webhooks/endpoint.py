"""`POST /webhooks/signup/FORM`: prove, read, keep, answer; what follows happens later."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from digest.bootstrap import App
from digest.errors import StoreError
from digest.models.consent import WORDING
from digest.models.signups import Form, FormKind, Signup
from digest.services.forms import is_name
from digest.services.sign_up import receive
from digest.web.failures import RETRY_AFTER
from digest.web.network import Networks
from digest.web.pages import Pages
from digest.web.webhooks.proofs import Knock, Unproved, prove
from digest.web.webhooks.submissions import HONEYPOT, Answers, Submission, Unusable, parse, read

_log = structlog.stdlib.get_logger("digest.web")

RECEIVED = {"status": "received"}
"""The answer to every submission that is well formed, whoever it is for and however often."""

ONE_COPY = timedelta(minutes=15)
"""What is the same twice in this time, and has no name of its own, is one submission.

A second mail to that address would be held back as long.
"""

NOTED = timedelta(minutes=1)
"""How exactly it is kept when a secret was last used."""

_BY_FORM = frozenset({FormKind.HTML, FormKind.JOTFORM, FormKind.BEARER})
_JSON, _URLENCODED, _MULTIPART = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
)
_FIELDS = 100


class Webhooks:
    """Takes sign-ups in from forms elsewhere."""

    def __init__(self, app: App, pages: Pages, networks: Networks) -> None:
        self._app = app
        self._pages = pages
        self._networks = networks

    async def answer(self, request: Request) -> Response:
        """Answer a submission, or the question of a browser whether it may make one."""
        try:
            form = await run_in_threadpool(self._form, request.path_params["form"])
        except StoreError as error:
            return self._away(error)
        if form is None:
            return _problem(404, "There is no form of that name.", {})
        sharing = _sharing(form, request.headers.get("origin", ""))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "OPTIONS, POST", **sharing})
        try:
            new = await self._take(request, form)
        except (Unproved, Unusable, HTTPException, StoreError, ClientDisconnect) as error:
            return self._refusal(request, form, error, sharing)
        _log.info("signup received", form=form.name, new=new)
        if _wants_page(request, form):
            return self._pages.page("received", headers=sharing)
        return JSONResponse(RECEIVED, headers=sharing)

    def _form(self, name: str) -> Form | None:
        if not is_name(name):
            return None
        with self._app.store.read() as work:
            return work.forms.get(name)

    async def _take(self, request: Request, form: Form) -> bool:
        """Keep what *request* says; return False for a copy, and for what a program filled in."""
        body = await request.body()
        media = _media(request, form.kind)
        knock = Knock(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            key=request.path_params.get("key", ""),
        )
        secret = prove(form.kind, knock, form.secrets, now=self._app.clock.now())
        if media == _MULTIPART:
            sent = await _multipart(request)
        elif media == _URLENCODED:
            sent = _urlencoded(body)
        else:
            sent = parse(body)
        if form.kind is FormKind.HTML and sent.get(HONEYPOT):
            return False
        network = self._networks.name(request) if form.kind is FormKind.HTML else ""
        return await run_in_threadpool(self._keep, form, sent, knock.headers, secret, network)

    def _keep(
        self, form: Form, sent: Answers, headers: Mapping[str, str], secret: str, network: str
    ) -> bool:
        said = read(form.kind, sent, headers=headers, fields=form.fields)
        now = self._app.clock.now()
        kept = receive(self._signup(form, said, network, now), store=self._app.store)
        if any(_is_to_note(one.used_at, now) for one in form.secrets if one.secret == secret):
            with self._app.store.begin() as work:
                work.forms.used(form.name, secret, at=now)
        return kept

    def _signup(self, form: Form, said: Submission, network: str, now: datetime) -> Signup:
        return Signup(
            id=self._app.tokens.new(),
            form=form.name,
            external_id=said.external_id or self._fingerprint(said, now),
            received_at=now,
            address=said.email,
            interests=said.interests,
            time_zone=said.time_zone,
            name=said.name,
            # A vendor's servers are one network for all of its people.
            network=network,
            wording=WORDING,
        )

    def _fingerprint(self, said: Submission, now: datetime) -> str:
        """Return what a second copy has in common with *said*, and nobody else can compute."""
        with self._app.store.read() as work:
            key = work.address_key()
        span = int(now.timestamp() // ONE_COPY.total_seconds())
        content = repr((span, said.email, said.interests, said.time_zone, said.name))
        return hmac.new(key, content.encode(errors="replace"), hashlib.sha256).hexdigest()

    def _refusal(
        self, request: Request, form: Form, error: Exception, sharing: Mapping[str, str]
    ) -> Response:
        match error:
            case Unproved():
                _log.info("signup unproved", form=form.name)
                return _problem(401, str(error), {"WWW-Authenticate": "Bearer", **sharing})
            case StoreError():
                return self._away(error, sharing)
            case ClientDisconnect():
                # Nobody is there to read it.
                return Response(status_code=400)
            case HTTPException():
                status, detail = error.status_code, error.detail
            case _:
                status, detail = 422, str(error)
        _log.info("signup unusable", form=form.name, status=status)
        if not _wants_page(request, form):
            return _problem(status, detail, sharing)
        return self._pages.page(
            "failure", status=status, headers=sharing, title="That did not work", advice=detail
        )

    def _away(self, error: StoreError, sharing: Mapping[str, str] | None = None) -> Response:
        _log.error("store away", reason=str(error))
        return _problem(
            503,
            "The sign-up cannot be kept right now: send it again in a minute.",
            {**(sharing or {}), "Retry-After": str(RETRY_AFTER)},
        )


def _wants_page(request: Request, form: Form) -> bool:
    """Return whether a person looks at the answer: a browser that has left the form's page."""
    return form.kind is FormKind.HTML and "text/html" in request.headers.get("accept", "")


def _is_to_note(used_at: datetime | None, now: datetime) -> bool:
    return used_at is None or now - used_at >= NOTED


def _sharing(form: Form, origin: str) -> dict[str, str]:
    """Return the headers that let a script of *origin* read the answer, if it may."""
    if not origin or origin not in form.origins:
        return {"Vary": "Origin"} if form.origins else {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "600",
        # Else the browser would keep the answer from the page that asked for it.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }


def _media(request: Request, kind: FormKind) -> str:
    """Return what the body is, or raise HTTPException where that kind of form sends no such."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == _JSON or media.endswith("+json"):
        return _JSON
    if kind in _BY_FORM and media in {_URLENCODED, _MULTIPART}:
        return media
    allowed = "JSON" if kind not in _BY_FORM else "JSON or a form"
    raise HTTPException(415, detail=f"Send {allowed}, with its Content-Type.")


def _urlencoded(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Unusable("The form cannot be read.") from None
    return _fields(pairs)


async def _multipart(request: Request) -> dict[str, Any]:
    """Return the fields of a form in parts; the body was read before, and is within its limit."""
    try:
        async with request.form(max_fields=_FIELDS, max_files=0) as form:
            return _fields([(name, str(value)) for name, value in form.multi_items()])
    except HTTPException:
        raise Unusable("The form cannot be read, or carries files.") from None


def _fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the values by name, several of one name as a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        known = found.get(name)
        if known is None:
            found[name] = value
        else:
            found[name] = [*known, value] if isinstance(known, list) else [known, value]
    return found


def _problem(status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Return an answer for programs: RFC 9457."""
    return JSONResponse(
        {"status": status, "detail": detail},
        status_code=status,
        headers=dict(headers),
        media_type="application/problem+json",
    )
