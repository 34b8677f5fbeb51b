"""From a form elsewhere to a reader, through real processes and a real SMTP server."""

import json
import re
from datetime import UTC, datetime

import httpx
from standardwebhooks.webhooks import Webhook

from tests.installation.conftest import Inbox, Installation, until

SOON = 20.0
"""Seconds within which a confirmation has to reach the mailer."""


def _post(form: dict[str, str], email: str, message_id: str) -> httpx.Response:
    body = json.dumps({"email": email, "interests": ["whales"], "time_zone": "Europe/Vienna"})
    now = datetime.now(tz=UTC)  # noqa: TID251 # of the vendor, whose clock is right
    return httpx.post(
        form["url"],
        content=body,
        headers={
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(form["secret"]).sign(message_id, now, body),
        },
    )


def _link(inbox: Inbox, number: int) -> str:
    """Return the link that stands alone on a line of a mail's text."""
    body = inbox.mails[number].get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    [link] = [line for line in lines if re.fullmatch(r"https?://\S+/confirm/\S+", line)]
    return str(link)


def test_a_form_elsewhere_makes_a_reader_who_has_confirmed(
    small: Installation, inbox: Inbox
) -> None:
    form = json.loads(small.digest("forms", "add", "lab", "--kind", "standard", "--json"))
    with small.running():
        answers = [_post(form, "ada@example.org", "msg_1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        until(lambda: bool(inbox.mails), "the mail that asks came", patience=SOON)
        assert _post({**form, "secret": "whsec_" + "A" * 44}, "bo@example.org", "msg_2").is_error

        asks = _link(inbox, 0)
        page = httpx.get(asks)
        assert page.status_code == httpx.codes.OK
        assert page.text.count("<form") == 1
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        assert httpx.post(asks, data=fields).status_code == httpx.codes.OK
        until(lambda: len(inbox.mails) > 1, "the mail that welcomes came", patience=SOON)

    assert inbox.recipients() == ["ada@example.org"] * 2
    shown = json.loads(small.digest("subscribers", "show", "ada@example.org", "--json"))
    assert (shown["state"], shown["time_zone"]) == ("active", "Europe/Vienna")
    [listed] = json.loads(small.digest("forms", "list", "--json"))
    assert listed["last_used_at"]
    assert "ada@" not in small.log()
    assert form["secret"] not in small.log()
