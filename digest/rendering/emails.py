"""An issue and its reader → the email: joined from fragments that were made once."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from markupsafe import escape

from digest.errors import RenderingFailed
from digest.links import IssueTokens, Purpose, url
from digest.models.deliveries import Email
from digest.models.issues import Issue
from digest.models.subscribers import Reader
from digest.rendering import opening
from digest.rendering.actions import Answering
from digest.rendering.cards import Form, Shelf
from digest.rendering.environment import environment
from digest.rendering.fragments import Fragment, Part
from digest.rendering.headers import AUTOMATIC, Letterhead, WayOut, file_name, way_out
from digest.rendering.imprint import Imprint
from digest.rendering.mime import folded, mailbox, message, named_mailbox
from digest.rendering.views import Card
from digest.rendering.words import plain, wrapped
from digest.rendering.workshop import Workshop

FULL_CARDS = 6
"""Papers shown whole; the rest are one line each, so that a phone has an end."""


class Press:
    """Turns issues into mails; prepared once, it keeps the day's cards between them."""

    def __init__(self, imprint: Imprint) -> None:
        self._imprint = imprint
        workshop = Workshop(environment())
        self._shelf = Shelf(workshop)
        self._subject = workshop.text("issue/subject.txt")
        self._html = workshop.document("issue/body.html", imprint=imprint)
        self._page = workshop.document("issue/page.html", imprint=imprint, in_browser=True)
        self._text = workshop.text("issue/body.txt", imprint=imprint)
        self._labels = {place: _label(words, workshop) for place, words in _LABELS.items()}
        self._note = workshop.html("issue/note.html")
        self._browser = _Line.of("browser", workshop)
        self._settings = _Line.of("settings", workshop)
        self._letterhead = Letterhead(imprint)
        self._constant = ("List-Post: NO", *AUTOMATIC, "Precedence: bulk")
        # Gmail wants five to fifteen characters, the same for all mail of one sender.
        self._sender_id = sha256(imprint.host.encode()).hexdigest()[:12]
        name = plain(mailbox(imprint.sender)[0])
        list_id = named_mailbox(name, imprint.list_host) if name else f"<{imprint.list_host}>"
        self._list_id = folded("List-Id", list_id)

    def issue(self, issue: Issue, reader: Reader, *, tokens: IssueTokens) -> Email:
        """Return the mail of *issue* for *reader*; raise RenderingFailed where there is none."""
        ways = _ways(self._imprint, tokens)
        stories = self._stories(issue, ways.answering)
        subject = self._subject_of(stories)
        headers = self._headers(issue, reader, subject, ways)
        html, text = self._parts(issue, reader, stories, subject, ways)
        return Email(
            delivery_id=issue.id,
            sender=self._imprint.address,
            recipient=reader.subscriber.address,
            subject=subject,
            name=file_name(issue.day.isoformat(), reader.subscriber.address, issue.id),
            html="".join(html.texts),
            text="".join(text.texts),
            content=message(headers, text.encoded, html.encoded, boundary=f"=_{issue.id}"),
        )

    def page(self, issue: Issue, reader: Reader) -> str:
        """Return *issue* as *reader* opens it in a browser; raise RenderingFailed without papers.

        It is what the mail shows, less what only a mail needs, and less the links that act
        for the reader: an open page is passed on more easily than a mail.
        """
        stories = self._stories(issue)
        shown = _shown(issue, reader, stories)
        html = Part()
        self._page.fill(
            html,
            title=str(escape(self._subject_of(stories))),
            lead=stories.lead_html,
            stories=stories.html,
            sources=self._sources_html(issue),
            **{name: str(escape(value)) for name, value in shown.items()},
        )
        return "".join(html.texts)

    def _subject_of(self, stories: "_Stories") -> str:
        return plain(self._subject.written(subject=opening.subject(stories.titles)))

    def _sources_html(self, issue: Issue) -> str:
        sources = opening.sources_today(issue.sources, issue.day)
        return self._note.written(words=str(escape(sources))) if sources else ""

    def _stories(self, issue: Issue, answering: Answering | None = None) -> "_Stories":
        if not issue.picks:
            raise RenderingFailed("An issue without papers has no mail.")
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
            card = self._shelf.place(
                form, pick, issue.day, html=html, text=text, answering=answering
            )
            stories.cards.append(card)
        return stories

    def _parts(
        self, issue: Issue, reader: Reader, stories: "_Stories", subject: str, ways: "_Ways"
    ) -> tuple[Part, Part]:
        shown = _shown(issue, reader, stories)
        sources = opening.sources_today(issue.sources, issue.day)
        browser, settings = self._browser.to(ways.browser), self._settings.to(ways.settings)
        html, text = Part(), Part()
        self._html.fill(
            html,
            title=str(escape(subject)),
            label=str(escape(subject)),
            preheader=str(escape(opening.preheader(issue, stories.titles))),
            browser=browser[0],
            leave=str(escape(ways.out.link)),
            settings=settings[0],
            lead=stories.lead_html,
            stories=stories.html,
            sources=self._sources_html(issue),
            **{name: str(escape(value)) for name, value in shown.items()},
        )
        self._text.fill(
            text,
            browser=browser[1],
            leave=ways.out.link,
            settings=settings[1],
            lead=stories.lead_text,
            stories=stories.text,
            sources=f"{wrapped(sources)}\n\n" if sources else "",
            **{name: wrapped(value) for name, value in shown.items()},
        )
        return html, text

    def _headers(self, issue: Issue, reader: Reader, subject: str, ways: "_Ways") -> list[str]:
        person = reader.subscriber
        return [
            *self._letterhead.headers(
                person.address, subject, kind="d", mail_id=issue.id, date=issue.composed_at
            ),
            self._list_id,
            # By this Gmail tells a sender which of its mailings people call spam.
            f"Feedback-ID: {issue.day}:{reader.subscription.cadence}:digest:{self._sender_id}",
            *ways.out.headers,
            *self._constant,
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line with a link in it, for both parts, in mails that have somewhere to lead."""

    html: Fragment
    text: Fragment

    @classmethod
    def of(cls, name: str, workshop: Workshop) -> Self:
        return cls(
            html=workshop.html(f"issue/{name}.html"), text=workshop.text(f"issue/{name}.txt")
        )

    def to(self, link: str) -> tuple[str, str]:
        """Return the line that leads to *link* for both parts, empty where that is."""
        if not link:
            return "", ""
        return self.html.written(link=str(escape(link))), self.text.written(link=link)


@dataclass(slots=True)
class _Stories:
    """The cards of one mail, placed in its parts."""

    lead_html: Part = field(default_factory=Part)
    lead_text: Part = field(default_factory=Part)
    html: Part = field(default_factory=Part)
    text: Part = field(default_factory=Part)
    cards: list[Card] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """The titles of all cards."""
        return [card.title for card in self.cards]


def _shown(issue: Issue, reader: Reader, stories: _Stories) -> dict[str, str]:
    """Return the lines around the stories, by the slots they stand in."""
    words = sum(card.words + _SMALL_PRINT for card in stories.cards)
    return {
        "dateline": opening.dateline(issue),
        "minutes": opening.minutes(words),
        "headline": opening.headline(issue, reader.subscription),
        "lede": opening.lede(issue, reader.subscription),
        "asked": opening.reason_to_write(issue, reader.subscription),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """Where a mail's own links lead, "" or None where it has none."""

    browser: str
    settings: str
    answering: Answering | None
    out: WayOut


def _ways(imprint: Imprint, tokens: IssueTokens) -> _Ways:
    browser, settings, answering = "", "", None
    if imprint.public_url:
        if tokens.issue is not None:
            browser = url(imprint.public_url, Purpose.ISSUE, tokens.issue)
        if tokens.settings is not None:
            settings = url(imprint.public_url, Purpose.SETTINGS, tokens.settings)
        if tokens.feedback is not None:
            answering = Answering.at(imprint.public_url, tokens.feedback)
    return _Ways(
        browser=browser,
        settings=settings,
        answering=answering,
        out=way_out(imprint, tokens.unsubscribe),
    )


_SMALL_PRINT = 20  # words around a title and its gist
_LABELS = {1: "More for you", FULL_CARDS: "In brief"}


def _label(words: str, workshop: Workshop) -> tuple[Part, Part]:
    html, text = Part(), Part()
    workshop.html("issue/label.html").fill(html, words=words)
    workshop.text("issue/label.txt").fill(text, words=words)
    return html, text
