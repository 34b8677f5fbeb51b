"""Reports and complaints as mail servers write them; only our own signature is believed."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.links import Links, return_path
from digest.models.events import EventKind, MailEvent
from digest.services.returned import SOURCE, event_of
from tests.factories import NOON

MAIL = "0123456789abcdef" * 2
LINKS = Links(["new", "old"])
BACK = return_path("bounces@b.example.org", LINKS.bounce_tag(MAIL))

BLOCK = """\
Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user here
"""

RETURNED = """\
--=_b
Content-Type: message/rfc822

Return-Path: <{back}>
Message-ID: <d.{mail}@papers.example.org>
Subject: Whales

Whales.
"""


def dsn(*blocks: str, to: str = BACK, kind: str = "delivery-status", extra: str = "") -> bytes:
    """Return a report on as many recipients as there are *blocks*."""
    fields = "\n".join(("Reporting-MTA: dns; mx.example.net\n", *blocks))
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
{extra}MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="=_b"

--=_b
Content-Type: text/plain

Your mail could not be delivered.

--=_b
Content-Type: message/{kind}

{fields}
{RETURNED.format(back="digest@papers.example.org", mail=MAIL)}
--=_b--
""".encode()


def arf(kind: str, *, fields: str = "", back: str = BACK) -> bytes:
    return f"""\
From: feedback@isp.example.net
To: abuse@papers.example.org
Subject: FW: Whales
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_b"

--=_b
Content-Type: text/plain

This is an abuse report.

--=_b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Reporter/1
Version: 1
{fields}
{RETURNED.format(back=back, mail=MAIL)}
--=_b--
""".encode()


def came(content: bytes, *, recipient: str = "", links: Links = LINKS) -> MailEvent | None:
    return event_of(content, recipient=recipient, links=links, now=NOON)


def said(content: bytes, **changes: str) -> tuple[EventKind, str] | None:
    event = came(content, **changes)  # type: ignore[arg-type]  # only recipients are changed
    return (event.kind, event.status) if event else None


def test_a_report_tells_which_mail_came_back_and_why() -> None:
    assert came(dsn(BLOCK)) == MailEvent(
        source=SOURCE,
        external_id=f"{MAIL}.hard.5.1.1",
        kind=EventKind.HARD,
        mail_id=MAIL,
        at=NOON,
        status="5.1.1",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("Action: failed\nStatus: 5.1.1", (EventKind.HARD, "5.1.1")),
        ("Action: Failed\nStatus: 5.1.1 (bad mailbox)", (EventKind.HARD, "5.1.1")),
        ("Status: 5.2.1", (EventKind.HARD, "5.2.1")),
        ("Action: failed\nStatus: 5.2.2", (EventKind.SOFT, "5.2.2")),
        ("Action: failed\nStatus: 5.4.4", (EventKind.SOFT, "5.4.4")),
        ("Action: failed\nStatus: 4.4.7", (EventKind.SOFT, "4.4.7")),
        ("Action: failed\nStatus: 5.7.26", (EventKind.POLICY, "5.7.26")),
        ("Action: failed\nStatus: 5.1.8", (EventKind.POLICY, "5.1.8")),
        ("Action: delayed\nStatus: 4.4.1", (EventKind.SOFT, "4.4.1")),
        ("Action: delayed\nStatus: 5.1.1", (EventKind.SOFT, "5.1.1")),
        ("Action: delayed\nStatus: 4.7.28", (EventKind.POLICY, "4.7.28")),
        ("Action: delayed", (EventKind.SOFT, "")),
        ("Action: delivered\nStatus: 2.0.0", (EventKind.DELIVERED, "2.0.0")),
        ("Action: relayed\nStatus: 2.0.0", None),
        ("Action: expanded\nStatus: 2.0.0", None),
        ("Action: failed", (EventKind.HARD, "")),
        ("Action: failed\nStatus: nonsense", (EventKind.HARD, "")),
        ("Action: failed\nStatus: 5.1.1234", (EventKind.HARD, "")),
        ("Final-Recipient: rfc822; ada@example.org", None),
    ],
)
def test_action_and_status_are_weighed_together(
    fields: str, expected: tuple[EventKind, str] | None
) -> None:
    assert said(dsn(f"{fields}\n")) == expected


@pytest.mark.parametrize(
    ("diagnostic", "expected"),
    [
        ("smtp; 550 5.1.1 <ada@example.org>: unknown", (EventKind.HARD, "5.1.1")),
        ("smtp; 550-5.7.26 Unauthenticated mail", (EventKind.POLICY, "5.7.26")),
        ("smtp;550 #5.1.0 Address rejected", (EventKind.HARD, "5.1.0")),
        ("smtp; 452 4.2.2 Mailbox full", (EventKind.SOFT, "4.2.2")),
        ("smtp; 550 host 5.1.1.9 is blocked", (EventKind.HARD, "5.0.0")),
        ("smtp; 550 see https://example.net/5.1.1", (EventKind.HARD, "5.0.0")),
        ("X-Notes; nobody", (EventKind.HARD, "5.0.0")),
    ],
)
def test_where_the_reporter_knows_no_more_the_other_server_is_heard(
    diagnostic: str, expected: tuple[EventKind, str]
) -> None:
    fields = f"Action: failed\nStatus: 5.0.0\nDiagnostic-Code: {diagnostic}\n"

    assert said(dsn(fields)) == expected


def test_a_status_that_says_enough_is_not_overruled() -> None:
    fields = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.7.1 No\n"

    assert said(dsn(fields)) == (EventKind.HARD, "5.1.1")


def test_of_several_recipients_the_one_best_off_counts() -> None:
    full = "Action: failed\nStatus: 4.2.2\n"

    assert said(dsn(BLOCK, full)) == said(dsn(full, BLOCK)) == (EventKind.SOFT, "4.2.2")
    assert said(dsn(BLOCK, "Action: delivered\n")) == (EventKind.DELIVERED, "")


def test_a_report_on_an_international_address_is_read() -> None:
    report = dsn(BLOCK, "Action: failed\nStatus: 4.2.2\n", kind="global-delivery-status")

    assert said(report) == (EventKind.SOFT, "4.2.2")
    assert said(dsn(BLOCK, kind="global-delivery-status")) == (EventKind.HARD, "5.1.1")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("abuse", EventKind.COMPLAINT),
        ("Abuse", EventKind.COMPLAINT),
        ("fraud", EventKind.COMPLAINT),
        ("other", EventKind.COMPLAINT),
        ("virus", EventKind.POLICY),
        ("opt-out", EventKind.UNSUBSCRIBED),
        ("not-spam", None),
        ("auth-failure", None),
        ("", None),
    ],
)
def test_a_complaint_is_known_by_its_kind(kind: str, expected: EventKind | None) -> None:
    assert said(arf(kind)) == (expected and (expected, ""))


def test_a_complaint_names_the_mail_in_its_fields_or_in_what_it_returns() -> None:
    inside = arf("abuse", fields=f"Original-Mail-From: <{BACK}>\n", back="x@example.org")
    headers = arf("abuse").replace(b"message/rfc822", b"text/rfc822-headers")

    for content in (inside, headers, arf("abuse")):
        event = came(content)
        assert event
        assert event.mail_id == MAIL


@pytest.mark.parametrize("kind", ["delivery-status", "global-delivery-status"])
def test_lines_may_end_as_they_do_on_the_wire(kind: str) -> None:
    report = dsn(BLOCK, "Action: failed\nStatus: 4.2.2\n", kind=kind)

    assert said(report.replace(b"\n", b"\r\n")) == (EventKind.SOFT, "4.2.2")
    assert said(arf("abuse").replace(b"\n", b"\r\n")) == (EventKind.COMPLAINT, "")


def test_an_address_or_a_message_id_alone_proves_nothing() -> None:
    assert came(dsn(BLOCK, to="bounces@b.example.org")) is None
    assert came(arf("abuse", back="bounces@b.example.org")) is None


@pytest.mark.parametrize("place", range(len(MAIL) + 1 + 16))
def test_a_tag_that_was_changed_is_not_believed(place: int) -> None:
    tag = LINKS.bounce_tag(MAIL)
    other = "0" if tag[place] != "0" else "1"
    forged = tag[:place] + other + tag[place + 1 :]

    assert came(dsn(BLOCK, to=return_path("bounces@b.example.org", forged))) is None


def test_a_tag_of_an_older_key_is_good_and_one_of_a_strangers_is_not() -> None:
    for key, believed in (("new", True), ("old", True), ("theirs", False)):
        to = return_path("bounces@b.example.org", Links([key]).bounce_tag(MAIL))
        assert (came(dsn(BLOCK, to=to)) is not None) is believed


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_address_is_where_the_mail_server_wrote_it(header: str) -> None:
    report = dsn(BLOCK, to="undisclosed:;", extra=f"{header}: {BACK}\n")

    assert said(report) == (EventKind.HARD, "5.1.1")


def test_the_mail_server_may_name_the_address_itself_in_any_case() -> None:
    report = dsn(BLOCK, to="undisclosed:;")

    assert said(report, recipient=BACK.upper()) == (EventKind.HARD, "5.1.1")
    assert said(report) is None


QMAIL = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: failure notice
{extra}
Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


def test_an_odd_bounce_is_known_and_its_prose_is_not_believed() -> None:
    assert said(QMAIL.format(to=BACK, extra="").encode()) == (EventKind.HARD, "")


def test_exims_bounces_call_themselves_replies() -> None:
    content = (
        f"To: {BACK}\nAuto-Submitted: auto-replied\nX-Failed-Recipients: ada@example.org\n"
        "Subject: Mail delivery failed\n\nThis message could not be delivered.\n"
    )

    assert said(content.encode()) == (EventKind.HARD, "")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Delivery Status Notification",
            """\
Delivery to the following recipient has been delayed:

     ada@example.org

Message will be retried for 2 more day(s)
""",
        ),
        (
            "Warning: could not send message for past 4 hours",
            """\
   ----- The following addresses had transient non-fatal errors -----
<ada@example.org>

   ----- Transcript of session follows -----
""",
        ),
    ],
)
def test_a_warning_of_mail_that_is_still_tried_is_soft(subject: str, words: str) -> None:
    content = f"From: MAILER-DAEMON@x\nTo: {BACK}\nSubject: {subject}\n\n{words}"

    assert said(content.encode()) == (EventKind.SOFT, "")


def test_who_is_away_has_not_bounced() -> None:
    away = EmailMessage()
    away["To"], away["Auto-Submitted"] = BACK, "auto-replied (vacation)"
    away["Subject"] = "Out of office"
    away.set_content(
        "I am away.\n\nYour message could not be delivered to the following:\n<ada@example.org>\n"
    )

    assert came(away.as_bytes(policy=SMTP)) is None
    assert came(QMAIL.format(to=BACK, extra="Auto-Submitted: auto-replied\n").encode()) is None


def test_a_reply_of_a_person_is_no_bounce() -> None:
    assert came(f"To: {BACK}\nSubject: Thanks\n\nNice papers!\n".encode()) is None


@settings(max_examples=300)
@given(st.binary())
def test_any_bytes_can_come_in(content: bytes) -> None:
    assert came(content) is None
    came(content, recipient=BACK)


PIECES = st.sampled_from(
    [
        *dsn(BLOCK).splitlines(keepends=True),
        *arf("abuse").splitlines(keepends=True),
        *(b"\x00", b"\xff\xfe", b"Content-Transfer-Encoding: base64\n", b"Status: \xe9\n", b"\n"),
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40))
def test_a_report_in_pieces_is_read_or_ignored(pieces: list[bytes]) -> None:
    event = came(b"".join(pieces), recipient=BACK)

    assert event is None or event.mail_id == MAIL


def test_a_report_within_reports_without_end_is_ignored() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
        for depth in range(2000)
    )

    assert came(f"To: {BACK}\n".encode() + nested) is None
