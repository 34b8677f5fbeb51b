"""A letter about a subscription → the email: six short mails in the style of the issues."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from markupsafe import escape

from digest.errors import RenderingFailed
from digest.links import LetterTokens, Purpose, url
from digest.models.deliveries import Email
from digest.models.letters import Letter, LetterKind
from digest.rendering.environment import environment
from digest.rendering.fragments import Fragment, Part
from digest.rendering.headers import AUTOMATIC, Letterhead, WayOut, file_name, way_out
from digest.rendering.imprint import Imprint
from digest.rendering.mime import message
from digest.rendering.opening import SUBJECT, day_and_month
from digest.rendering.words import plain, shortened, wrapped
from digest.rendering.workshop import Workshop

LONGEST_NAME = 60
"""Characters of a reader's name that a letter prints."""

DOORS: Mapping[LetterKind, Purpose] = MappingProxyType(
    {
        LetterKind.CONFIRM: Purpose.CONFIRM,
        LetterKind.NEW_ADDRESS: Purpose.ADDRESS,
        LetterKind.KNOWN: Purpose.SETTINGS,
        LetterKind.WELCOME: Purpose.SETTINGS,
    }
)
"""What the one button of a letter is for; the others have none."""

ASKING = frozenset({LetterKind.CONFIRM, LetterKind.NEW_ADDRESS})
"""Letters that ask something, and so cannot do without the page that takes the answer.

They greet nobody: whoever typed the address typed the name too, and it may be an advertisement.
"""

STAYING = frozenset({LetterKind.KNOWN, LetterKind.WELCOME})
"""Letters to who is subscribed, which say how to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One kind of letter, but for what is the reader's."""

    subject: Fragment
    html: Fragment
    text: Fragment


class Stationery:
    """Turns letters into mails; prepared once."""

    def __init__(self, imprint: Imprint) -> None:
        self._imprint = imprint
        self._letterhead = Letterhead(imprint)
        workshop = Workshop(environment())
        self._sheets = {kind: _sheet(kind, imprint, workshop) for kind in LetterKind}
        self._greeting = workshop.html("_base/greeting.html")

    def letter(self, letter: Letter, *, tokens: LetterTokens) -> Email:
        """Return the mail of *letter*; raise RenderingFailed where there can be none."""
        sheet = self._sheets[letter.kind]
        link = self._link(letter.kind, tokens)
        out = self._way_out(letter.kind, tokens)
        day, first = _first_issue(letter)
        name = _name(letter)
        subject = shortened(plain(sheet.subject.written(day=day)), SUBJECT)
        greeting = self._greeting.written(words=str(escape(f"Hello {name},"))) if name else ""
        html, text = Part(), Part()
        sheet.html.fill(
            html,
            title=str(escape(subject)),
            label=str(escape(subject)),
            greeting=greeting,
            first=str(escape(first)),
            link=str(escape(link)),
            leave=str(escape(out.link)),
        )
        sheet.text.fill(
            text,
            greeting=f"{wrapped(f'Hello {name},')}\n\n" if name else "",
            first=f"{wrapped(first)}\n\n",
            link=link,
            leave=out.link,
        )
        headers = self._letterhead.headers(
            letter.address, subject, kind="l", mail_id=letter.id, date=letter.created_at
        )
        beginning = f"{letter.created_at.date().isoformat()}-{letter.kind.replace('_', '-')}"
        return Email(
            delivery_id=letter.id,
            sender=self._imprint.address,
            recipient=letter.address,
            subject=subject,
            name=file_name(beginning, letter.address, letter.id),
            html="".join(html.texts),
            text="".join(text.texts),
            content=message(
                [*headers, *out.headers, *AUTOMATIC],
                text.encoded,
                html.encoded,
                boundary=f"=_{letter.id}",
            ),
        )

    def _link(self, kind: LetterKind, tokens: LetterTokens) -> str:
        """Return where the button of a letter leads, "" where it has none."""
        purpose = DOORS.get(kind)
        if purpose is None:
            return ""
        if not self._imprint.public_url:
            if kind in ASKING:
                raise RenderingFailed(
                    "A letter that asks needs a page that takes the answer: "
                    "set DIGEST_PUBLIC_URL to where the pages of this digest are."
                )
            return ""
        token = tokens.asks if kind in ASKING else tokens.settings
        if token is None:
            raise RenderingFailed(f"Nobody signed the link of a letter of the kind {kind!r}.")
        return url(self._imprint.public_url, purpose, token)

    def _way_out(self, kind: LetterKind, tokens: LetterTokens) -> WayOut:
        if kind not in STAYING:
            return WayOut(link="", headers=())
        if tokens.unsubscribe is None:
            raise RenderingFailed(f"Nobody signed the way out of a letter of the kind {kind!r}.")
        return way_out(self._imprint, tokens.unsubscribe)


def _sheet(kind: LetterKind, imprint: Imprint, workshop: Workshop) -> _Sheet:
    return _Sheet(
        subject=workshop.text(f"{kind}/subject.txt", imprint=imprint),
        html=workshop.document(f"{kind}/body.html", imprint=imprint),
        text=workshop.text(f"{kind}/body.txt", imprint=imprint),
    )


def _name(letter: Letter) -> str:
    """Return how to greet the reader, "" where there is no name or it looks like a link."""
    name = "" if letter.kind in ASKING else plain(letter.words.get("name", ""))
    return "" if _LINK.search(name) else shortened(name, LONGEST_NAME)


# Mail programs make links of these, and nobody is called that.
_LINK = re.compile(r"[/@:]|\w\.\w")


def _first_issue(letter: Letter) -> tuple[str, str]:
    """Return the day of the first issue and the sentence that says when; empty but in a WELCOME."""
    if letter.kind is not LetterKind.WELCOME:
        return "", ""
    try:
        moment = datetime.fromisoformat(letter.words["first"])
    except (KeyError, ValueError):
        raise RenderingFailed("This welcome does not know when the first issue comes.") from None
    day = day_and_month(moment.date())
    zone = shortened(plain(letter.words.get("time_zone", "")), LONGEST_NAME)
    where = f" ({zone})" if zone else ""
    return day, f"Your first issue comes on {day} at {moment:%H:%M}{where}."
