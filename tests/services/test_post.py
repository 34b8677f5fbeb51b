"""Letters that wait go out once, oldest first, and are given up only where that is right."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from digest.errors import (
    DeliveryUncertain,
    EmailDeferred,
    EmailRefused,
    LinkExpired,
    MailerError,
    MailerUnavailable,
    SendingForbidden,
)
from digest.links import Links, Purpose
from digest.models.deliveries import Email
from digest.models.letters import Letter, LetterKind
from digest.models.signups import CONFIRM_WITHIN
from digest.models.subscribers import Reader, Schedule, SubscriberState
from digest.rendering.letters import Stationery
from digest.services.post import BATCH, LEASE, RETRIES, Postbag, Posted, letter_to, post, tokens_for
from tests.factories import NOON, make_reader
from tests.fakes import CountingTokens, MemoryMailer, MemoryStore, StoppedClock
from tests.services.conftest import IMPRINT

HOME = "https://papers.example.org"
STATIONERY = Stationery(replace(IMPRINT, public_url=HOME))
ADA, BOB = "ada@example.org", "bob@example.org"


@dataclass(slots=True)
class Office:
    """A store with letters in it, and who carries them."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: StoppedClock = field(default_factory=StoppedClock)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    links: Links = field(default_factory=lambda: Links(["key"]))
    tokens: CountingTokens = field(default_factory=CountingTokens)
    bounce_address: str = ""

    def fail(self, failures: Mapping[str, MailerError]) -> None:
        self.mailer.failures = dict(failures)

    def reader(self, name: str) -> Reader:
        reader = make_reader(name, state=SubscriberState.PENDING)
        with self.store.begin() as work:
            work.subscribers.add(reader)
        return reader

    def write(
        self, name: str = "ada", kind: LetterKind = LetterKind.CONFIRM, *, subject: str = "signup"
    ) -> Letter:
        letter = letter_to(
            self.reader(name), kind, subject=subject, now=self.clock.now(), tokens=self.tokens
        )
        with self.store.begin() as work:
            work.letters.queue([letter])
        self.clock.advance(timedelta(seconds=1))
        return letter

    def post(self) -> Posted:
        postbag = Postbag(
            store=self.store,
            mailer=self.mailer,
            stationery=STATIONERY,
            links=self.links,
            clock=self.clock,
            tokens=self.tokens,
            bounce_address=self.bounce_address,
        )
        return post(postbag=postbag)

    def recipients(self) -> list[str]:
        return [email.recipient for email in self.mailer.sent]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_letter_goes_out_once(office: Office) -> None:
    letter = office.write()

    assert office.post() == Posted(sent=1)
    assert office.post() == Posted()

    [email] = office.mailer.sent
    assert (email.delivery_id, email.recipient) == (letter.id, ADA)


def test_letters_go_out_oldest_first_however_many_there_are(office: Office) -> None:
    names = [f"reader{number:02}" for number in range(2 * BATCH + 1)]
    for name in names:
        office.write(name)

    assert office.post().sent == len(names)
    assert office.recipients() == [f"{name}@example.org" for name in names]


def test_a_deferred_letter_waits_longer_each_time_and_is_given_up_in_the_end(
    office: Office,
) -> None:
    office.write()
    office.fail({ADA: EmailDeferred("Greylisted.")})

    for wait in RETRIES:
        assert office.post() == Posted(waiting=1, reasons=Counter(["Greylisted."]))
        office.clock.advance(wait - timedelta(seconds=1))
        assert office.post() == Posted()
        office.clock.advance(timedelta(seconds=1))

    assert office.post() == Posted(given_up=1, reasons=Counter(["Greylisted."]))
    office.fail({})
    office.clock.advance(timedelta(days=1))
    assert office.post() == Posted()


def test_a_server_that_says_when_is_asked_then(office: Office) -> None:
    office.write()
    office.fail({ADA: EmailDeferred("Later.", retry_after=timedelta(minutes=7))})
    office.post()
    office.fail({})

    office.clock.advance(timedelta(minutes=6))
    assert office.post() == Posted()
    office.clock.advance(timedelta(minutes=1))
    assert office.post() == Posted(sent=1)


@pytest.mark.parametrize("error", [EmailRefused("No such user."), DeliveryUncertain("It hung up.")])
def test_a_letter_that_is_refused_or_perhaps_taken_is_not_sent_again(
    office: Office, error: MailerError
) -> None:
    office.write()
    office.fail({ADA: error})

    assert office.post() == Posted(given_up=1, reasons=Counter([str(error)]))
    office.fail({})
    office.clock.advance(timedelta(days=1))
    assert office.post() == Posted()


@pytest.mark.parametrize("error", [MailerUnavailable("Away."), SendingForbidden("Wrong password.")])
def test_while_the_mailer_is_away_nothing_is_tried_and_nothing_given_up(
    office: Office, error: MailerError
) -> None:
    office.write("ada")
    office.write("bob")
    office.fail({ADA: error, BOB: error})

    for _ in range(3 * len(RETRIES)):
        posted = office.post()
        assert (posted.sent, posted.waiting, posted.given_up) == (0, 1, 0)
        office.clock.advance(timedelta(hours=1))
    office.fail({})

    assert office.post() == Posted(sent=2)


def test_a_mailer_that_was_away_costs_a_letter_no_attempt(office: Office) -> None:
    office.write()
    for error in (MailerUnavailable("Away."), EmailDeferred("Greylisted.")):
        office.fail({ADA: error})
        assert office.post().waiting == 1
        office.clock.advance(RETRIES[0])
    office.fail({})

    assert office.post() == Posted(sent=1)


def test_what_was_not_tried_is_taken_again_at_once(office: Office) -> None:
    office.write("ada")
    office.write("bob")
    office.fail({ADA: MailerUnavailable("Away.")})

    assert office.post().waiting == 1
    assert office.post() == Posted(sent=1)
    assert office.recipients() == [BOB]


def test_one_that_cannot_be_sent_holds_up_no_other(office: Office) -> None:
    office.write("ada")
    office.write("bob")
    office.fail({ADA: EmailDeferred("Greylisted.")})

    posted = office.post()

    assert (posted.sent, posted.waiting) == (1, 1)
    assert office.recipients() == [BOB]


def test_a_letter_that_no_template_can_make_is_given_up(office: Office) -> None:
    letter = office.write("ada", LetterKind.WELCOME)
    with office.store.begin() as work:
        work.letters.queue([replace(letter, id="f" * 32, words={"first": "soon"})])

    posted = office.post()

    assert (posted.sent, posted.given_up) == (1, 1)
    assert list(posted.reasons) == ["This welcome does not know when the first issue comes."]


@pytest.mark.parametrize("kind", [LetterKind.CONFIRM, LetterKind.NEW_ADDRESS])
def test_a_question_whose_link_is_over_is_not_asked(office: Office, kind: LetterKind) -> None:
    office.write("ada", kind)
    office.write("bob", LetterKind.KNOWN)
    office.clock.time = NOON + CONFIRM_WITHIN

    posted = office.post()

    assert (posted.sent, posted.given_up) == (1, 1)
    assert office.recipients() == [BOB]


def test_a_letter_that_somebody_holds_is_not_sent_by_another(office: Office) -> None:
    office.write()

    class Dying(MemoryMailer):
        def send(self, email: Email) -> None:
            raise KeyboardInterrupt(email.name)

    living, office.mailer = office.mailer, Dying()
    with pytest.raises(KeyboardInterrupt):
        office.post()
    office.mailer = living

    assert office.post() == Posted()
    office.clock.advance(LEASE)
    assert office.post() == Posted(sent=1)


def test_a_letter_comes_back_to_a_signed_address_where_there_is_one(office: Office) -> None:
    office.bounce_address = "bounces@papers.example.org"
    letter = office.write()
    office.post()

    [email] = office.mailer.sent
    tag = office.links.bounce_tag(letter.id)
    assert email.return_path == f"bounces+b.{tag}@papers.example.org"


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [(LetterKind.CONFIRM, Purpose.CONFIRM), (LetterKind.NEW_ADDRESS, Purpose.ADDRESS)],
)
def test_a_question_is_answered_within_two_days(
    office: Office, kind: LetterKind, purpose: Purpose
) -> None:
    letter = office.write("ada", kind, subject="signup-7")
    asks = tokens_for(letter, links=office.links).asks
    assert asks is not None
    last = letter.created_at + timedelta(hours=48)

    before = last - timedelta(seconds=1)
    assert office.links.subject(purpose, asks, now=before) == "signup-7"
    with pytest.raises(LinkExpired):
        office.links.subject(purpose, asks, now=last)


@pytest.mark.parametrize("kind", [LetterKind.KNOWN, LetterKind.WELCOME])
def test_who_is_subscribed_is_shown_their_settings_and_the_way_out(
    office: Office, kind: LetterKind
) -> None:
    reader = office.reader("ada")
    letter = office.write("ada", kind, subject=reader.subscriber.settings_subject)
    tokens = tokens_for(letter, links=office.links)
    assert tokens.settings is not None
    assert tokens.unsubscribe is not None

    subject = office.links.subject(Purpose.SETTINGS, tokens.settings, now=NOON)
    assert subject == reader.subscriber.settings_subject
    leaving = office.links.subject(Purpose.UNSUBSCRIBE, tokens.unsubscribe)
    assert leaving == reader.subscriber.id


@pytest.mark.parametrize("kind", [LetterKind.MOVED, LetterKind.GOODBYE])
def test_who_is_gone_from_an_address_gets_no_token_there(office: Office, kind: LetterKind) -> None:
    letter = office.write("ada", kind)

    tokens = tokens_for(letter, links=office.links)

    assert (tokens.asks, tokens.settings, tokens.unsubscribe) == (None, None, None)


def test_a_welcome_knows_when_the_first_issue_comes(office: Office) -> None:
    reader = make_reader("ada", schedule=Schedule(time_zone="Europe/Vienna", weekdays=(0,)))

    letter = letter_to(reader, LetterKind.WELCOME, subject="s", now=NOON, tokens=CountingTokens())

    assert letter.words == {"first": "2026-11-23T07:00:00+01:00", "time_zone": "Europe/Vienna"}
    with office.store.begin() as work:
        work.subscribers.add(reader)
        work.letters.queue([letter])
    office.post()
    [email] = office.mailer.sent
    assert email.subject == "Welcome: your first issue comes on Monday 23 November"
    assert "Monday 23 November at 07:00 (Europe/Vienna)" in email.text


@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_of_letter_can_be_sent(office: Office, kind: LetterKind) -> None:
    letter = office.write("ada", kind)
    if kind is LetterKind.GOODBYE:
        leave(office, letter)

    assert office.post() == Posted(sent=1)


def leave(office: Office, letter: Letter) -> None:
    with office.store.begin() as work:
        assert work.subscribers.turn(
            letter.subscriber_id, SubscriberState.UNSUBSCRIBED, when=set(SubscriberState)
        )


def test_nobody_is_told_goodbye_who_has_come_back_meanwhile(office: Office) -> None:
    letter = office.write("ada", LetterKind.GOODBYE)
    leave(office, letter)
    with office.store.begin() as work:
        assert work.subscribers.turn(
            letter.subscriber_id, SubscriberState.ACTIVE, when=[SubscriberState.UNSUBSCRIBED]
        )

    assert office.post().given_up == 1
    assert office.post() == Posted()
    assert office.mailer.sent == []
