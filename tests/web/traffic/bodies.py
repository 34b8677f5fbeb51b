"""Bodies: forms as ours send them, forms gone wrong, documents, and junk."""

import json
from random import Random
from urllib.parse import urlencode

from hypothesis import strategies as st

from tests.web.traffic.world import World
from tests.web.webhooks.vendors import BOUNDARY, multipart

ADDRESSES = st.sampled_from(
    [
        "ada@example.org",
        "bob@example.org",
        "someerased@example.org",
        "somebounced@example.org",
        "stranger@example.org",
        "ADA@EXAMPLE.ORG",
        "ü@bücher.example",
        '"a b"@example.org',
        "a@b@c",
        "x@example.org\r\nBcc: y@example.org",
        "a\x00@example.org",
        "@",
        "a@" + "b" * 320,
        "=cmd()@example.org",
        "x@[127.0.0.1]",
        "\ud800@example.org",
    ]
)
TEXTS = st.one_of(
    ADDRESSES,
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "whales, squid",
            "cs.CL",
            "2511.00001",
            "10.0001/x",
            "One-Click",
            "on",
            "0",
            "-1",
            "7",
            "99999999999999999999",
            "\u0663",
            "07:00",
            "24:61",
            "0001-01-01",
            "9999-12-31",
            "2026-12-01",
            "2027-02-30",
            "Europe/Vienna",
            "../../etc/passwd",
            "{{ 7*7 }}",
            "<script>",
            "\x00",
            "\ud800",
            "more 2511.00001",
            "save",
            "a," * 200,
            "\n" * 500,
            '"' * 9_000,
            "x" * 5_000,
            "\U0001d568" * 300,
        ]
    ),
)
NAMES = st.one_of(
    st.sampled_from(
        [
            "email",
            "interests",
            "stamp",
            "website",
            "time_zone",
            "name",
            "phrases",
            "categories",
            "authors",
            "organisations",
            "seeds",
            "exclusions",
            "send_at",
            "weekdays",
            "paper_limit",
            "dial",
            "until",
            "catch_up",
            "said",
            "understood",
            "List-Unsubscribe",
            "data",
            "payload",
            "rawRequest",
            "submission",
            "form_response",
            "q4_email4",
            "",
        ]
    ),
    st.text(max_size=10),
)
WISHES = {
    "phrases": "whales",
    "categories": "cs.CL",
    "authors": "Ada Okafor",
    "organisations": "",
    "seeds": "2511.00001",
    "exclusions": "bread",
    "name": "Ada",
    "time_zone": "UTC",
    "send_at": "07:00",
    "weekdays": "1",
    "paper_limit": "10",
    "dial": "30",
}
FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"
PARTS = f"multipart/form-data; boundary={BOUNDARY}".encode()
MEDIA = st.sampled_from(
    [
        FORM,
        JSON,
        PARTS,
        b"",
        b"text/plain",
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        PARTS + b"; charset=none-such",
        FORM + b"; charset=utf-16",
        b"application/x+json",
        b"\xff\xfe",
        b"multipart/form-data; boundary=" + b"x" * 300,
        b"application/json; charset=\x80",
    ]
)
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=12,
)
ODD = st.sampled_from(
    [
        b"[" * 30_000,
        b'{"a":' * 9_000,
        b"1" * 20_000,
        b'{"email":' + b"9" * 6_000 + b"}",
        b"\x00",
        b"NaN",
        b'"\\ud800"',
        b'{"email": "\\ud800@example.org"}',
        b"\xef\xbb\xbf{}",
        b"%",
        b"&" * 3_000,
        b"a=1&" * 200,
        b"%ED%A0%80=%00",
        b"x" * 70_000,
        b"--" + BOUNDARY.encode() + b"\r\n",
        b"null",
        b"x" * 1_100_000,
        b'{"data": null}',
        b'{"RecordType": "Bounce", "BouncedAt": 1e999}',
    ]
)


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
