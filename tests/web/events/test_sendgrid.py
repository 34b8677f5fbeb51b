"""What SendGrid tells: signed over its time and its bytes, and in batches."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from digest.models.subscribers import SubscriberState
from digest.web.events.sendgrid import SIGNATURE, TIMESTAMP, tell
from digest.web.webhooks.proofs import Knock, Unproved
from tests.factories import NOON
from tests.web.events.conftest import Curve, Hooks, Signer

State = SubscriberState


def event(hooks: Hooks, name: str = "ada", **changes: Any) -> dict[str, Any]:
    return {
        "email": f"{name}@example.org",
        "timestamp": int(hooks.now.timestamp()) - 60,
        "smtp-id": hooks.message_id(name),
        "event": "bounce",
        "type": "bounce",
        "status": "5.1.1",
        "reason": "550 5.1.1 user unknown",
        "sg_event_id": f"event-{name}",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001",
        **changes,
    }


def post(
    hooks: Hooks,
    *events: Any,
    curve: Curve | None = None,
    age: timedelta = timedelta(seconds=10),
    **headers: str,
) -> httpx.Response:
    body = json.dumps(list(events)).encode()
    stamp = str(int((hooks.now - age).timestamp()))
    signature = (curve or hooks.curves[0]).signed(stamp.encode() + body)
    return hooks.post("sendgrid", body, headers={SIGNATURE: signature, TIMESTAMP: stamp, **headers})


def test_a_batch_is_taken_in_one_by_one(hooks: Hooks) -> None:
    batch = [
        event(hooks, event="processed", sg_event_id="a"),
        event(hooks, event="delivered", sg_event_id="b"),
        event(hooks, sg_event_id="c"),
        event(hooks, "bob", event="spamreport", sg_event_id="d"),
        "not an event",
    ]

    assert post(hooks, *batch).json() == {"status": "received"}

    assert hooks.states == (State.BOUNCED, State.COMPLAINED)


def test_both_of_two_keys_are_good_while_one_follows_the_other(hooks: Hooks) -> None:
    for name, curve in zip(("ada", "bob"), hooks.curves, strict=True):
        assert post(hooks, event(hooks, name), curve=curve).status_code == 200

    assert hooks.states == (State.BOUNCED, State.BOUNCED)


def test_a_strangers_signature_is_refused(hooks: Hooks) -> None:
    assert post(hooks, event(hooks), curve=Curve()).status_code == 401
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize("signature", [b"", b"x", b"AAAA", b"\xe9"])
def test_what_is_no_signature_is_refused(hooks: Hooks, signature: bytes) -> None:
    stamp = str(int(hooks.now.timestamp()))

    answer = hooks.client.post(
        "/webhooks/events/sendgrid",
        content=json.dumps([event(hooks)]).encode(),
        headers=[(SIGNATURE.encode(), signature), (TIMESTAMP.encode(), stamp.encode())],
    )

    assert answer.status_code == 401


def test_other_bytes_than_those_signed_are_refused(hooks: Hooks) -> None:
    body = json.dumps([event(hooks)]).encode()
    stamp = str(int(hooks.now.timestamp()))
    headers = {SIGNATURE: hooks.curves[0].signed(stamp.encode() + body), TIMESTAMP: stamp}

    assert hooks.post("sendgrid", body + b" ", headers=headers).status_code == 401
    assert hooks.post("sendgrid", body, headers={**headers, TIMESTAMP: "1"}).status_code == 401
    assert hooks.post("sendgrid", body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(hours=24), 200),
        (timedelta(hours=26), 401),
        (timedelta(minutes=-6), 401),
    ],
)
def test_what_comes_late_or_from_the_future_is_refused(
    hooks: Hooks, age: timedelta, status: int
) -> None:
    assert post(hooks, event(hooks), age=age).status_code == status


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1" * 20, "٣"])
def test_a_time_that_is_none_is_refused(hooks: Hooks, stamp: str) -> None:
    body = b"[]"
    answer = hooks.client.post(
        "/webhooks/events/sendgrid",
        content=body,
        headers=[
            (SIGNATURE.encode(), hooks.curves[0].signed(stamp.encode() + body).encode()),
            (TIMESTAMP.encode(), stamp.encode()),
        ],
    )

    assert answer.status_code == 401


def test_the_same_batch_again_does_nothing(hooks: Hooks) -> None:
    assert post(hooks, event(hooks, event="delivered")).status_code == 200

    assert post(hooks, event(hooks)).status_code == 200
    assert hooks.state() is State.ACTIVE


def test_a_mail_is_never_known_by_an_address(hooks: Hooks) -> None:
    strange = event(hooks, **{"smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>"})
    unknown = event(hooks, **{"smtp-id": f"<d.{'0' * 32}@papers.example.org>"})

    assert post(hooks, strange, unknown).status_code == 200
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "5.7.1", "reason": "550 5.7.1 spam"}, State.ACTIVE),
        ({"type": "blocked"}, State.ACTIVE),
        ({"type": "blocked", "status": "", "reason": "550 5.7.26 no"}, State.ACTIVE),
        ({"status": "", "reason": "550 5.1.1 gone"}, State.BOUNCED),
        ({"status": "", "reason": "gone"}, State.ACTIVE),
        ({"status": "5.2.2", "reason": "552 5.2.2 full"}, State.ACTIVE),
        ({"event": "deferred", "status": "", "response": "450 4.2.1 later"}, State.ACTIVE),
        ({"event": "dropped", "reason": "Bounced Address", "status": ""}, State.ACTIVE),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, State.COMPLAINED),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, State.UNSUBSCRIBED),
        ({"event": "dropped", "reason": "Spam Content"}, State.ACTIVE),
        ({"event": "unsubscribe"}, State.UNSUBSCRIBED),
        ({"event": "group_unsubscribe"}, State.UNSUBSCRIBED),
        ({"event": "group_resubscribe"}, State.ACTIVE),
        ({"event": "open"}, State.ACTIVE),
        ({"event": ["bounce"]}, State.ACTIVE),
        ({"timestamp": "x"}, State.BOUNCED),
        ({"timestamp": 1e300}, State.BOUNCED),
        ({"sg_event_id": "\x00" * 5}, State.BOUNCED),
        ({"sg_event_id": None}, State.BOUNCED),
    ],
)
def test_every_event_has_its_meaning(hooks: Hooks, changes: dict[str, Any], state: State) -> None:
    assert post(hooks, event(hooks, **changes)).status_code == 200
    assert hooks.state() is state


def test_one_mail_that_is_deferred_for_days_is_one(hooks: Hooks) -> None:
    delays = [event(hooks, event="deferred", sg_event_id=f"delay-{n}") for n in range(9)]

    assert post(hooks, *delays).status_code == 200
    assert hooks.state() is State.ACTIVE


def test_a_signed_body_that_is_no_batch_is_refused_for_good(hooks: Hooks) -> None:
    stamp = str(int(hooks.now.timestamp()))
    for body, status in ((b"nonsense", 422), (b"\xff", 422), (b"{}", 200), (b"[" * 9999, 422)):
        headers = {SIGNATURE: hooks.curves[0].signed(stamp.encode() + body), TIMESTAMP: stamp}
        assert hooks.post("sendgrid", body, headers=headers).status_code == status


def test_a_batch_may_be_longer_than_a_form(hooks: Hooks) -> None:
    opened = [event(hooks, event="open", useragent="x" * 1000) for _ in range(300)]

    assert post(hooks, *opened, event(hooks)).status_code == 200
    assert hooks.state() is State.BOUNCED


def test_a_setting_that_is_no_such_key_proves_nothing(sns: Signer) -> None:
    rsa = sns.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    knock = Knock(headers={SIGNATURE: "AAAA", TIMESTAMP: str(int(NOON.timestamp()))}, body=b"[]")

    for key in (base64.b64encode(rsa).decode(), "AAAA"):
        with pytest.raises(Unproved, match="DIGEST_SENDGRID_KEY"):
            tell(knock, [key], now=NOON)
