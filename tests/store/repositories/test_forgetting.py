"""Who is erased or forgotten is gone from every table but where the record says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select

from digest.models.consent import Act, Consent
from digest.models.deliveries import Claim, Delivery, DeliveryState
from digest.models.events import EventKind, MailEvent
from digest.models.feedback import Feedback, Verdict
from digest.models.issues import Reason, Signal
from digest.models.letters import Letter, LetterKind
from digest.models.signups import Signup, SignupState
from digest.models.subscribers import Reader, Schedule, SubscriberState
from digest.ports import Store, Work
from digest.store.sql import SqlStore
from digest.store.tables import metadata
from tests.factories import DAY, NOON, make_issue, make_paper, make_pick, make_reader, make_score

State = SubscriberState
WEEK = timedelta(days=7)
PAPER = make_paper()
CLAIM = Claim(fence="f", at=NOON, lease_until=NOON + WEEK)


def person(name: str, state: State = State.PENDING, *, age: timedelta = 2 * WEEK) -> Reader:
    reader = make_reader(name, state=state, phrases=(f"{name} wishes",))
    named = replace(reader.subscriber, name=f"{name} by name", created_at=NOON - age)
    return replace(reader, subscriber=named)


def signup(name: str, *, age: timedelta = 2 * WEEK, id_: str = "", mover: str = "") -> Signup:
    return Signup(
        id=id_ or f"signup-{name}",
        form="page",
        external_id=id_ or name,
        received_at=NOON - age,
        address=f"{name}@example.org",
        name=f"{name} by name",
        interests=(f"{name} wishes",),
        subscriber_id=mover,
    )


def ask(work: Work, reader: Reader, *, age: timedelta = 2 * WEEK) -> None:
    """Let *reader* be somebody who signed up and was asked."""
    name = reader.subscriber.id.removeprefix("subscriber-")
    given = signup(name, age=age)
    work.subscribers.add(reader)
    work.signups.receive(given, known_since=NOON)
    work.signups.settle(
        given.id,
        SignupState.MAILED,
        at=given.received_at,
        subscriber_id=reader.subscriber.id,
        address_hmac=reader.subscriber.address_hmac,
        domain="example.org",
    )
    log(work, name, Act.ASKED)
    work.letters.queue([letter(name)])


def letter(name: str) -> Letter:
    return Letter(
        id=f"letter-{name}",
        kind=LetterKind.CONFIRM,
        subscriber_id=f"subscriber-{name}",
        address=f"{name}@example.org",
        subject_id=f"signup-{name}",
        created_at=NOON,
        words={"name": f"{name} by name"},
    )


def log(work: Work, name: str, *acts: Act) -> None:
    work.consents.log(
        Consent(subscriber_id=f"subscriber-{name}", at=NOON, act=act, source="page") for act in acts
    )


def live(work: Work, reader: Reader) -> None:
    """Let *reader* have been sent an issue, and have said something of it."""
    subscription = reader.subscription.id
    reason = Reason(
        signal=Signal.TERM, subject=reader.subscription.interests[0].phrases[0], points=1
    )
    pick = make_pick(1, PAPER, score=make_score(value=1.0, reasons=(reason,)))
    work.papers.keep([PAPER])
    work.issues.add([make_issue(pick, id=f"issue of {subscription}", subscription_id=subscription)])
    work.deliveries.plan(
        [
            Delivery(
                id=f"delivery of {subscription}",
                subscription_id=subscription,
                day=DAY,
                state=DeliveryState.PLANNED,
                issue_id=f"issue of {subscription}",
            )
        ]
    )
    work.feedbacks.give(
        Feedback(subscription_id=subscription, paper_id=PAPER.id, verdict=Verdict.MORE, at=NOON)
    )


def forget(store: Store, *, limit: int = 99) -> int:
    with store.begin() as work:
        return work.subscribers.forget(created_before=NOON - WEEK, limit=limit)


def there(store: Store) -> Sequence[str]:
    with store.read() as work:
        page = work.subscribers.page(after="", limit=99)
    return [each.subscriber.id.removeprefix("subscriber-") for each in page]


def test_of_who_is_erased_a_record_is_left_and_the_days_they_were_sent_one(store: Store) -> None:
    ada, bo = person("ada", State.ACTIVE), person("bo", State.ACTIVE)
    with store.begin() as work:
        for reader in (ada, bo):
            ask(work, reader)
            live(work, reader)

    with store.begin() as work:
        assert work.subscribers.erase("subscriber-ada")

    with store.read() as work:
        left = work.subscribers.by_id("subscriber-ada")
        assert left is not None
        assert (left.subscriber.state, left.subscriber.created_at) == (
            State.ERASED,
            ada.subscriber.created_at,
        )
        assert (left.subscriber.address, left.subscriber.name) == ("", "")
        assert left.subscriber.version > ada.subscriber.version
        assert left.subscription.interests == ()
        assert left.subscription.schedule == Schedule()
        assert work.subscribers.by_address(ada.subscriber.address_hmac) is None
        assert work.signups.get("signup-ada") is None
        assert work.letters.recipient("letter-ada") is None
        assert work.feedbacks.of(["subscription-ada"]) == {}
        assert (
            work.issues.get(["issue of subscription-ada"])["issue of subscription-ada"].picks == ()
        )
        assert [each.day for each in work.deliveries.of_subscription("subscription-ada")] == [DAY]
        assert [each.act for each in work.consents.of("subscriber-ada")] == [Act.ASKED]
        assert work.deliveries.account(DAY).adds_up

        assert work.subscribers.by_id("subscriber-bo") == bo
        assert work.signups.get("signup-bo") is not None
        assert work.letters.recipient("letter-bo") == "subscriber-bo"
        assert len(work.feedbacks.of(["subscription-bo"])) == 1
        assert work.issues.get(["issue of subscription-bo"])["issue of subscription-bo"].picks
        papers = [PAPER.id]
        assert work.issues.picked(["subscription-bo"], papers) == {"subscription-bo": {PAPER.id}}


def test_who_is_erased_is_erased_once(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add_many([person("ada"), person("bo")])
        assert work.subscribers.erase("subscriber-ada")
        assert work.subscribers.erase("subscriber-bo")
        assert not work.subscribers.erase("subscriber-ada")
        assert not work.subscribers.erase("nobody")


def test_an_erased_address_may_sign_up_anew_as_somebody_else(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add(person("ada"))
        work.subscribers.erase("subscriber-ada")
        again = person("ada")
        again = replace(
            again,
            subscriber=replace(again.subscriber, id="2"),
            subscription=replace(again.subscription, id="2", subscriber_id="2"),
        )
        assert work.subscribers.add(again)


def test_no_table_has_a_word_of_who_is_erased(database: SqlStore, url: str) -> None:
    ada = person("ada", State.ACTIVE)
    with database.begin() as work:
        ask(work, ada)
        live(work, ada)
        moving = signup("elsewhere", id_="move", mover="subscriber-ada")
        work.signups.receive(moving, known_since=NOON)
        again = signup("ada", id_="again")
        work.signups.receive(again, known_since=NOON)
        hmac = ada.subscriber.address_hmac
        work.signups.settle("again", SignupState.KNOWN, at=NOON, address_hmac=hmac)
        (held,) = work.letters.take(CLAIM, limit=1)
        work.letters.put_back(held.id, fence="f", retry_at=NOON, tried=True)
        work.subscribers.erase("subscriber-ada")

    told = dump(url)
    for word in ("example.org", hmac, "by name", "wishes", "elsewhere"):
        assert word not in told


def dump(url: str) -> str:
    """Return every value of every table as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    engine.dispose()
    return "\n".join(rows)


def test_who_never_confirmed_is_forgotten_with_all_about_them(store: Store) -> None:
    with store.begin() as work:
        ask(work, person("ada"))
        ask(work, person("new", age=WEEK), age=WEEK)
        bounced = MailEvent(
            source="mail", external_id="1", kind=EventKind.SOFT, mail_id="letter-ada", at=NOON
        )
        work.events.receive(bounced, subscriber_id="subscriber-ada")

    assert forget(store) == 1
    assert forget(store) == 0

    assert there(store) == ["new"]
    with store.begin() as work:
        assert work.signups.get("signup-ada") is None
        assert work.letters.recipient("letter-ada") is None
        assert work.consents.of("subscriber-ada") == []
        assert work.signups.get("signup-new") is not None
        assert [each.id for each in work.letters.take(CLAIM, limit=9)] == ["letter-new"]
        assert work.subscribers.add(person("ada"))


def test_nobody_is_forgotten_who_ever_was_more_than_asked(store: Store) -> None:
    with store.begin() as work:
        for state in State:
            if state is not State.PENDING:
                work.subscribers.add(person(state.value, state))
        for name in ("lifted", "sent", "said", "imported", "once"):
            work.subscribers.add(person(name))
        log(work, "imported", Act.IMPORTED)
        log(work, "lifted", Act.ASKED, Act.BOUNCED, Act.LIFTED)
        live(work, person("sent"))
        work.papers.keep([PAPER])
        said = Feedback(
            subscription_id="subscription-said", paper_id=PAPER.id, verdict=Verdict.SAVE, at=NOON
        )
        work.feedbacks.give(said)
        confirmed = person("once")
        once = replace(confirmed.subscriber, confirmed_at=NOON - WEEK)
        work.subscribers.change(replace(confirmed, subscriber=once), when=frozenset(State))

    assert forget(store) == 1
    others = {state.value for state in State} - {"pending"}
    assert set(there(store)) == others | {"lifted", "sent", "said", "once"}


def test_who_asked_again_lately_is_kept_while_their_link_is_good(store: Store) -> None:
    with store.begin() as work:
        ask(work, person("ada"))
        work.signups.receive(signup("ada", age=WEEK, id_="again"), known_since=NOON)
        work.signups.settle("again", SignupState.MAILED, at=NOON, subscriber_id="subscriber-ada")

    assert forget(store) == 0
    with store.begin() as work:
        assert work.signups.confirm("again")


@pytest.mark.parametrize("limit", [1, 2, 600])
def test_the_oldest_are_forgotten_first_and_no_more_than_the_limit(
    store: Store, limit: int
) -> None:
    names = [f"{number:04}" for number in range(601)]
    with store.begin() as work:
        work.subscribers.add_many(
            [person(name, age=WEEK + timedelta(minutes=int(name) + 1)) for name in names]
        )

    assert forget(store, limit=limit) == limit

    with store.read() as work:
        assert work.subscribers.count() == 601 - limit
        assert work.subscribers.by_id("subscriber-0600") is None
        assert work.subscribers.by_id("subscriber-0000") is not None
