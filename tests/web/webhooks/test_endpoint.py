"""What a form elsewhere may post, and what it is told."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook
from structlog.testing import capture_logs

from digest.errors import StoreUnavailable
from digest.models.signups import FormKind
from digest.services.forms import rotate_secret
from digest.store.sql import SqlStore
from digest.web.app import BODY_LIMIT, build
from digest.web.webhooks.endpoint import RECEIVED
from tests.fakes import MemoryStore
from tests.fakes.store import MemoryWork
from tests.web.conftest import make_app, served
from tests.web.webhooks.conftest import Desk, changed
from tests.web.webhooks.vendors import BOUNDARY, VENDORS, Vendor, multipart, submission_id

SECONDS_5 = timedelta(minutes=5)
BY_KIND = {vendor.kind: vendor for vendor in VENDORS}
STANDARD, BEARER, HTML = (
    BY_KIND[kind] for kind in (FormKind.STANDARD, FormKind.BEARER, FormKind.HTML)
)
NAVIGATION = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SITE = "https://library.example.net"


def only(**flags: bool) -> pytest.MarkDecorator:
    """Parametrise over the vendors with those flags."""
    chosen = [
        vendor
        for vendor in VENDORS
        if all(getattr(vendor, name) is value for name, value in flags.items())
    ]
    return pytest.mark.parametrize("vendor", chosen, ids=[str(each.kind) for each in chosen])


@only()
def test_what_a_vendor_sends_is_kept_and_answered_at_once(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind, fields=vendor.fields)

    answer = desk.post(vendor)

    assert (answer.status_code, answer.json()) == (200, RECEIVED)
    [signup] = desk.kept()
    assert signup.form == "lab"
    assert signup.address == "ada@example.org"
    assert signup.name == "Ada Okafor"
    assert signup.interests == ("whale song", "cs.SD")
    assert signup.time_zone == "Europe/Vienna"
    assert signup.received_at == desk.clock.now()
    assert signup.wording
    if vendor.kind is not FormKind.HTML:
        assert signup.external_id == submission_id("first")
    assert bool(signup.network) is (vendor.kind is FormKind.HTML)


@only(has_secret=True)
def test_what_somebody_else_signed_is_refused(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    desk.add(vendor.kind, name="other")

    answer = desk.post(vendor, secret=desk.secret("other"))

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"]
    assert not desk.kept()
    assert desk.form().secrets[0].used_at is None


@only(signs_body=True)
def test_what_was_changed_on_its_way_is_refused(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    post = desk.write(vendor)

    forged = changed(post, body=post.body.replace(b"ada@", b"eve@"))

    assert desk.send(forged).status_code == 401
    assert desk.send(changed(post, body=post.body + b" ")).status_code == 401
    assert not desk.kept()


@only(has_secret=True)
def test_without_a_signature_nothing_is_taken(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    post = desk.write(vendor)
    bare = {"Content-Type": post.headers["Content-Type"]}

    assert desk.send(changed(post, headers=bare, suffix="")).status_code == 401
    for name in set(post.headers) - {"Content-Type", "Idempotency-Key"}:
        for value in ("", "x", "v1,", "t=,v1=", "t=1,v1=é", "sha256=", "Bearer", "9" * 30, "-1"):
            answer = desk.send(changed(post, headers={**post.headers, name: value.encode()}))
            assert answer.status_code == 401, (name, value)
    assert not desk.kept()


@only()
def test_a_second_copy_gets_the_same_answer_and_is_kept_once(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    post = desk.write(vendor)

    first, second = desk.send(post), desk.send(post)

    assert (first.status_code, first.content) == (200, second.content)
    assert second.status_code == 200
    assert len(desk.kept()) == 1


@only()
def test_two_submissions_are_two(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)

    desk.post(vendor, email="ada@example.org", submission="first")
    desk.post(vendor, email="bo@example.org", submission="second")

    assert {signup.address for signup in desk.kept()} == {"ada@example.org", "bo@example.org"}


@only(signs_time=True)
@pytest.mark.parametrize("direction", [-1, 1])
def test_what_was_signed_long_ago_or_in_the_future_is_refused(
    desk: Desk, vendor: Vendor, direction: int
) -> None:
    desk.add(vendor.kind)
    now = desk.clock.now()

    late = desk.post(vendor, at=now + direction * (SECONDS_5 + timedelta(seconds=1)))
    assert late.status_code == 401
    assert "five minutes" in late.json()["detail"]
    assert not desk.kept()

    assert desk.post(vendor, at=now + direction * SECONDS_5).status_code == 200


@only(has_secret=True)
def test_an_old_secret_is_good_until_it_retires(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    old = desk.secret()
    rotate_secret(
        "lab",
        keep=timedelta(hours=72),
        store=desk.app.store,
        clock=desk.clock,
        tokens=desk.app.tokens,
    )
    new = desk.secret()
    assert new != old

    assert desk.post(vendor, secret=old, submission="old").status_code == 200
    desk.clock.advance(timedelta(hours=71, minutes=59))
    assert desk.post(vendor, secret=old, submission="still").status_code == 200
    assert desk.post(vendor, secret=new, submission="new").status_code == 200
    desk.clock.advance(timedelta(minutes=1))
    assert desk.post(vendor, secret=old, submission="late").status_code == 401
    assert desk.post(vendor, secret=new, submission="newer").status_code == 200
    assert len(desk.kept()) == 4


@only(has_secret=True)
def test_the_last_use_of_a_secret_is_noted(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    first = desk.clock.now()

    desk.post(vendor, submission="one")
    desk.clock.advance(timedelta(seconds=30))
    desk.post(vendor, submission="two")
    assert desk.form().secrets[0].used_at == first

    desk.clock.advance(timedelta(seconds=30))
    desk.post(vendor, submission="three")
    assert desk.form().secrets[0].used_at == desk.clock.now()


def test_several_signatures_in_one_header_are_one_that_fits(desk: Desk) -> None:
    desk.add(FormKind.STANDARD)
    post = desk.write(STANDARD)
    good = post.headers["webhook-signature"]
    other = "v1," + base64.b64encode(bytes(32)).decode()

    def signed(value: str) -> int:
        headers = {**post.headers, "webhook-signature": value}
        return desk.send(changed(post, headers=headers)).status_code

    assert signed(f"{other} v1a,abc {good}") == 200
    assert signed(f"{good} {other}") == 200
    assert signed(f"v1a,{good.removeprefix('v1,')}") == 401
    assert signed(f"v2,{good.removeprefix('v1,')} {other}") == 401
    assert signed(good.removeprefix("v1,")) == 401


def test_what_the_library_signs_the_library_would_verify_and_so_do_we(desk: Desk) -> None:
    desk.add(FormKind.STANDARD)
    now = desk.clock.now()
    body = json.dumps({"email": "ada@bücher.example"}, ensure_ascii=False)
    sender = Webhook(desk.secret())

    answer = desk.client.post(
        "/webhooks/signup/lab",
        content=body.encode(),
        headers={
            "content-type": "application/json; charset=utf-8",
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": sender.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, body),
        },
    )

    assert answer.status_code == 200
    assert [signup.external_id for signup in desk.kept()] == ["msg_p5jXN8AQM9LWM0D4loKWxJek"]


def test_a_copy_of_what_has_no_name_is_known_for_as_long_as_its_mail_would_wait(
    desk: Desk,
) -> None:
    desk.add(FormKind.BEARER)

    for _ in range(3):
        assert desk.json({"email": "ada@example.org"}).status_code == 200
    assert len(desk.kept()) == 1
    # Neither the address nor what anybody could compute from it.
    assert "ada" not in desk.kept()[0].external_id
    assert len(desk.kept()[0].external_id) == 64

    desk.clock.advance(timedelta(minutes=15))
    desk.json({"email": "ada@example.org"})
    assert len(desk.kept()) == 2


def test_interests_are_a_list_or_text_with_commas_and_nothing_else_breaks_it(desk: Desk) -> None:
    desk.add(FormKind.BEARER)
    for given_interests, kept in (
        (["whales", " squid "], ("whales", "squid")),
        ("whales, squid,,", ("whales", "squid")),
        (["whales", 7, None, ["deep"], {"a": "b"}, True], ("whales",)),
        (7, ()),
        (None, ()),
        ({"a": "whales"}, ()),
        ([f"w{number}" for number in range(99)], tuple(f"w{number}" for number in range(40))),
    ):
        sent = {"email": "ada@example.org", "interests": given_interests}
        assert desk.json(sent, **{"Idempotency-Key": repr(given_interests)[:90]}).status_code == 200
        assert desk.kept()[-1].interests == kept or kept in {
            signup.interests for signup in desk.kept()
        }


@pytest.mark.parametrize(
    "address",
    [
        "Ada.Okafor+papers@Example.org",
        "ada@bücher.example",
        "ada@xn--bcher-kva.example",
        "用户@例子.example",
        "  ada@example.org  ",
        f"{'a' * 64}@example.org",
    ],
)
def test_an_address_is_kept_as_it_was_given(desk: Desk, address: str) -> None:
    desk.add(FormKind.BEARER)

    assert desk.json({"email": address}).status_code == 200
    assert [signup.address for signup in desk.kept()] == [address.strip()]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@@example.org",
        "Ada <ada@example.org>",
        "ada@example.org, eve@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada\n@example.org",
        "ada\x00@example.org",
        "ada\ud800@example.org",
        "ada\u202e@example.org",
        '"ada okafor"@example.org',
        "ada@[127.0.0.1]",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}",
        "a" * 321,
        "é" * 5_000,
        7,
        None,
        {"a": ["b"]},
        [],
        [["ada@example.org"]],
    ],
)
def test_what_is_no_address_is_refused_for_good(desk: Desk, address: object) -> None:
    desk.add(FormKind.BEARER)

    answer = desk.json(json.dumps({"email": address}).encode())

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].count("\n") == 0
    assert not desk.kept()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"ada@example.org"',
        b"{",
        b'{"email": "ada@example.org"',
        b'{"email": "ada@example.org"} {}',
        b"\xff\xfe{}",
        b'{"email": "\xff@example.org"}',
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'{"email": ' + b"9" * 60_000 + b"}",
        b'{"email": NaN}',
        b"{}",
        b'{"data": {"email": 5}}',
    ],
)
def test_what_says_nothing_is_refused_for_good(desk: Desk, body: bytes) -> None:
    desk.add(FormKind.BEARER)

    assert desk.json(body).status_code == 422
    assert not desk.kept()


def test_a_key_that_stands_twice_is_read_once(desk: Desk) -> None:
    desk.add(FormKind.BEARER)

    answer = desk.json(b'{"email": "eve@example.org", "email": "ada@example.org"}')

    assert answer.status_code == 200
    assert [signup.address for signup in desk.kept()] == ["ada@example.org"]


@pytest.mark.parametrize("name", ["name", "time_zone", "interests"])
def test_what_no_database_keeps_is_left_out(desk: Desk, name: str) -> None:
    desk.add(FormKind.BEARER)
    sent = {"email": "ada@example.org", name: "a\x00b\ud800c\r\nd", "huge": 10**4000}

    assert desk.json(json.dumps(sent).encode()).status_code == 200
    [signup] = desk.kept()
    assert "\r" not in signup.name + signup.time_zone


@only(has_secret=True, signs_body=True)
def test_another_vendors_submission_is_refused_for_good(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    at = desk.clock.now()

    post = vendor.sign(desk.secret(), b'{"hello": "world"}', "first", at)

    assert desk.send(post).status_code == 422
    assert not desk.kept()


@only()
def test_another_content_type_is_refused(desk: Desk, vendor: Vendor) -> None:
    desk.add(vendor.kind)
    post = desk.write(vendor)

    for media in ("", "text/plain", "application/xml", "image/png", "json"):
        answer = desk.send(changed(post, headers={**post.headers, "Content-Type": media}))
        assert answer.status_code == 415, media
        assert answer.headers["content-type"] == "application/problem+json"
    assert not desk.kept()


@pytest.mark.parametrize("declared", [True, False])
@only()
def test_a_body_over_the_limit_is_refused(desk: Desk, vendor: Vendor, *, declared: bool) -> None:
    desk.add(vendor.kind)
    post = desk.write(vendor)
    body = post.body + b" " * BODY_LIMIT

    answer = desk.client.post(
        f"/webhooks/signup/lab{post.suffix}",
        content=body if declared else iter([body[:100], body[100:]]),
        headers=dict(post.headers),
    )

    assert answer.status_code == 413
    assert not desk.kept()


def test_a_form_that_is_not_there_is_not_found_whatever_is_sent(desk: Desk) -> None:
    desk.add(FormKind.STANDARD)
    post = desk.write(STANDARD)
    answers = [
        desk.send(post, name)
        for name in ("none", "LAB", "lab%00", "lab%20", "%F0%9F%90%8B", "a" * 900, "..%2Flab", "-")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert {answer.headers["content-type"] for answer in answers} <= {
        "application/problem+json",
        "text/html; charset=utf-8",
    }
    assert desk.client.options("/webhooks/signup/none").status_code == 404
    assert not desk.kept()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_a_post_does_anything(desk: Desk, method: str) -> None:
    desk.add(FormKind.HTML)

    answer = desk.client.request(method, "/webhooks/signup/lab", params={"email": "a@b.org"})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "OPTIONS, POST"
    assert not desk.kept()


def test_options_names_the_methods(desk: Desk) -> None:
    desk.add(FormKind.STANDARD)

    answer = desk.client.options("/webhooks/signup/lab")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "OPTIONS, POST"


class Away(MemoryStore):
    """A store that can be out of reach: to writers, or to everybody."""

    reads = writes = False

    @contextmanager
    def begin(self) -> Iterator[MemoryWork]:
        _refuse(self.writes)
        with super().begin() as work:
            yield work

    @contextmanager
    def read(self) -> Iterator[MemoryWork]:
        _refuse(self.reads)
        with super().read() as work:
            yield work


def _refuse(away: bool) -> None:  # noqa: FBT001 - it is what the name asks
    if away:
        raise StoreUnavailable("The database at db.example.org is out of reach.")


@pytest.mark.parametrize("what", ["reads", "writes"])
def test_without_a_database_the_vendor_is_asked_to_come_again(what: str) -> None:
    store = Away()
    app = make_app(store)
    with served(build(app)) as client:
        desk = Desk(app=app, client=client)
        desk.add(FormKind.STANDARD)
        post = desk.write(STANDARD)
        setattr(store, what, True)

        answer = desk.send(post)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "60"
        assert "db.example.org" not in answer.text

        setattr(store, what, False)
        assert desk.send(post).status_code == 200
        assert len(desk.kept()) == 1


def test_a_plain_form_gets_a_page_and_no_redirect(desk: Desk) -> None:
    desk.add(FormKind.HTML)

    answer = desk.send(desk.write(HTML), **NAVIGATION)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "ada" not in answer.text.lower()


def test_a_person_whose_address_is_none_is_told_so_on_a_page(desk: Desk) -> None:
    desk.add(FormKind.HTML)

    answer = desk.send(desk.write(HTML, email="<b>ada"), **NAVIGATION)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "is not an e-mail address" in answer.text
    assert "<b>ada" not in answer.text


def test_a_vendor_gets_no_page_whatever_it_accepts(desk: Desk) -> None:
    desk.add(FormKind.BEARER)

    assert desk.json({"email": "ada@example.org"}, Accept="text/html").json() == RECEIVED


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart", "json"])
def test_a_form_is_read_however_a_page_sends_it(desk: Desk, encoding: str) -> None:
    desk.add(FormKind.HTML)
    fields = {"email": "ada@example.org", "interests": "whales,squid"}

    if encoding == "urlencoded":
        answer = desk.client.post("/webhooks/signup/lab", data=fields)
    elif encoding == "multipart":
        parts = {name: (None, value) for name, value in fields.items()}
        answer = desk.client.post("/webhooks/signup/lab", files=parts)
    else:
        answer = desk.client.post("/webhooks/signup/lab", json=fields)

    assert answer.json() == RECEIVED
    [signup] = desk.kept()
    assert (signup.address, signup.interests) == ("ada@example.org", ("whales", "squid"))


def test_boxes_that_are_ticked_are_several_interests(desk: Desk) -> None:
    desk.add(FormKind.HTML)

    desk.client.post(
        "/webhooks/signup/lab",
        data={"email": "ada@example.org", "interests": ["whales", "squid", "kelp"]},
    )

    assert desk.kept()[0].interests == ("whales", "squid", "kelp")


@pytest.mark.parametrize("encoding", ["urlencoded", "json"])
def test_a_program_that_fills_in_everything_is_told_nothing(desk: Desk, encoding: str) -> None:
    desk.add(FormKind.HTML)
    sent = {"email": "ada@example.org", "website": "https://spam.example"}

    path = "/webhooks/signup/lab"
    trapped = (
        desk.client.post(path, json=sent)
        if encoding == "json"
        else desk.client.post(path, data=sent)
    )

    assert not desk.kept()
    honest = desk.client.post(path, data={"email": "ada@example.org", "website": ""})
    assert (trapped.status_code, trapped.content) == (honest.status_code, honest.content)
    assert len(desk.kept()) == 1


@pytest.mark.parametrize("kind", [FormKind.HTML, FormKind.JOTFORM])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        f"--{BOUNDARY}".encode(),
        f"--{BOUNDARY}\r\n\r\n\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
        multipart({f"f{number}": "x" for number in range(101)}),
        multipart({"rawRequest": "{"}),
        multipart({"rawRequest": "[]"}),
        multipart({"rawRequest": '{"q1_email": "\\ud800"}', "email": "x"}),
        multipart({"email": "ada"}),
        multipart({"email": "ada@example.org"}).replace(b'"email"', b'"email"; filename="a.txt"'),
    ],
)
def test_a_form_in_broken_parts_is_refused_for_good(
    desk: Desk, kind: FormKind, body: bytes
) -> None:
    desk.add(kind)

    answer = desk.client.post(
        f"/webhooks/signup/lab/{desk.secret()}",
        content=body,
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )

    assert answer.status_code == 422
    assert not desk.kept()


@pytest.mark.parametrize(
    "media", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x=y"]
)
def test_parts_without_a_boundary_are_refused_for_good(desk: Desk, media: str) -> None:
    desk.add(FormKind.HTML)

    answer = desk.client.post("/webhooks/signup/lab", content=b"x", headers={"Content-Type": media})

    assert answer.status_code == 422


@pytest.mark.parametrize("body", [b"\xff", b"&".join([b"a=b"] * 101), b"", b"email", b"=&=&="])
def test_a_form_that_cannot_be_read_is_refused_for_good(desk: Desk, body: bytes) -> None:
    desk.add(FormKind.HTML)

    answer = desk.client.post(
        "/webhooks/signup/lab",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 422


def test_a_script_of_a_named_site_may_read_the_answer(desk: Desk) -> None:
    desk.add(FormKind.HTML, origins=(SITE, "http://localhost:8080"))

    asked = desk.client.options(
        "/webhooks/signup/lab",
        headers={"Origin": SITE, "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == SITE
    assert asked.headers["access-control-allow-methods"] == "POST"
    assert asked.headers["access-control-allow-headers"] == "Content-Type"
    assert "access-control-allow-credentials" not in asked.headers

    for email, status in (("ada@example.org", 200), ("ada", 422)):
        answer = desk.send(desk.write(HTML, email=email), Origin=SITE)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == SITE
        assert answer.headers["vary"] == "Origin"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://library.example.net.evil.example",
        "https://evil.example",
        "https://library.example.net:8443",
        "http://library.example.net",
        "https://LIBRARY.example.net",
        "null",
        "*",
        "",
    ],
)
def test_a_script_of_another_site_may_not(desk: Desk, origin: str) -> None:
    desk.add(FormKind.HTML, origins=(SITE,))

    for answer in (
        desk.client.options("/webhooks/signup/lab", headers={"Origin": origin}),
        desk.send(desk.write(HTML), Origin=origin),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["vary"] == "Origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_no_script_may_read_what_a_vendor_is_told(desk: Desk) -> None:
    desk.add(FormKind.BEARER)

    answer = desk.json({"email": "ada@example.org"}, Origin=SITE)

    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_every_answer_has_the_headers_of_all_others(desk: Desk) -> None:
    desk.add(FormKind.HTML, origins=(SITE,))

    for answer in (
        desk.send(desk.write(HTML), Origin=SITE),
        desk.send(desk.write(HTML), **NAVIGATION),
        desk.client.post("/webhooks/signup/none"),
        desk.client.get("/webhooks/signup/lab"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_trailing_slash_changes_nothing(desk: Desk) -> None:
    desk.add(FormKind.HTML)
    post = desk.write(HTML)

    assert desk.send(changed(post, suffix="/")).json() == RECEIVED


def test_no_address_and_no_secret_is_logged(desk: Desk) -> None:
    for vendor in VENDORS:
        desk.add(vendor.kind, name=str(vendor.kind))
    with capture_logs() as logs:
        for vendor in VENDORS:
            name = str(vendor.kind)
            secret = desk.secret(name)
            for email in ("ada@example.org", "ada-at-example", ""):
                desk.send(desk.write(vendor, email=email, secret=secret), name)
            if vendor.has_secret:
                desk.send(desk.write(vendor, secret=secret[:-6] + secret[-6:][::-1]), name)

    said = repr(logs)
    assert "signup received" in said
    assert "ada" not in said
    for vendor in VENDORS:
        secret = desk.secret(str(vendor.kind))
        assert not secret or secret not in said


def test_the_network_is_named_for_people_and_by_trusted_proxies_alone(desk: Desk) -> None:
    desk.add(FormKind.HTML)

    for number, claimed in enumerate(("192.0.2.1", "192.0.2.2")):
        post = desk.write(HTML, email=f"ada{number}@example.org")
        desk.send(post, **{"X-Forwarded-For": claimed})

    names = {signup.network for signup in desk.kept()}
    assert len(names) == 1
    assert not any("." in name for name in names)


@pytest.fixture(scope="module")
def busy() -> Iterator[Desk]:
    """A desk with a form of each kind, for many requests."""
    app = make_app(MemoryStore())
    with served(build(app)) as client:
        desk = Desk(app=app, client=client)
        for vendor in VENDORS:
            desk.add(vendor.kind, name=str(vendor.kind))
        yield desk


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "email", "data", "fields", "form_response", "answers", "field", "type", "options", "value",
    "payload", "submission", "rawRequest", "definition", "id", "key", "label", "choices", "labels",
    "eventId", "event_id", "interests", "time_zone", "name", "website",
)  # fmt: skip
SHAPED = st.recursive(
    st.none()
    | st.integers()
    | st.sampled_from(["ada@example.org", "email", "INPUT_EMAIL", "\x00", "\ud800", *NAMES])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(vendor=st.sampled_from(VENDORS), sent=JSONS | SHAPED, body=st.none() | st.binary())
def test_whatever_is_signed_and_sent_breaks_nothing(
    busy: Desk, vendor: Vendor, sent: Any, body: bytes | None
) -> None:
    name = str(vendor.kind)
    secret = busy.secret(name)
    content = json.dumps(sent).encode() if body is None else body
    try:
        post = vendor.sign(secret, content, "id", busy.clock.now())
    except UnicodeDecodeError:
        return
    headers = {**post.headers, "Content-Type": "application/json"}

    answer = busy.send(changed(post, headers=headers), name)

    assert answer.status_code in {200, 422}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from([str(vendor.kind) for vendor in VENDORS]),
    media=st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
    ),
    body=st.binary() | st.binary().map(lambda inner: b"--b\r\n" + inner + b"\r\n--b--"),
)
def test_whatever_anybody_sends_breaks_nothing(
    busy: Desk, name: str, media: str, body: bytes
) -> None:
    answer = busy.client.post(
        f"/webhooks/signup/{name}", content=body, headers={"Content-Type": media}
    )

    assert answer.status_code in {401, 415, 422} or name == "html"
    assert answer.status_code < 500


@only()
def test_each_database_keeps_one_of_two_copies(database_url: str, vendor: Vendor) -> None:
    app = make_app(SqlStore(database_url), database_url=database_url)
    try:
        with served(build(app)) as client:
            desk = Desk(app=app, client=client)
            desk.add(vendor.kind, fields=vendor.fields)
            post = desk.write(vendor)
            assert [desk.send(post).status_code for _ in range(2)] == [200, 200]
            [signup] = desk.kept()
            assert signup.interests == ("whale song", "cs.SD")
            if vendor.has_secret:
                assert desk.form().secrets[0].used_at == desk.clock.now()
    finally:
        app.close()


def test_each_database_takes_what_it_cannot_keep_as_it_is(database_url: str) -> None:
    app = make_app(SqlStore(database_url), database_url=database_url)
    try:
        with served(build(app)) as client:
            desk = Desk(app=app, client=client)
            desk.add(FormKind.BEARER)
            sent = {
                "email": "ada@example.org",
                "name": "a\x00\ud800",
                "interests": ["\x00", "\ud800w"],
            }
            answer = desk.json(json.dumps(sent).encode(), **{"Idempotency-Key": "a" * 9000})
            assert answer.status_code == 200
            assert len(desk.kept()) == 1
    finally:
        app.close()
