"""Sign-ups admitted and letters posted by real tasks on a real store."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from digest.bootstrap import App, bootstrap, upgrade_database
from digest.errors import EmailRefused, StoreUnavailable
from digest.models.signups import FORGET_AFTER, PAGE, FormKind, Signup
from digest.models.subscribers import Reader, address_hmac
from digest.ports import Work
from digest.services.forms import FormWish, add_form
from digest.services.sign_up import receive
from digest.settings import Settings
from tests.factories import NOON
from tests.fakes import MemoryMailer, StoppedClock
from workers.app import celery, working_on
from workers.tasks import admit, tidy


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer(failures={"bo@example.org": EmailRefused("No such mailbox.")})


@pytest.fixture
def app(
    tmp_path: Path, clock: StoppedClock, mailer: MemoryMailer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    upgrade_database(url)
    settings = Settings(
        database_url=url,
        broker_url="memory://",
        public_url="https://papers.example.org",
        secret_keys=("only-for-tests",),
    )
    app = bootstrap(settings, clock=clock)
    app.mailer = mailer
    for name in ("task_always_eager", "task_eager_propagates"):
        monkeypatch.setitem(celery.conf, name, value=True)
    with working_on(app):
        yield app
    app.close()


def _sign_up(app: App, address: str, form: str = PAGE) -> None:
    signup = Signup(
        id=app.tokens.new(),
        form=form,
        external_id=address,
        received_at=app.clock.now(),
        address=address,
    )
    receive(signup, store=app.store)


def _reader(app: App, address: str) -> Reader | None:
    with app.store.read() as work:
        return work.subscribers.by_address(address_hmac(address, key=work.address_key()))


def test_who_signed_up_is_asked_once(app: App, mailer: MemoryMailer) -> None:
    _sign_up(app, "ada@example.org")

    for _ in range(3):
        admit.delay()

    assert [email.recipient for email in mailer.sent] == ["ada@example.org"]
    assert "/confirm/" in mailer.sent[0].text
    reader = _reader(app, "ada@example.org")
    assert reader is not None
    assert reader.subscriber.state == "pending"


def test_who_has_confirmed_elsewhere_is_welcomed_and_not_asked(
    app: App, mailer: MemoryMailer
) -> None:
    wish = FormWish(
        name="lab",
        kind=FormKind.BEARER,
        confirmed=True,
        evidence="The registration desk checked their badge.",
    )
    add_form(wish, store=app.store, clock=app.clock, tokens=app.tokens)
    _sign_up(app, "ada@example.org", form="lab")

    admit.delay()

    reader = _reader(app, "ada@example.org")
    assert reader is not None
    assert reader.subscriber.state == "active"
    [welcome] = mailer.sent
    assert "/confirm/" not in welcome.text
    with app.store.read() as work:
        [consent] = work.consents.of(reader.subscriber.id)
    assert (consent.act, consent.source) == ("confirmed", "lab")
    assert consent.evidence["says"] == "The registration desk checked their badge."


def test_why_a_letter_was_not_taken_is_logged_without_whom_it_was_for(
    app: App, mailer: MemoryMailer
) -> None:
    _sign_up(app, "bo@example.org")

    with capture_logs() as logs:
        admit.delay()

    assert not mailer.sent
    assert {"event": "not posted", "reason": "No such mailbox."}.items() <= logs[-1].items()
    assert "bo@" not in repr(logs)


def test_a_store_that_is_busy_is_asked_again_by_the_next_poke(
    app: App, mailer: MemoryMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_up(app, "ada@example.org")

    @contextmanager
    def busy() -> Iterator[Work]:
        raise StoreUnavailable("Another block is writing.")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(app.store, "begin", busy)
        admit.delay()
    assert not mailer.sent

    admit.delay()
    assert len(mailer.sent) == 1


def test_who_never_answers_is_forgotten(app: App, clock: StoppedClock) -> None:
    _sign_up(app, "ada@example.org")
    admit.delay()

    clock.advance(FORGET_AFTER - timedelta(seconds=1))
    tidy.delay()
    assert _reader(app, "ada@example.org") is not None

    clock.advance(timedelta(seconds=2))
    tidy.delay()
    assert _reader(app, "ada@example.org") is None
