"""An issue and its reader → the email: joined from fragments that were made once."""

import re
from dataclasses import dataclass, field
from email.utils import format_datetime

from markupsafe import escape

from digest.errors import RenderingFailed, SettingsInvalid
from digest.models.deliveries import Email
from digest.models.issues import Issue
from digest.models.subscribers import Reader
from digest.rendering import opening
from digest.rendering.cards import Form, Shelf, Workshop
from digest.rendering.environment import environment
from digest.rendering.fragments import Part
from digest.rendering.mime import (
    encoded_words,
    folded,
    mailbox,
    mailto,
    message,
    named_mailbox,
    wire_address,
)
from digest.rendering.views import Card
from digest.rendering.words import plain, wrapped

FULL_CARDS = 6
"""Papers shown whole; the rest are one line each, so that a phone has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Who writes, and how to leave; raises SettingsInvalid where mail could not say so.

    *list_host* names the list in List-Id. *unsubscribe_address* takes mails that ask to
    leave. *public_url* is where the pages are; nothing links there before there are any.
    """

    sender: str
    postal_address: str
    list_host: str
    unsubscribe_address: str | None = None
    public_url: str | None = None

    def __post_init__(self) -> None:
        try:
            mailbox(self.sender)
        except (ValueError, UnicodeError):
            raise SettingsInvalid(
                f"The sender {self.sender!r} cannot be used; write it as Name <address>."
            ) from None
        if not _HOST.fullmatch(self.list_host):
            raise SettingsInvalid(f"The list host {self.list_host!r} is not a host name.")
        if self.unsubscribe_address is None:
            return
        try:
            wire_address(self.unsubscribe_address)
        except (ValueError, UnicodeError):
            raise SettingsInvalid(
                f"The address to unsubscribe at, {self.unsubscribe_address!r}, is no address."
            ) from None

    @property
    def name(self) -> str:
        """What the digest is called."""
        name, address = mailbox(self.sender)
        return plain(name) or address

    @property
    def address(self) -> str:
        """The address it is sent from."""
        return mailbox(self.sender)[1]

    @property
    def host(self) -> str:
        """The host that names its messages."""
        return self.address.rpartition("@")[2]

    @property
    def postal(self) -> str:
        """The postal address on one line, with the name before it, or ""."""
        lines = [plain(line).strip(",") for line in self.postal_address.splitlines()]
        address = ", ".join(line for line in lines if line)
        return f"{self.name}, {address}" if address else ""


_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Press:
    """Turns issues into mails; prepared once, it keeps the day's cards between them."""

    def __init__(self, imprint: Imprint) -> None:
        self._imprint = imprint
        workshop = Workshop(environment())
        self._shelf = Shelf(workshop)
        self._subject = workshop.text("issue/subject.txt")
        self._html = workshop.document("issue/body.html", imprint=imprint)
        self._text = workshop.text("issue/body.txt", imprint=imprint)
        self._labels = {place: _label(words, workshop) for place, words in _LABELS.items()}
        self._note = workshop.html("issue/note.html")
        self._constant = (
            "List-Post: NO",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: OOF, AutoReply",
            "Precedence: bulk",
        )
        self._sender, self._host = imprint.address, imprint.host
        name = plain(mailbox(imprint.sender)[0])
        self._from = folded("From", named_mailbox(name, imprint.address))
        list_id = named_mailbox(name, imprint.list_host) if name else f"<{imprint.list_host}>"
        self._list_id = folded("List-Id", list_id)

    def issue(self, issue: Issue, reader: Reader, *, unsubscribe_token: str) -> Email:
        """Return the mail of *issue* for *reader*; raise RenderingFailed where there is none.

        *unsubscribe_token* is what the reader proves with that they want to leave.
        """
        if not issue.picks:
            raise RenderingFailed("An issue without papers has no mail.")
        if not _ID.fullmatch(issue.id):
            raise RenderingFailed(f"{issue.id!r} cannot name a message.")
        stories = self._stories(issue)
        titles = [card.title for card in stories.cards]
        subject = plain(self._subject.written(subject=opening.subject(titles)))
        leave = self._leave(unsubscribe_token)
        html, text = self._parts(issue, reader, stories, subject, leave)
        headers = self._headers(issue, reader, subject, leave)
        return Email(
            delivery_id=issue.id,
            sender=self._sender,
            recipient=reader.subscriber.address,
            subject=subject,
            name=_file_name(issue, reader),
            html="".join(html.texts),
            text="".join(text.texts),
            content=message(headers, text.encoded, html.encoded, boundary=f"=_{issue.id}"),
        )

    def _leave(self, token: str) -> str:
        address = self._imprint.unsubscribe_address
        return mailto(address, f"unsubscribe {token}") if address else ""

    def _stories(self, issue: Issue) -> "_Stories":
        stories = _Stories()
        for place, pick in enumerate(issue.picks):
            if label := self._labels.get(place):
                stories.html.add(label[0])
                stories.text.add(label[1])
            html, text = stories.html, stories.text
            if place == 0:
                form, html, text = Form.LEAD, stories.lead_html, stories.lead_text
            else:
                form = Form.CARD if place < FULL_CARDS else Form.ROW
            stories.cards.append(self._shelf.place(form, pick, issue.day, html=html, text=text))
        return stories

    def _parts(
        self, issue: Issue, reader: Reader, stories: "_Stories", subject: str, leave: str
    ) -> tuple[Part, Part]:
        lede = opening.lede(issue, reader.subscription)
        words = sum(card.words + _SMALL_PRINT for card in stories.cards)
        shown = {
            "dateline": opening.dateline(issue),
            "minutes": opening.minutes(words),
            "headline": opening.headline(issue, reader.subscription),
            "lede": lede,
            "asked": opening.reason_to_write(issue, reader.subscription),
        }
        sources = opening.sources_today(issue.sources, issue.day)
        titles = [card.title for card in stories.cards]
        html, text = Part(), Part()
        self._html.fill(
            html,
            title=str(escape(subject)),
            label=str(escape(subject)),
            preheader=str(escape(opening.preheader(issue, titles))),
            leave=str(escape(leave)),
            lead=stories.lead_html,
            stories=stories.html,
            sources=self._note.written(words=str(escape(sources))) if sources else "",
            **{name: str(escape(value)) for name, value in shown.items()},
        )
        self._text.fill(
            text,
            leave=leave,
            lead=stories.lead_text,
            stories=stories.text,
            sources=f"{wrapped(sources)}\n\n" if sources else "",
            **{name: wrapped(value) for name, value in shown.items()},
        )
        return html, text

    def _headers(self, issue: Issue, reader: Reader, subject: str, leave: str) -> list[str]:
        try:
            recipient = wire_address(reader.subscriber.address)
        except (ValueError, UnicodeError):
            raise RenderingFailed("No header can carry the address of this reader.") from None
        headers = [
            self._from,
            f"To: {recipient}",
            folded("Subject", encoded_words(subject)),
            f"Date: {format_datetime(issue.composed_at)}",
            f"Message-ID: <d.{issue.id}@{self._host}>",
            self._list_id,
        ]
        if leave:
            headers.append(f"List-Unsubscribe: <{leave}>")
        return [*headers, *self._constant]


@dataclass(slots=True)
class _Stories:
    """The cards of one mail, placed in its parts."""

    lead_html: Part = field(default_factory=Part)
    lead_text: Part = field(default_factory=Part)
    html: Part = field(default_factory=Part)
    text: Part = field(default_factory=Part)
    cards: list[Card] = field(default_factory=list)


_SMALL_PRINT = 20  # words around a title and its gist
_LABELS = {1: "More for you", FULL_CARDS: "In brief"}


def _label(words: str, workshop: Workshop) -> tuple[Part, Part]:
    html, text = Part(), Part()
    workshop.html("issue/label.html").fill(html, words=words)
    workshop.text("issue/label.txt").fill(text, words=words)
    return html, text


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _file_name(issue: Issue, reader: Reader) -> str:
    local = reader.subscriber.address.partition("@")[0]
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", local).strip("-")[:32] or "reader"
    return f"{issue.day.isoformat()}-{safe}-{issue.id[:8]}"
