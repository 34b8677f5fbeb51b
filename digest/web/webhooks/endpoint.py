"""`POST /webhooks/signup/FORM`: prove, read, keep, answer; what follows happens later."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digest.bootstrap import App
from digest.models.consent import WORDING
from digest.models.signups import Form, FormKind, Signup
from digest.services.sign_up import receive
from digest.web.network import Networks
from digest.web.pages import Pages
from digest.web.webhooks.proofs import Knock, Unproved, prove
from digest.web.webhooks.submissions import Answers, Submission, Unusable, read

_log = structlog.stdlib.get_logger("digest.web")

RECEIVED = {"status": "received"}
"""The answer to every submission that is well formed, whoever it is for and however often."""

HONEYPOT = "website"
"""A field that people do not see; whoever fills it in is a program, and is told nothing."""

_OF_A_PERSON = frozenset({FormKind.HTML})
_BY_FORM = frozenset({FormKind.HTML, FormKind.JOTFORM})


class Webhooks:
    """Takes sign-ups in from forms elsewhere."""

    def __init__(self, app: App, pages: Pages, networks: Networks) -> None:
        self._app = app
        self._pages = pages
        self._networks = networks

    async def answer(self, request: Request) -> Response:
        """Answer a submission, or the question of a browser whether it may make one."""
        form = await run_in_threadpool(self._form, request.path_params["form"])
        sharing = _sharing(form, request.headers.get("origin", ""))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "OPTIONS, POST", **sharing})
        try:
            body, answers = await _body(request, form.kind)
            knock = Knock(
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                key=request.path_params.get("key", ""),
            )
            return await run_in_threadpool(
                self._take, request, form, knock, body if answers is None else answers, sharing
            )
        except Unproved as unproved:
            _log.info("signup unproved", form=form.name)
            return _problem(401, str(unproved), {**sharing, "WWW-Authenticate": "Bearer"})
        except Unusable as unusable:
            _log.info("signup unusable", form=form.name)
            return _problem(422, str(unusable), sharing)

    def _form(self, name: str) -> Form:
        with self._app.store.read() as work:
            form = work.forms.get(name)
        if form is None:
            raise HTTPException(404)
        return form

    def _take(
        self,
        request: Request,
        form: Form,
        knock: Knock,
        body: bytes | Answers,
        sharing: Mapping[str, str],
    ) -> Response:
        now = self._app.clock.now()
        secret = prove(form.kind, knock, form.secrets, now=now)
        if isinstance(body, dict) and body.get(HONEYPOT):
            return self._received(request, form, sharing)
        said = read(form.kind, body, headers=knock.headers, fields=form.fields)
        receive(self._signup(request, form, said), store=self._app.store)
        if secret:
            with self._app.store.begin() as work:
                work.forms.used(form.name, secret, at=now)
        return self._received(request, form, sharing)

    def _signup(self, request: Request, form: Form, said: Submission) -> Signup:
        tokens = self._app.tokens
        return Signup(
            id=tokens.new(),
            form=form.name,
            # Without a name for the submission every one is new: the limits are the guard.
            external_id=said.external_id or tokens.new(),
            received_at=self._app.clock.now(),
            address=said.email,
            interests=said.interests,
            time_zone=said.time_zone,
            name=said.name,
            # A vendor's servers are one network for all of its people.
            network=self._networks.name(request) if form.kind in _OF_A_PERSON else "",
            wording=WORDING,
        )

    def _received(self, request: Request, form: Form, sharing: Mapping[str, str]) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        if form.kind in _OF_A_PERSON and wants_page:
            return self._pages.page("received")
        return JSONResponse(RECEIVED, headers=dict(sharing))


def _sharing(form: Form, origin: str) -> dict[str, str]:
    """Return the headers that let a script of *origin* read the answer, if it may."""
    if not origin or origin not in form.origins:
        return {"Vary": "Origin"} if form.origins else {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type, Authorization, Idempotency-Key",
        "Access-Control-Max-Age": "600",
        # Else the browser would keep the answer from the page that asked for it.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }


async def _body(request: Request, kind: FormKind) -> tuple[bytes, Answers | None]:
    """Return the bytes as they came, and the fields where they are those of a form."""
    body = await request.body()
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "application/json" or media.endswith("+json"):
        return body, None
    if kind in _BY_FORM and media == "application/x-www-form-urlencoded":
        return body, _urlencoded(body)
    if kind in _BY_FORM and media == "multipart/form-data":
        return body, await _multipart(request)
    allowed = "JSON" if kind not in _BY_FORM else "JSON or a form"
    raise HTTPException(415, detail=f"Send {allowed}, with its Content-Type.")


def _urlencoded(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        raise Unusable("The form cannot be read.") from None
    return _fields(pairs)


async def _multipart(request: Request) -> dict[str, Any]:
    try:
        async with request.form(max_fields=_FIELDS, max_files=0) as form:
            return _fields(
                [(name, value) for name, value in form.multi_items() if not _is_file(value)]
            )
    except HTTPException:
        raise Unusable("The form cannot be read, or carries files.") from None


_FIELDS = 100


def _is_file(value: object) -> bool:
    return isinstance(value, UploadFile)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
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
    content = json.dumps({"status": status, "detail": detail})
    return Response(
        content, status_code=status, headers=dict(headers), media_type="application/problem+json"
    )
