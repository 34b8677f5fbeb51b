"""What Mailgun tells: with an HMAC over a time and a token, and no token twice."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from digest.models.subscribers import SubscriberState
from tests.web.events.conftest import MAILGUN_KEYS, Hooks

State = SubscriberState


def event(hooks: Hooks, name: str = "ada", **changes: Any) -> dict[str, Any]:
    return {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": hooks.now.timestamp() - 60.5,
        "log-level": "error",
        "recipient": f"{name}@example.org",
        "envelope": {"sender": "digest@papers.example.org", "targets": f"{name}@example.org"},
        "delivery-status": {"code": 550, "message": "5.1.1 No such user"},
        # Without the brackets.
        "message": {"headers": {"message-id": hooks.message_id(name).strip("<>")}},
        **changes,
    }


TOKEN = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"  # noqa: S105 - proves nothing


def post(
    hooks: Hooks,
    told: Any,
    *,
    key: str = MAILGUN_KEYS[0],
    token: str = TOKEN,
    age: timedelta = timedelta(seconds=10),
) -> int:
    stamp = str(int((hooks.now - age).timestamp()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    proof = {"timestamp": stamp, "token": token, "signature": signature}
    return hooks.post("mailgun", {"signature": proof, "event-data": told}).status_code


def test_a_bounce_with_a_good_proof_lets_its_reader_go(hooks: Hooks) -> None:
    assert post(hooks, event(hooks)) == 200

    assert hooks.states == (State.BOUNCED, State.ACTIVE)


def test_both_of_two_keys_are_good_while_one_follows_the_other(hooks: Hooks) -> None:
    for name, key in zip(("ada", "bob"), MAILGUN_KEYS, strict=True):
        assert post(hooks, event(hooks, name), key=key, token=f"token-{name}") == 200

    assert hooks.states == (State.BOUNCED, State.BOUNCED)


def test_a_strangers_proof_is_refused(hooks: Hooks) -> None:
    assert post(hooks, event(hooks), key="theirs") == 401
    assert post(hooks, event(hooks), token="") == 401
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"signature": "x"},
        {"signature": {"timestamp": "1", "token": "t"}},
        {"signature": {"timestamp": 1.5, "token": "t", "signature": "é"}},
    ],
)
def test_what_has_no_proof_is_refused(hooks: Hooks, body: dict[str, Any]) -> None:
    assert hooks.post("mailgun", body).status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b"\xff", b"[" * 9999])
def test_what_is_no_object_is_refused_for_good(hooks: Hooks, body: bytes) -> None:
    assert hooks.post("mailgun", body).status_code == 422


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(hours=8), 200),
        (timedelta(hours=10), 401),
        (timedelta(minutes=-6), 401),
    ],
)
def test_what_comes_late_or_from_the_future_is_refused(
    hooks: Hooks, age: timedelta, status: int
) -> None:
    assert post(hooks, event(hooks), age=age) == status


def test_a_proof_that_was_seen_is_good_for_no_other_event(hooks: Hooks) -> None:
    assert post(hooks, event(hooks, event="delivered")) == 200

    assert post(hooks, event(hooks, "bob")) == 200
    assert post(hooks, event(hooks)) == 200
    assert hooks.states == (State.ACTIVE, State.ACTIVE)


def test_a_mail_is_known_by_the_address_it_was_to_come_back_to(hooks: Hooks) -> None:
    told = event(hooks, envelope={"sender": hooks.back()}, message={})

    assert post(hooks, told) == 200
    assert hooks.state() is State.BOUNCED


def test_a_mail_is_never_known_by_an_address(hooks: Hooks) -> None:
    assert post(hooks, event(hooks, message={"headers": {"to": "ada@example.org"}})) == 200
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"event": "complained"}, State.COMPLAINED),
        ({"event": "unsubscribed"}, State.UNSUBSCRIBED),
        ({"event": "delivered"}, State.ACTIVE),
        ({"event": "rejected"}, State.ACTIVE),
        ({"event": "opened"}, State.ACTIVE),
        ({"severity": "temporary"}, State.ACTIVE),
        ({"delivery-status": {"code": 550, "message": "5.7.1 blocked"}}, State.ACTIVE),
        ({"delivery-status": {"code": 550, "message": "550 5.1.1 gone"}}, State.BOUNCED),
        ({"delivery-status": {"code": 550, "enhanced-code": "5.1.1"}}, State.BOUNCED),
        ({"delivery-status": {"code": 552, "message": "5.2.2 full"}}, State.ACTIVE),
        ({"delivery-status": {"code": 605, "message": "Not delivering"}}, State.ACTIVE),
        ({"delivery-status": {"code": 606}}, State.UNSUBSCRIBED),
        ({"delivery-status": {"code": 607}}, State.COMPLAINED),
        ({"delivery-status": None}, State.ACTIVE),
    ],
)
def test_every_event_has_its_meaning(hooks: Hooks, changes: dict[str, Any], state: State) -> None:
    assert post(hooks, event(hooks, **changes)) == 200
    assert hooks.state() is state
