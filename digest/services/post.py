"""Letters about a subscription: write one, and send what waits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.errors import EmailDeferred, MailerError, MailerUnavailable, RenderingFailed
from digest.links import SETTINGS_FOR, LetterTokens, Links, Purpose
from digest.models.deliveries import Claim
from digest.models.letters import Letter, LetterKind
from digest.models.signups import CONFIRM_WITHIN
from digest.models.subscribers import Reader, SubscriberState
from digest.ports import Clock, Mailer, Store, Tokens
from digest.rendering.letters import ASKING, Stationery
from digest.services.deliver import returning
from digest.services.schedule import next_due

BATCH = 20
LEASE = timedelta(minutes=5)

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
"""How long a letter waits after each time it could not be handed over; then it is given up."""


def letter_to(
    reader: Reader, kind: LetterKind, *, subject: str, now: datetime, tokens: Tokens
) -> Letter:
    """Return a letter to *reader* whose link is about *subject*."""
    words = {"name": reader.subscriber.name}
    if kind is LetterKind.WELCOME:
        words["first"] = next_due(reader.subscription.schedule, now).isoformat()
        words["time_zone"] = reader.subscription.schedule.time_zone
    return Letter(
        id=tokens.new(),
        kind=kind,
        subscriber_id=reader.subscriber.id,
        address=reader.subscriber.address,
        subject_id=subject,
        created_at=now,
        words={name: value for name, value in words.items() if value},
    )


def tokens_for(letter: Letter, *, links: Links) -> LetterTokens:
    """Return the tokens in *letter*: what it asks, and the way to the reader's settings."""
    match letter.kind:
        case LetterKind.CONFIRM:
            until = letter.created_at + CONFIRM_WITHIN
            return LetterTokens(asks=links.token(Purpose.CONFIRM, letter.subject_id, until=until))
        case LetterKind.NEW_ADDRESS:
            until = letter.created_at + CONFIRM_WITHIN
            return LetterTokens(asks=links.token(Purpose.ADDRESS, letter.subject_id, until=until))
        case LetterKind.KNOWN | LetterKind.WELCOME:
            until = letter.created_at + SETTINGS_FOR
            return LetterTokens(
                settings=links.token(Purpose.SETTINGS, letter.subject_id, until=until),
                unsubscribe=links.token(Purpose.UNSUBSCRIBE, letter.subscriber_id),
            )
    return LetterTokens()


@dataclass(frozen=True, slots=True, kw_only=True)
class Postbag:
    """What sending letters needs; *bounce_address* takes what comes back, "" for none."""

    store: Store
    mailer: Mailer
    stationery: Stationery
    links: Links
    clock: Clock
    tokens: Tokens
    bounce_address: str = ""


@dataclass(slots=True, kw_only=True)
class Posted:
    """What came of the letters that waited, and why those that were not sent."""

    sent: int = 0
    waiting: int = 0
    given_up: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def post(*, postbag: Postbag) -> Posted:
    """Send every letter that is due, oldest first; a mailer that is away ends it early.

    A letter may go out twice where the process is killed between the server's answer and
    our note of it: of a question or a welcome, two are better than none.
    """
    posted = Posted()
    while True:
        now = postbag.clock.now()
        claim = Claim(fence=postbag.tokens.new(), at=now, lease_until=now + LEASE)
        with postbag.store.begin() as work:
            letters = work.letters.take(claim, limit=BATCH)
        walk = _Walk(fence=claim.fence, postbag=postbag, posted=posted)
        for place, letter in enumerate(letters):
            try:
                walk.send(letter)
            except MailerUnavailable:
                walk.bring_back(letters[place + 1 :])
                return posted
        if len(letters) < BATCH:
            return posted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """Letters on their way to the mailer, held under one *fence*."""

    fence: str
    postbag: Postbag
    posted: Posted

    def send(self, letter: Letter) -> None:
        """Send *letter*, or note how long it waits; raise MailerUnavailable after noting that."""
        bag = self.postbag
        try:
            _refuse_late(letter, now=bag.clock.now())
            _refuse_untrue(letter, store=bag.store)
            tokens = tokens_for(letter, links=bag.links)
            email = bag.stationery.letter(letter, tokens=tokens)
            bag.mailer.send(returning(email, bag.bounce_address, links=bag.links))
        except MailerUnavailable as away:
            # It says nothing of this letter, which is not given up however long that lasts.
            self._keep(letter, away, wait=RETRIES[0], tried=False)
            raise
        except EmailDeferred as later:
            over = letter.attempts >= len(RETRIES)
            wait = None if over else later.retry_after or RETRIES[letter.attempts]
            self._keep(letter, later, wait=wait)
        except (MailerError, RenderingFailed) as final:
            # Refused, or perhaps taken already: then a second one would be one too many.
            self._keep(letter, final, wait=None)
        else:
            with bag.store.begin() as work:
                work.letters.sent(letter.id, fence=self.fence, at=bag.clock.now())
            self.posted.sent += 1

    def bring_back(self, letters: Sequence[Letter]) -> None:
        """Let *letters*, which nobody tried to send, be taken again at once."""
        now = self.postbag.clock.now()
        with self.postbag.store.begin() as work:
            for letter in letters:
                work.letters.put_back(letter.id, fence=self.fence, retry_at=now, tried=False)

    def _keep(
        self, letter: Letter, why: Exception, *, wait: timedelta | None, tried: bool = True
    ) -> None:
        """Note that *letter* was not sent, and how long it waits; without a *wait* that is it."""
        retry_at = None if wait is None else self.postbag.clock.now() + wait
        with self.postbag.store.begin() as work:
            work.letters.put_back(letter.id, fence=self.fence, retry_at=retry_at, tried=tried)
        self.posted.reasons[str(why)] += 1
        if wait is None:
            self.posted.given_up += 1
        else:
            self.posted.waiting += 1


def _refuse_late(letter: Letter, *, now: datetime) -> None:
    """Raise RenderingFailed where the link in *letter* is over before anybody can read it."""
    if letter.kind in ASKING and now >= letter.created_at + CONFIRM_WITHIN:
        raise RenderingFailed("It waited for longer than its link is good.")


def _refuse_untrue(letter: Letter, *, store: Store) -> None:
    """Raise RenderingFailed where somebody is told goodbye who has come back meanwhile."""
    if letter.kind is not LetterKind.GOODBYE:
        return
    with store.read() as work:
        reader = work.subscribers.by_id(letter.subscriber_id)
    if reader is None or reader.subscriber.state is not SubscriberState.UNSUBSCRIBED:
        raise RenderingFailed("Whom it says goodbye to has come back.")
