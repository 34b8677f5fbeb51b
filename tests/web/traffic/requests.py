"""Requests: to every door, with every kind of key, proved and unproved."""

import hashlib
import hmac
import json
from base64 import b64encode
from random import Random

from hypothesis import strategies as st

from digest.links import DOORS, Purpose
from digest.models.signups import FormKind
from tests.web.traffic.bodies import ADDRESSES, JSONS, NAMES, bodies
from tests.web.traffic.world import MAILGUN_KEY, OPEN, POSTMARK_PASSWORD, World
from tests.web.webhooks.vendors import VENDORS, submission_id
from tests.web.wire import Header, Sent

PROVIDERS = ("ses", "sendgrid", "mailgun", "postmark", "none", "")
METHODS = ("POST",) * 8 + (
    "GET",
    "GET",
    "GET",
    "GET",
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "post",
    "BREW",
)
DEEDS = ("", "/pause", "/resume", "/address", "/export", "/unsay", "/reset", "/erase", "/none")
PLAIN = (
    "/",
    "/signup",
    "/preview",
    "/privacy",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/static/site.css",
    "/static/icon.svg",
    "/static/none",
    "/static/../digest.db",
    "/none",
    "//",
    "/u",
    "/me",
    "/a/x/1",
    "/webhooks/signup",
    "/webhooks/events",
    "/openapi.json",
    "/.env",
    "/signup/",
    "/\x00",
    "/é\u2028",
)
HEADERS = st.one_of(
    st.sampled_from(
        [
            (b"host", b"evil.example.net"),
            (b"host", b""),
            (b"origin", b"https://evil.example.net"),
            (b"origin", b"null"),
            (b"origin", b"http://["),
            (b"sec-fetch-site", b"cross-site"),
            (b"sec-fetch-site", b"same-origin"),
            (b"x-forwarded-for", b"::1, %, 203.0.113.9"),
            (b"x-forwarded-for", b"\xff"),
            (b"accept", b"text/html"),
            (b"accept", b"\xff"),
            (b"accept-language", b"de-AT,de;q=0.9"),
            (b"accept-language", b"x" * 900 + b";q=z"),
            (b"cookie", b"a=b; c"),
            (b"range", b"bytes=0-1"),
            (b"if-none-match", b"*"),
            (b"authorization", b"Bearer"),
            (b"authorization", b"Basic \xff"),
            (b"x-http-method-override", b"POST"),
            (b"idempotency-key", b"\xe9" * 600),
            (b"webhook-id", b"x\xff"),
            (b"webhook-timestamp", b"9" * 400),
            (b"webhook-signature", b"v1,"),
            (b"x-webflow-timestamp", b"-1"),
            (b"formspree-signature", b"t=1,v1=\xff"),
            (b"content-type", b"text/html"),
            (b"user-agent", b"ada@example.org"),
        ]
    ),
    st.tuples(
        st.from_regex(rb"\A[a-z][a-z-]{0,12}\Z"),
        st.binary(max_size=30).map(lambda value: bytes(one for one in value if one >= 32)),
    ),
)


JUNK = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
UTF8 = st.characters(exclude_categories=["Cs"], exclude_characters="/")


@st.composite
def tokens(draw: st.DrawFn, world: World, purpose: Purpose, chance: Random) -> tuple[str, str]:
    """A token for the door of *purpose*, and whether it is "good" or "bad" there."""
    kind = chance.choice([*["good"] * 7, "expired", "forged", "other", "cut", "junk"])
    good = chance.choice(world.tokens[purpose])
    if kind == "good":
        return good, "good"
    if kind == "expired" and purpose in OPEN:
        return chance.choice(world.expired[purpose]), "bad"
    if kind == "other":
        another = chance.choice([one for one in Purpose if one is not purpose])
        return chance.choice(world.tokens[another]), "bad"
    if kind == "cut":
        return good[:-2], "bad"
    if kind == "junk":
        return draw(st.text(UTF8, max_size=30)), "bad"
    return chance.choice(world.forged[purpose]), "bad"


@st.composite
def behind_tokens(draw: st.DrawFn, world: World, chance: Random) -> tuple[str, str]:
    """A path behind a token, and what the token is."""
    doors = [one for one in Purpose if one is not Purpose.FORM]
    purpose = chance.choice([*doors, *[Purpose.SETTINGS] * 6])
    token, door = draw(tokens(world, purpose, chance))
    rest = ""
    match purpose:
        case Purpose.SETTINGS:
            rest = chance.choice(["", "", *DEEDS])
        case Purpose.UNSUBSCRIBE:
            rest = chance.choice(["", "/weekly", "/"])
        case Purpose.FEEDBACK:
            rank = chance.choice(["1", "1", "2", "0", "999", "-1", "x", "\u0661"])
            verdict = chance.choice(["more", "less", "save", "none"])
            rest = f"/{rank}/{verdict}{chance.choice(['', '/undo'])}"
    return f"{DOORS[purpose]}/{token}{rest}", door


@st.composite
def proved(draw: st.DrawFn, world: World, chance: Random) -> Sent:
    """A submission with the proof of its vendor, whatever it says."""
    vendor = chance.choice(VENDORS)
    shaped = vendor.shape(draw(ADDRESSES).encode(errors="replace").decode(), submission_id("one"))
    if not isinstance(shaped, bytes):
        changes = draw(st.dictionaries(NAMES, JSONS, max_size=2))
        shaped = json.dumps(draw(st.sampled_from([shaped, shaped | changes, changes]))).encode()
    post = vendor.sign(world.secrets[vendor.kind], shaped, submission_id("one"), world.now)
    headers = tuple((name.encode(), value.encode()) for name, value in post.headers.items())
    return Sent(
        method="POST",
        path=f"/webhooks/signup/{vendor.kind}{post.suffix}",
        headers=headers,
        pieces=(post.body,),
    )


@st.composite
def told(draw: st.DrawFn, world: World) -> Sent:
    """A provider's event with its proof, whatever it tells."""
    sent = draw(
        st.dictionaries(st.sampled_from(EVENT_WORDS), st.one_of(JSONS, NUMBERS), max_size=6)
    )
    moment = str(int(world.now.timestamp()))
    signature = hmac.new(MAILGUN_KEY.encode(), f"{moment}one".encode(), hashlib.sha256).hexdigest()
    proof = {"timestamp": moment, "token": "one", "signature": signature}
    provider, content = draw(
        st.sampled_from([("postmark", sent), ("mailgun", {"signature": proof, "event-data": sent})])
    )
    password = b"Basic " + b64encode(POSTMARK_PASSWORD.encode())
    return Sent(
        method="POST",
        path=f"/webhooks/events/{provider}",
        headers=((b"authorization", password),),
        pieces=(json.dumps(content).encode(),),
    )


EVENT_WORDS = (
    "RecordType",
    "MessageID",
    "Metadata",
    "Type",
    "TypeCode",
    "BouncedAt",
    "DeliveredAt",
    "Details",
    "event",
    "severity",
    "timestamp",
    "delivery-status",
    "message",
    "envelope",
    "id",
    "ID",
    "Email",
)
NUMBERS = st.sampled_from(
    [1e308, -1e308, 10**30, -1, 0, "Bounce", "failed", "permanent", "complained", "SpamComplaint"]
)


@st.composite
def requests(draw: st.DrawFn, world: World, chance: Random) -> Sent:
    """Any request."""
    kind = chance.choice([*["token"] * 8, "plain", "plain", "hook", "proved", "proved", "told"])
    if kind == "proved":
        return draw(proved(world, chance))
    if kind == "told":
        return draw(told(world))
    door = ""
    if kind == "token":
        path, door = draw(behind_tokens(world, chance))
    else:
        path = chance.choice(HOOKS if kind == "hook" else [*PLAIN, *FRONT * 6, f"/{draw(JUNK)}"])
    headers: list[Header] = draw(st.lists(HEADERS, max_size=4))
    body, media = draw(bodies(world, path, chance)) if chance.randrange(5) else (b"", b"")
    if media:
        headers.append((b"content-type", media))
    if chance.randrange(2):
        headers.append((b"content-length", str(len(body)).encode()))
    cut = chance.randint(0, len(body))
    return Sent(
        method=chance.choice(METHODS),
        path=path,
        query=chance.choice([b"", body[:300], b"interests=whales", b"token=%00&a=1&a=2"]),
        headers=tuple(headers),
        pieces=(body[:cut], body[cut:]) if chance.randrange(2) else (body,),
        client=chance.choice(["127.0.0.1", "203.0.113.9", "2001:db8::1", "", "testclient"]),
        hangs_up=not chance.randrange(20),
        door=door,
    )


FRONT = ["/", "/signup", "/preview"]
HOOKS = [
    *(f"/webhooks/signup/{name}" for name in (*FormKind, FormKind.HTML, "none", "page", "..")),
    *(f"/webhooks/events/{name}" for name in PROVIDERS),
    "/webhooks/signup/jotform/wrong",
]


@st.composite
def rows(draw: st.DrawFn, world: World, number: int, length: int) -> list[Sent]:
    """Requests that follow one another: the *number* says to which doors, and with which keys.

    Hypothesis likes to repeat what it had before; of bodies that is right, of doors it is not.
    """
    chance = Random(number)  # noqa: S311 - no secret is made of it
    return [draw(requests(world, chance)) for _ in range(length)]
