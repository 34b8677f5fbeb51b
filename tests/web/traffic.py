"""What strangers, programs and broken clients send: strategies for requests of every kind."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from urllib.parse import urlencode

from hypothesis import strategies as st

from digest.bootstrap import App
from digest.links import DOORS, SETTINGS_FOR, Links, Purpose
from digest.models.signups import PAGE, FormKind, Signup, SignupState
from digest.models.subscribers import SubscriberState
from digest.services.forms import FormWish, add_form
from digest.services.sign_up import admit, receive
from digest.web.stamps import stamp
from tests.factories import make_reader
from tests.fakes import MemoryMailer
from tests.web.conftest import fill
from tests.web.webhooks.vendors import BOUNDARY, VENDORS, multipart, submission_id
from tests.web.wire import Header, Sent

MAILGUN_KEY, POSTMARK_PASSWORD = "mailgun-key", "hook:password"
PROVIDERS = ("ses", "sendgrid", "mailgun", "postmark", "none", "")
METHODS = ("POST",) * 8 + ("GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "post", "BREW")
DEEDS = ("", "/pause", "/resume", "/address", "/export", "/unsay", "/reset", "/erase", "/none")
PLAIN = (
    "/", "/signup", "/preview", "/privacy", "/healthz", "/readyz", "/robots.txt", "/static/site.css",
    "/static/icon.svg", "/static/none", "/static/../digest.db", "/none", "//", "/u", "/me", "/a/x/1",
    "/webhooks/signup", "/webhooks/events", "/openapi.json", "/.env", "/signup/", "/\x00", "/é\u2028",
)  # fmt: skip
OPEN = frozenset(
    {Purpose.CONFIRM, Purpose.SETTINGS, Purpose.ADDRESS, Purpose.RETURN}
)
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


ADDRESSES = st.sampled_from(
    [
        "ada@example.org", "bob@example.org", "someerased@example.org", "somebounced@example.org",
        "stranger@example.org", "ADA@EXAMPLE.ORG", "ü@bücher.example", '"a b"@example.org',
        "a@b@c", "x@example.org\r\nBcc: y@example.org", "a\x00@example.org", "@", "a@" + "b" * 320,
        "=cmd()@example.org", "x@[127.0.0.1]", "\ud800@example.org",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    ADDRESSES,
    st.text(max_size=40),
    st.sampled_from(
        [
            "", "whales, squid", "cs.CL", "2511.00001", "10.0001/x", "One-Click", "on", "0", "-1", "7",
            "99999999999999999999", "٣", "07:00", "24:61", "0001-01-01", "9999-12-31", "2026-12-01",
            "2027-02-30", "Europe/Vienna", "../../etc/passwd", "{{ 7*7 }}", "<script>", "\x00", "\ud800",
            "more 2511.00001", "save", "a," * 200, "\n" * 500, '"' * 9_000, "x" * 5_000, "𝕨" * 300,
        ]
    ),
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(
        [
            "email", "interests", "stamp", "website", "time_zone", "name", "phrases", "categories",
            "authors", "organisations", "seeds", "exclusions", "send_at", "weekdays", "paper_limit",
            "dial", "until", "catch_up", "said", "understood", "List-Unsubscribe", "data", "payload",
            "rawRequest", "submission", "form_response", "q4_email4", "",
        ]
    ),
    st.text(max_size=10),
)  # fmt: skip
WISHES = {
    "phrases": "whales", "categories": "cs.CL", "authors": "Ada Okafor", "organisations": "",
    "seeds": "2511.00001", "exclusions": "bread", "name": "Ada", "time_zone": "UTC",
    "send_at": "07:00", "weekdays": "1", "paper_limit": "10", "dial": "30",
}  # fmt: skip
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"
PARTS = f"multipart/form-data; boundary={BOUNDARY}".encode()
MEDIA = st.sampled_from(
    [
        FORM, JSON, PARTS, b"", b"text/plain", b"multipart/form-data", b"multipart/form-data; boundary=",
        PARTS + b"; charset=none-such", FORM + b"; charset=utf-16", b"application/x+json", b"\xff\xfe",
        b"multipart/form-data; boundary=" + b"x" * 300, b"application/json; charset=\x80",
    ]
)  # fmt: skip
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=5)
    ),
    max_leaves=12,
)
ODD = st.sampled_from(
    [
        b"[" * 30_000, b'{"a":' * 9_000, b"1" * 20_000, b'{"email":' + b"9" * 6_000 + b"}", b"\x00",
        b"NaN", b'"\\ud800"', b'{"email": "\\ud800@example.org"}', b"\xef\xbb\xbf{}", b"%", b"&" * 3_000,
        b"a=1&" * 200, b"%ED%A0%80=%00", b"x" * 70_000, b"--" + BOUNDARY.encode() + b"\r\n", b"null",
        b"x" * 1_100_000, b'{"data": null}', b'{"RecordType": "Bounce", "BouncedAt": 1e999}',
    ]
)  # fmt: skip


def fitting(world: World, path: str) -> dict[str, str]:
    """Return what the form at *path* sends, where all goes well."""
    new = "new@example.org"
    last = {
        "pause": {"until": "2026-12-01", "catch_up": "on"},
        "address": {"email": new},
        "unsay": {"said": "more 2511.00001"},
        "erase": {"understood": "yes"},
        "signup": {"email": new, "interests": "whales", "stamp": world.stamp},
        "html": {"email": new, "interests": "whales", "name": "Ada"},
        "preview": {"interests": "whales", "email": new},
    }
    name = path.rstrip("/").rpartition("/")[2]
    return last.get(name, {"List-Unsubscribe": "One-Click"} if path[:3] == "/u/" else WISHES)


@st.composite
def forms(draw: st.DrawFn, world: World, path: str) -> tuple[bytes, bytes]:
    """A form's body and its type: often one that ours would send, often with one thing wrong."""
    wrong = draw(st.one_of(st.just({}), st.dictionaries(NAMES, TEXTS, max_size=3)))
    said = fitting(world, path) | wrong
    if draw(st.booleans()):
        return urlencode(said, errors="surrogatepass").encode(), FORM
    whole = {_sent(name.replace('"', "")): _sent(value) for name, value in said.items()}
    end = draw(st.sampled_from([None, None, -1, -20, 60]))
    return multipart(whole)[:end], PARTS


def _sent(text: str) -> str:
    return text.encode(errors="replace").decode()


@st.composite
def jsons(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A document and its type."""
    return json.dumps(draw(JSONS)).encode(), JSON


@st.composite
def bodies(draw: st.DrawFn, world: World, path: str, chance: Random) -> tuple[bytes, bytes]:
    """Any body, and the type it has or claims to have."""
    odd = st.tuples(st.one_of(st.binary(max_size=200), ODD), MEDIA)
    body, media = draw(chance.choice([*[forms(world, path)] * 5, jsons(), odd]))
    return body, media if chance.randrange(6) else draw(MEDIA)


HEADERS = st.one_of(
    st.sampled_from(
        [
            (b"host", b"evil.example.net"), (b"host", b""), (b"origin", b"https://evil.example.net"),
            (b"origin", b"null"), (b"origin", b"http://["), (b"sec-fetch-site", b"cross-site"),
            (b"sec-fetch-site", b"same-origin"), (b"x-forwarded-for", b"::1, %, 203.0.113.9"),
            (b"x-forwarded-for", b"\xff"), (b"accept", b"text/html"), (b"accept", b"\xff"),
            (b"accept-language", b"de-AT,de;q=0.9"), (b"accept-language", b"x" * 900 + b";q=z"),
            (b"cookie", b"a=b; c"), (b"range", b"bytes=0-1"), (b"if-none-match", b"*"),
            (b"authorization", b"Bearer"), (b"authorization", b"Basic \xff"),
            (b"x-http-method-override", b"POST"), (b"idempotency-key", b"\xe9" * 600),
            (b"webhook-id", b"x\xff"), (b"webhook-timestamp", b"9" * 400), (b"webhook-signature", b"v1,"),
            (b"x-webflow-timestamp", b"-1"), (b"formspree-signature", b"t=1,v1=\xff"),
            (b"content-type", b"text/html"), (b"user-agent", b"ada@example.org"),
        ]
    ),
    st.tuples(
        st.from_regex(rb"\A[a-z][a-z-]{0,12}\Z"),
        st.binary(max_size=30).map(lambda value: bytes(one for one in value if one >= 32)),
    ),
)  # fmt: skip


JUNK = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
UTF8 = st.characters(exclude_categories=["Cs"], exclude_characters="/")
# Hypothesis prefers what is simple and what it had before: which door is knocked at, and with
# which key, is better left to chance alone.
CHANCE = st.randoms(use_true_random=True, note_method_calls=False)


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
            rank = chance.choice(["1", "1", "2", "0", "999", "-1", "x", "١"])
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
    sent = draw(st.dictionaries(st.sampled_from(EVENT_WORDS), st.one_of(JSONS, NUMBERS), max_size=6))
    moment = str(int(world.now.timestamp()))
    signature = hmac.new(MAILGUN_KEY.encode(), f"{moment}one".encode(), hashlib.sha256).hexdigest()
    proof = {"timestamp": moment, "token": "one", "signature": signature}
    provider, content = draw(
        st.sampled_from(
            [("postmark", sent), ("mailgun", {"signature": proof, "event-data": sent})]
        )
    )
    password = b"Basic " + b64encode(POSTMARK_PASSWORD.encode())
    return Sent(
        method="POST",
        path=f"/webhooks/events/{provider}",
        headers=((b"authorization", password),),
        pieces=(json.dumps(content).encode(),),
    )


EVENT_WORDS = (
    "RecordType", "MessageID", "Metadata", "Type", "TypeCode", "BouncedAt", "DeliveredAt", "Details",
    "event", "severity", "timestamp", "delivery-status", "message", "envelope", "id", "ID", "Email",
)  # fmt: skip
NUMBERS = st.sampled_from(
    [1e308, -1e308, 10**30, -1, 0, "Bounce", "failed", "permanent", "complained", "SpamComplaint"]
)


@st.composite
def requests(draw: st.DrawFn, world: World) -> Sent:
    """Any request."""
    chance = draw(CHANCE)
    kind = chance.choice(["token", "token", "token", "token", "plain", "hook", "proved", "told"])
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
        door=door,
    )


FRONT = ["/", "/signup", "/preview"]
HOOKS = [
    *(f"/webhooks/signup/{name}" for name in (*FormKind, FormKind.HTML, "none", "page", "..")),
    *(f"/webhooks/events/{name}" for name in PROVIDERS),
    "/webhooks/signup/jotform/wrong",
]
