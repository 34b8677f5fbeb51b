"""No statement of a hot path walks a whole big table."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from digest.models.consent import Act, Consent
from digest.models.deliveries import Claim, Delivery, DeliveryState, Outcome
from digest.models.events import EventKind, MailEvent
from digest.models.feedback import Feedback, Verdict
from digest.models.letters import Letter, LetterKind
from digest.models.papers import AuthorFigures, Byline
from digest.models.signups import Form, FormKind, Signup, SignupState
from digest.models.subscribers import Schedule, SubscriberState, Suppression
from digest.models.visits import Visit, VisitState
from digest.ports import Work
from digest.store.sql import SqlStore
from digest.store.tables import metadata
from tests.factories import DAY, NOON, make_issue, make_paper, make_reader, make_sighting
from tests.store.databases import fresh_sqlite

Statement = tuple[Any, str, Any]
ADA = AuthorFigures(name="Ada Okafor")
# What a statement makes for itself, as a list of values, is small; these are other names of tables.
BIG = set(metadata.tables) - {"keyring"} | {"wish", "other", "later"}


@pytest.fixture
def said() -> Iterator[list[Statement]]:
    """Every statement that was executed."""
    statements: list[Statement] = []

    def hear(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((connection, statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    yield statements
    event.remove(Engine, "before_cursor_execute", hear)


def test_no_hot_statement_walks_a_whole_table(tmp_path: Path, said: list[Statement]) -> None:
    store = SqlStore(fresh_sqlite(tmp_path))
    plans: dict[str, list[str]] = {}
    with store.begin() as work:
        said.clear()
        everything_hot(work)
        for connection, statement, parameters in list(said):
            if re.match("SELECT|INSERT|UPDATE|DELETE|WITH", statement):
                first = parameters[0] if isinstance(parameters, list) else parameters
                explained = connection.connection.driver_connection.execute(
                    f"EXPLAIN QUERY PLAN {statement}", first
                )
                plans[statement] = [row[3] for row in explained]
    store.close()

    assert len(plans) > 100
    walked = [
        (statement, step)
        for statement, steps in plans.items()
        for step in steps
        if (found := re.match(r"SCAN ([a-z_]+?)(_\d+)?\b", step)) and found[1] in BIG
    ]
    assert walked == []


def everything_hot(work: Work) -> None:
    """Use all of *work* but what is meant to read a whole table.

    That is the archive, a search, all authors, the last complete days, the names of all forms
    and the counts.
    """
    papers_hot(work)
    people_hot(work)
    signups_hot(work)
    letters_hot(work)
    deliveries_hot(work)
    collecting_hot(work)


def papers_hot(work: Work) -> None:
    paper, gone = make_paper("Paper number 1"), make_paper("Paper number 2")
    work.papers.keep([paper, gone])
    work.papers.see([make_sighting(paper), make_sighting(gone)])
    work.papers.see([make_sighting(paper, upvotes=3)])
    work.papers.sharing(["title:x", "doi:y"])
    work.papers.get(["a", "b"])
    work.papers.listed(DAY - timedelta(days=7), DAY)
    work.papers.sightings(["a", "b"], until=DAY)
    work.papers.last_seen("arXiv", DAY)
    work.papers.seen_at("arXiv", ["a", "b"])
    work.papers.page(after="", limit=10)
    work.papers.keep_bylines([Byline(paper_id=paper.id, authors=(ADA,))], seen_at=NOON)
    work.papers.asked_authors([paper.id], asked_at=NOON)
    work.papers.byline(paper.id)
    work.papers.join({gone.id: paper.id})
    work.papers.lacking_details(DAY, limit=10)
    work.papers.lacking_authors(DAY, asked_before=NOON, limit=10)


def people_hot(work: Work) -> None:
    work.subscribers.add(make_reader("ada"))
    work.subscribers.by_address("x")
    work.subscribers.by_subscription(["a", "b"])
    work.subscribers.active(after="", limit=10)
    work.subscribers.by_id("x")
    work.subscribers.waiting(Schedule(), DAY, joined_by=NOON, after="", limit=10)
    work.subscribers.turn("x", SubscriberState.PAUSED, when=[SubscriberState.ACTIVE])
    work.subscribers.add_many([make_reader(f"{number:03}") for number in range(100)])
    work.subscribers.schedules()
    work.subscribers.states(["x", "y"])
    work.subscribers.page(after="", limit=10)
    work.subscribers.page(after="", limit=10, states=[SubscriberState.PAUSED])
    work.subscribers.turn("subscriber-ada", SubscriberState.PAUSED, when=list(SubscriberState))
    work.subscribers.change(make_reader("ada"), when=list(SubscriberState))
    work.subscribers.move("subscriber-ada", address="a", address_hmac="a")
    work.subscribers.resume(DAY, limit=10)
    work.subscribers.erase("subscriber-001")
    work.subscribers.turn("subscriber-002", SubscriberState.PENDING, when=list(SubscriberState))
    assert work.subscribers.forget(created_before=NOON + timedelta(days=1), limit=10) == 1
    act = Consent(subscriber_id="subscriber-ada", at=NOON, act=Act.ASKED, source="page")
    work.consents.log([act])
    work.consents.of("subscriber-ada")
    suppression = Suppression(address_hmac="x", reason=SubscriberState.BOUNCED, at=NOON)
    work.suppressions.put([suppression])
    work.suppressions.among(["x", "y"])
    work.suppressions.lift("x")


def signups_hot(work: Work) -> None:
    signup = Signup(id="s", form="page", external_id="e", received_at=NOON, address="a")
    work.signups.receive(signup, known_since=NOON)
    work.signups.waiting(limit=10)
    work.signups.settle("s", SignupState.MAILED, at=NOON, address_hmac="h", domain="d")
    work.signups.get("s")
    work.signups.subscriber("s")
    for since in (NOON, None):
        for unconfirmed in (False, True):
            work.signups.mailed(since=since, address_hmac="h", unconfirmed=unconfirmed)
            work.signups.mailed(since=since, network="n", unconfirmed=unconfirmed)
            work.signups.mailed(since=since, domain="d", unconfirmed=unconfirmed)
    work.signups.answered(200, since=NOON)
    work.signups.confirm("s")
    work.signups.forget(received_before=NOON)
    form = Form(name="f", kind=FormKind.HTML, secrets=(), created_at=NOON)
    work.forms.put(form)
    work.forms.get("f")
    work.forms.used("f", "s", at=NOON)
    work.forms.remove("f")


def letters_hot(work: Work) -> None:
    letter = Letter(
        id="l",
        kind=LetterKind.CONFIRM,
        subscriber_id="subscriber-ada",
        address="a",
        subject_id="s",
        created_at=NOON,
    )
    work.letters.queue([letter])
    work.letters.take(Claim(fence="f", at=NOON, lease_until=NOON), limit=10)
    work.letters.put_back("l", fence="f", retry_at=NOON, tried=True)
    work.letters.sent("l", fence="f", at=NOON)
    work.letters.recipient("l")
    event = MailEvent(source="x", external_id="x", kind=EventKind.SOFT, mail_id="l", at=NOON)
    work.events.receive(event, subscriber_id="subscriber-ada")
    work.events.hard_since("subscriber-ada", NOON)
    work.events.soft_in_a_row("subscriber-ada")
    paper = make_paper("Paper number 1")
    said = Feedback(
        subscription_id="subscription-ada", paper_id=paper.id, verdict=Verdict.MORE, at=NOON
    )
    work.feedbacks.give(said)
    work.feedbacks.of(["subscription-ada", "x"])
    work.feedbacks.take_back("subscription-ada", paper.id, Verdict.MORE)
    work.feedbacks.reset("subscription-ada")


def deliveries_hot(work: Work) -> None:
    claim = Claim(fence="f", at=NOON, lease_until=NOON)
    delivery = Delivery(
        id="d",
        subscription_id="subscription-ada",
        day=DAY,
        state=DeliveryState.PLANNED,
        issue_id=make_issue().id,
    )
    work.issues.add([make_issue()])
    work.issues.get(["a", "b"])
    work.issues.numbers(["a", "b"])
    work.issues.picked(["a", "b"], ["x", "y"])
    work.deliveries.known(["a", "b"])
    work.deliveries.plan([delivery])
    work.deliveries.claim(DAY, claim, limit=5, only=None)
    work.deliveries.claim(DAY, claim, limit=5, only=["a", "b"])
    work.deliveries.gate(["d", "e"], fence="f")
    work.deliveries.settle([Outcome(delivery_id="d", state=DeliveryState.SENT)], fence="f")
    work.deliveries.release(fence="f")
    work.deliveries.suppress("subscription-ada", reason="they left")
    work.deliveries.sweep(NOON, idempotent=False)
    work.deliveries.sweep(NOON, idempotent=True)
    work.deliveries.account(DAY)
    work.deliveries.of_day(DAY)
    work.deliveries.of_subscription("subscription-ada")
    work.deliveries.subscription("d")


def collecting_hot(work: Work) -> None:
    work.visits.start("arXiv", DAY, now=NOON, since=NOON)
    work.visits.end(Visit(source="arXiv", day=DAY, asked_at=NOON, state=VisitState.COMPLETE))
    work.visits.between(DAY, DAY)
    work.turns.take("arXiv", holder="me", now=NOON, until=NOON + timedelta(minutes=1))
    work.turns.take("arXiv", holder="you", now=NOON, until=NOON + timedelta(minutes=1))
    work.turns.give_back("arXiv", holder="me", free_at=NOON)
    work.turns.silence("arXiv", until=NOON)
    work.notes.write("arXiv", {"etag": "a"})
    work.notes.read("arXiv")
