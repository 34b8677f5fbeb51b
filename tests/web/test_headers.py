"""What a response says of itself wins over what all responses say."""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from digest.web.headers import SecurityHeaders, security_headers


def answered(response: PlainTextResponse) -> list[tuple[bytes, bytes]]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(SecurityHeaders(response, security_headers(https=True))(scope, receive, send))
    headers: list[tuple[bytes, bytes]] = sent[0]["headers"]
    return headers


def test_a_page_may_loosen_what_it_must_and_no_header_comes_twice() -> None:
    headers = answered(PlainTextResponse("", headers={"Cache-Control": "public"}))

    names = [name for name, _value in headers]
    assert len(names) == len(set(names))
    assert dict(headers)[b"cache-control"] == b"public"
    assert dict(headers)[b"x-robots-tag"] == b"noindex"


def test_https_is_promised_only_where_readers_come_over_it() -> None:
    secure, plain = security_headers(https=True), security_headers(https=False)

    assert set(secure) - set(plain) == {"Strict-Transport-Security"}
