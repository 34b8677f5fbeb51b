"""What Postmark tells: with a password, and by what we put among a mail's metadata."""

import base64
from typing import Any

import pytest

from digest.models.subscribers import SubscriberState
from tests.web.events.conftest import PASSWORDS, Hooks

State = SubscriberState


def event(hooks: Hooks, name: str = "ada", **changes: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"mail": hooks.mail(name)},
        "Description": "The server was unable to deliver your message.",
        "Details": "smtp;550 5.1.1 The email account does not exist.",
        "Email": f"{name}@example.org",
        "From": "digest@papers.example.org",
        # Seven digits of a second, and a zone.
        "BouncedAt": "2026-11-20T06:58:10.2735393-05:00",
        "Inactive": True,
        **changes,
    }


def post(hooks: Hooks, told: Any, *, password: str = PASSWORDS[0]) -> int:
    login = base64.b64encode(password.encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    return hooks.post("postmark", told, headers=headers).status_code


def test_a_bounce_from_who_knows_the_password_lets_its_reader_go(hooks: Hooks) -> None:
    assert post(hooks, event(hooks)) == 200

    assert hooks.states == (State.BOUNCED, State.ACTIVE)


def test_both_of_two_passwords_are_good_while_one_follows_the_other(hooks: Hooks) -> None:
    for place, (name, password) in enumerate(zip(("ada", "bob"), PASSWORDS, strict=True)):
        assert post(hooks, event(hooks, name, ID=place), password=password) == 200

    assert hooks.states == (State.BOUNCED, State.BOUNCED)


@pytest.mark.parametrize(
    "header", [None, "", "Basic", "Basic ?", "Basic aG9vazpub3BlCg==", "Bearer aG9vaw==", "x"]
)
def test_who_does_not_know_it_is_refused(hooks: Hooks, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = hooks.post("postmark", event(hooks), headers=headers)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Basic")
    assert hooks.state() is State.ACTIVE


def test_the_same_event_again_does_nothing(hooks: Hooks) -> None:
    assert post(hooks, event(hooks, Type="Transient")) == 200

    assert post(hooks, event(hooks)) == 200
    assert hooks.state() is State.ACTIVE


def test_a_mail_is_never_known_by_an_address(hooks: Hooks) -> None:
    for metadata in ({}, None, {"mail": "ada@example.org"}, {"mail": "0" * 32}):
        assert post(hooks, event(hooks, Metadata=metadata)) == 200

    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"Type": "BadEmailAddress", "Details": ""}, State.BOUNCED),
        ({"Details": "", "Inactive": False}, State.ACTIVE),
        ({"Details": "smtp;550 5.4.1 Access denied"}, State.BOUNCED),
        ({"Details": "smtp;550 5.7.1 Refused"}, State.ACTIVE),
        ({"Details": "smtp;552 5.2.2 Full"}, State.ACTIVE),
        ({"Type": "SoftBounce"}, State.ACTIVE),
        ({"Type": "Transient"}, State.ACTIVE),
        ({"Type": "DnsError"}, State.ACTIVE),
        ({"Type": "Blocked"}, State.ACTIVE),
        ({"Type": "DMARCPolicy"}, State.ACTIVE),
        ({"Type": "AutoResponder"}, State.ACTIVE),
        ({"Type": "Unsubscribe"}, State.UNSUBSCRIBED),
        ({"Type": "SpamComplaint"}, State.COMPLAINED),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, State.COMPLAINED),
        ({"RecordType": "Delivery", "DeliveredAt": "2026-11-20T11:58:10Z"}, State.ACTIVE),
        ({"RecordType": "Open"}, State.ACTIVE),
        ({"RecordType": None}, State.ACTIVE),
        ({"Metadata": {"mail": 7}}, State.ACTIVE),
        ({"BouncedAt": "soon"}, State.BOUNCED),
    ],
)
def test_every_event_has_its_meaning(hooks: Hooks, changes: dict[str, Any], state: State) -> None:
    assert post(hooks, event(hooks, **changes)) == 200
    assert hooks.state() is state


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"SuppressionReason": "ManualSuppression", "Origin": "Recipient"}, State.UNSUBSCRIBED),
        ({"SuppressionReason": "ManualSuppression", "Origin": "Customer"}, State.ACTIVE),
        ({"SuppressionReason": "SpamComplaint", "Origin": "Recipient"}, State.COMPLAINED),
        ({"SuppressionReason": None, "SuppressSending": False}, State.ACTIVE),
    ],
)
def test_a_change_of_subscription_counts_if_the_reader_made_it(
    hooks: Hooks, changes: dict[str, Any], state: State
) -> None:
    told = {
        "RecordType": "SubscriptionChange",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ChangedAt": "2026-11-20T11:58:10Z",
        "SuppressSending": True,
        "Metadata": {"mail": hooks.mail()},
        **changes,
    }

    assert post(hooks, told) == 200
    assert hooks.state() is state


def test_what_is_no_event_is_refused_for_good(hooks: Hooks) -> None:
    assert post(hooks, []) == 422
    assert post(hooks, b"x") == 422
