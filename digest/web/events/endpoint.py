"""`POST /webhooks/events/PROVIDER`: prove, read, and do what each event asks for."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Protocol

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digest.bootstrap import App
from digest.errors import SourceError
from digest.models.events import EventKind, MailEvent
from digest.services.bounce import take_in
from digest.web.events import mailgun, postmark, sendgrid
from digest.web.events.ses import Ses
from digest.web.events.telling import Told, Unreadable, mail_id
from digest.web.webhooks.proofs import Knock, Unproved

_log = structlog.stdlib.get_logger("digest.web")

LIMIT = 1024 * 1024
"""Bytes of a request: SendGrid sends up to 768 KB at once, SNS up to 256."""

RECEIVED = {"status": "received"}
"""The answer to all that was proved, whether we know the mails or not."""


class Tell(Protocol):
    """Reads what one provider posts, if one of *keys* proves it."""

    def __call__(self, knock: Knock, keys: Collection[str], /, *, now: datetime) -> Iterator[Told]:
        """Yield what the request tells; raise Unproved, or Unreadable."""


class Events:
    """Takes in what providers tell of our mails; one without its setting is not there."""

    def __init__(self, app: App) -> None:
        self._app = app
        settings = app.settings
        known: Mapping[str, tuple[Tell, Collection[str]]] = {
            "ses": (Ses(app.fetch).tell, settings.ses_topic),
            "sendgrid": (sendgrid.tell, settings.sendgrid_key),
            "mailgun": (mailgun.tell, settings.mailgun_key),
            "postmark": (postmark.tell, settings.postmark_password),
        }
        self._providers = {name: (tell, keys) for name, (tell, keys) in known.items() if keys}

    async def answer(self, request: Request) -> Response:
        """Answer one request: a provider sends it again until it is told that we have it."""
        provider = request.path_params["provider"]
        if provider not in self._providers:
            raise HTTPException(404)
        knock = Knock(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        try:
            await run_in_threadpool(self._take, provider, knock)
        except Unproved as unproved:
            _log.info("events unproved", provider=provider, reason=str(unproved))
            return _problem(401, str(unproved), {"WWW-Authenticate": "Basic"})
        except Unreadable as unreadable:
            _log.info("events unreadable", provider=provider)
            return _problem(422, str(unreadable))
        except SourceError as away:
            _log.warning("events not proved yet", provider=provider, reason=str(away))
            return _problem(503, "The proof cannot be checked now: send it again later.")
        return JSONResponse(RECEIVED)

    def _take(self, provider: str, knock: Knock) -> None:
        tell, keys = self._providers[provider]
        news = 0
        for told in tell(knock, keys, now=self._app.clock.now()):
            # One by one: where the store goes away between two, the provider sends all again.
            if found := mail_id(told, self._app.links):
                news += self._take_one(provider, told, found)
        _log.info("events received", provider=provider, news=news)

    def _take_one(self, provider: str, told: Told, mail: str) -> bool:
        event = MailEvent(
            source=provider,
            external_id=told.external_id,
            kind=told.kind,
            mail_id=mail,
            at=told.at,
            status=told.status,
        )
        app = self._app
        news = take_in(event, store=app.store, clock=app.clock, tokens=app.tokens)
        if news and told.kind is EventKind.POLICY:
            # No reader is to blame, and nobody but the operator can mend it.
            _log.warning("mail refused", provider=provider, mail=mail, status=told.status)
        return news


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    content = json.dumps({"status": status, "detail": detail})
    return Response(
        content, status_code=status, headers=headers, media_type="application/problem+json"
    )
