"""What SES tells through SNS: of our topic, signed by Amazon, not long ago, and once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from digest.errors import SourceUnavailable
from digest.models.subscribers import SubscriberState
from tests.web.events.conftest import CERTIFICATE_URL, TOPIC, Curve, Hooks, Signer

State = SubscriberState
CONFIRMATION = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={TOPIC}&Token=2336412f37fb687f5d51e6e2425c464de1"
)


def notification(hooks: Hooks, message: object, **changes: Any) -> dict[str, Any]:
    """Return what SNS posts, without its signature; a field that is None is left out."""
    fields = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": f"{hooks.now:%Y-%m-%dT%H:%M:%S}.012Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def signed(fields: dict[str, Any], signer: Signer) -> dict[str, Any]:
    names = (
        ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        if fields["Type"] == "Notification"
        else (*("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),)
    )
    content = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    return {**fields, "Signature": signer.signed(content)}


def bounce(hooks: Hooks, name: str = "ada", **changes: Any) -> dict[str, Any]:
    recipient = {
        "emailAddress": f"{name}@example.org",
        "action": "failed",
        "status": changes.pop("status", "5.1.1"),
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    said = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [recipient],
        "timestamp": "2026-11-20T11:59:00.123Z",
        "feedbackId": "01000157c44f053b-61b59c11-000000",
        **changes,
    }
    return {"eventType": "Bounce", "bounce": said, "mail": mail(hooks, name)}


def mail(hooks: Hooks, name: str = "ada") -> dict[str, Any]:
    return {
        "timestamp": "2026-11-20T11:58:00.000Z",
        "source": "digest@papers.example.org",
        "messageId": "EXAMPLE7c191be45-000000",
        "destination": [f"{name}@example.org"],
        "headersTruncated": False,
        "headers": [{"name": "Message-ID", "value": hooks.message_id(name)}],
        "commonHeaders": {"messageId": hooks.message_id(name), "subject": "Whales"},
    }


def post(hooks: Hooks, message: object, **changes: Any) -> int:
    fields = signed(notification(hooks, message, **changes), hooks.sns)
    # SNS says that its JSON is text.
    headers = {"Content-Type": "text/plain; charset=UTF-8"}
    return hooks.post("ses", fields, headers=headers).status_code


def test_a_bounce_that_amazon_signed_lets_its_reader_go(hooks: Hooks) -> None:
    assert post(hooks, bounce(hooks), Subject="Amazon SES Email Event Notification") == 200

    assert hooks.states == (State.BOUNCED, State.ACTIVE)


def test_a_mail_is_known_by_the_address_it_was_to_come_back_to(hooks: Hooks) -> None:
    message = bounce(hooks)
    message["mail"] = {"source": f"Daily Papers <{hooks.back()}>", "destination": ["x@y"]}

    assert post(hooks, message) == 200

    assert hooks.states == (State.BOUNCED, State.ACTIVE)


@pytest.mark.parametrize("lacks", ["headers", "commonHeaders"])
def test_a_mail_is_known_by_whichever_headers_there_are(hooks: Hooks, lacks: str) -> None:
    message = bounce(hooks)
    del message["mail"][lacks]

    assert post(hooks, message) == 200
    assert hooks.state() is State.BOUNCED


def test_a_mail_is_never_known_by_an_address(hooks: Hooks) -> None:
    message = bounce(hooks)
    message["mail"] = {"source": "digest@papers.example.org", "destination": ["ada@example.org"]}

    assert post(hooks, message) == 200
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize("name", ["eventType", "notificationType"])
def test_both_ways_of_publishing_are_read(hooks: Hooks, name: str) -> None:
    message = bounce(hooks)
    message[name] = message.pop("eventType")

    assert post(hooks, message) == 200
    assert hooks.state() is State.BOUNCED


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "5.7.1"}, State.ACTIVE),
        ({"status": "5.2.2"}, State.ACTIVE),
        ({"status": "5.4.4", "bounceType": "Transient"}, State.ACTIVE),
        ({"status": "5.1.1", "bounceType": "Transient"}, State.ACTIVE),
        ({"status": "5.1.1", "bounceSubType": "MessageTooLarge"}, State.ACTIVE),
        ({"status": "5.3.0"}, State.ACTIVE),
        ({"status": ""}, State.BOUNCED),
        ({"status": "5.2.1"}, State.BOUNCED),
    ],
)
def test_what_a_bounce_means_is_in_its_type_and_status(
    hooks: Hooks, changes: dict[str, Any], state: State
) -> None:
    assert post(hooks, bounce(hooks, **changes)) == 200
    assert hooks.state() is state


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ({"eventType": "Complaint", "complaint": {}}, State.COMPLAINED),
        (
            {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}},
            State.ACTIVE,
        ),
        ({"eventType": "Delivery", "delivery": {}}, State.ACTIVE),
        ({"eventType": "DeliveryDelay", "deliveryDelay": {}}, State.ACTIVE),
        ({"eventType": "Reject", "reject": {"reason": "Bad content"}}, State.ACTIVE),
        (
            {
                "eventType": "Subscription",
                "subscription": {"newTopicPreferences": {"unsubscribeAll": True}},
            },
            State.UNSUBSCRIBED,
        ),
        ({"eventType": "Subscription", "subscription": {}}, State.ACTIVE),
        ({"eventType": "Open", "open": {}}, State.ACTIVE),
        ({}, State.ACTIVE),
        ({"eventType": "Bounce", "bounce": "x"}, State.ACTIVE),
    ],
)
def test_every_other_event_has_its_meaning_too(
    hooks: Hooks, event: dict[str, Any], state: State
) -> None:
    assert post(hooks, {**event, "mail": mail(hooks)}) == 200
    assert hooks.state() is state


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "Subject"])
def test_what_was_changed_after_it_was_signed_is_refused(hooks: Hooks, field: str) -> None:
    fields = signed(notification(hooks, bounce(hooks), Subject="x"), hooks.sns)
    fields[field] = fields[field].replace("0", "1") if field != "Subject" else "y"

    assert hooks.post("ses", fields).status_code == 401
    assert hooks.state() is State.ACTIVE


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": TOPIC.replace("mail", "theirs")},
        {"TopicArn": None},
        {"SignatureVersion": "1"},
        {"SignatureVersion": None},
        {"Type": "Other"},
        {"Timestamp": "yesterday"},
        {"SigningCertURL": CERTIFICATE_URL.replace(".com/", ".com.example.net/")},
        {"SigningCertURL": CERTIFICATE_URL.replace("https:", "http:")},
        {"SigningCertURL": CERTIFICATE_URL.replace("sns.", "user@sns.")},
        {"SigningCertURL": CERTIFICATE_URL.replace(".com/", ".com:8443/")},
        {"SigningCertURL": CERTIFICATE_URL.replace("/Simple", "/bucket/Simple")},
        {"SigningCertURL": f"{CERTIFICATE_URL}?x"},
        {"SigningCertURL": f"{CERTIFICATE_URL}\n"},
        {"SigningCertURL": None},
    ],
)
def test_for_what_is_not_ours_no_certificate_is_asked_for(
    hooks: Hooks, changes: dict[str, Any]
) -> None:
    fields = signed(notification(hooks, bounce(hooks)), hooks.sns) | changes
    fields = {name: value for name, value in fields.items() if value}

    assert hooks.post("ses", fields).status_code == 401
    assert hooks.pages.asked == []
    assert hooks.state() is State.ACTIVE


def test_another_topic_that_amazon_signed_as_well_is_refused(hooks: Hooks) -> None:
    fields = notification(hooks, bounce(hooks), TopicArn=TOPIC.replace("1234", "9999"))

    assert hooks.post("ses", signed(fields, hooks.sns)).status_code == 401


def test_a_strangers_signature_is_refused(hooks: Hooks) -> None:
    fields = signed(notification(hooks, bounce(hooks)), Signer())

    assert hooks.post("ses", fields).status_code == 401
    assert hooks.post("ses", {**fields, "Signature": "?"}).status_code == 401
    assert hooks.post("ses", {**fields, "Signature": "é"}).status_code == 401
    assert hooks.state() is State.ACTIVE


def test_a_certificate_that_has_ended_proves_nothing(hooks: Hooks) -> None:
    old = Signer(valid=timedelta())
    hooks.pages.at[CERTIFICATE_URL] = old.pem

    assert hooks.post("ses", signed(notification(hooks, bounce(hooks)), old)).status_code == 401


def test_what_is_no_certificate_proves_nothing(hooks: Hooks) -> None:
    hooks.pages.at[CERTIFICATE_URL] = b"<html>"

    assert post(hooks, bounce(hooks)) == 401


def test_a_certificate_of_another_kind_of_key_proves_nothing(hooks: Hooks) -> None:
    hooks.pages.at[CERTIFICATE_URL] = Signer(public=Curve().key.public_key()).pem

    assert post(hooks, bounce(hooks)) == 401


def test_a_certificate_is_asked_for_once(hooks: Hooks) -> None:
    for number in range(3):
        assert post(hooks, bounce(hooks), MessageId=f"message-{number}") == 200

    assert hooks.pages.asked == [CERTIFICATE_URL]


def test_where_the_certificate_cannot_be_had_it_is_to_be_sent_again(hooks: Hooks) -> None:
    hooks.pages.error = SourceUnavailable("It is away.")
    assert post(hooks, bounce(hooks)) == 503
    assert hooks.state() is State.ACTIVE

    hooks.pages.error = None
    assert post(hooks, bounce(hooks)) == 200
    assert hooks.state() is State.BOUNCED


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=59), 200),
        (timedelta(minutes=61), 401),
        (timedelta(minutes=-4), 200),
        (timedelta(minutes=-6), 401),
    ],
)
def test_what_comes_late_or_from_the_future_is_refused(
    hooks: Hooks, age: timedelta, status: int
) -> None:
    stamp = f"{hooks.now - age:%Y-%m-%dT%H:%M:%S}.000Z"

    assert post(hooks, bounce(hooks), Timestamp=stamp) == status


def test_the_same_message_again_is_answered_alike_and_does_nothing(hooks: Hooks) -> None:
    assert post(hooks, {"eventType": "Delivery", "delivery": {}, "mail": mail(hooks)}) == 200

    assert post(hooks, bounce(hooks)) == 200
    assert hooks.state() is State.ACTIVE


def test_the_subscription_of_our_topic_is_confirmed(hooks: Hooks) -> None:
    hooks.pages.at[CONFIRMATION] = b"<ConfirmSubscriptionResponse/>"
    changes = {
        "Type": "SubscriptionConfirmation",
        "Token": "2336412f37fb687f5d51e6e2425c464de1",
        "SubscribeURL": CONFIRMATION,
    }

    assert post(hooks, "You have chosen to subscribe to the topic.", **changes) == 200

    assert hooks.pages.asked == [CERTIFICATE_URL, CONFIRMATION]


@pytest.mark.parametrize(
    "changes",
    [
        {"SubscribeURL": "https://example.net/?Action=ConfirmSubscription"},
        {"SubscribeURL": "https://sns.eu-west-1.amazonaws.com@example.net/?Action=x"},
        {"TopicArn": TOPIC.replace("mail", "theirs")},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_nothing_else_is_confirmed(hooks: Hooks, changes: dict[str, str]) -> None:
    fields = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": CONFIRMATION}

    post(hooks, "You have chosen to subscribe.", **(fields | changes))

    assert set(hooks.pages.asked) <= {CERTIFICATE_URL}


@pytest.mark.parametrize("message", ["not JSON", "[]", '"x"', "{}"])
def test_a_signed_message_that_is_no_event_does_nothing(hooks: Hooks, message: str) -> None:
    assert post(hooks, message) == (200 if message == "{}" else 422)
    assert hooks.state() is State.ACTIVE
