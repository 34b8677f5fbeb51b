"""Who may tell us anything at all, and what the answer says."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from digest.errors import SourceError
from digest.models.subscribers import SubscriberState as State
from digest.web.app import build
from digest.web.events.endpoint import LIMIT
from tests.fakes import MemoryStore
from tests.mailers.server import ScriptedServer
from tests.mailers.smtp.sending import ADA
from tests.web.conftest import Site, fill, make_app, served
from tests.web.events import test_mailgun as mailgun
from tests.web.events import test_postmark as postmark
from tests.web.events import test_sendgrid as sendgrid
from tests.web.events.conftest import MAILGUN_KEYS, Curve, Hooks, Pages, Signer

PROVIDERS = ("ses", "sendgrid", "mailgun", "postmark")


@pytest.fixture
def bare() -> Iterator[httpx.Client]:
    """An installation without the settings of any provider."""
    app = make_app(MemoryStore())
    fill(app)
    with served(build(app)) as client:
        yield client


def test_a_provider_without_its_setting_is_not_there(bare: httpx.Client) -> None:
    for provider in (*PROVIDERS, "nobody"):
        assert bare.post(f"/webhooks/events/{provider}", content=b"{}").status_code == 404


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_can_be_asked_of_it_but_to_take_in(hooks: Hooks, provider: str) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert hooks.client.request(method, f"/webhooks/events/{provider}").status_code == 405


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_body_without_end_is_refused(hooks: Hooks, provider: str) -> None:
    assert hooks.post(provider, b"x" * (LIMIT + 1)).status_code == 413


@pytest.mark.parametrize("provider", PROVIDERS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=200) | st.sampled_from([b"{}", b"[]", b'{"signature":{}}']))
def test_any_bytes_are_refused_without_a_fault(hooks: Hooks, provider: str, body: bytes) -> None:
    assert hooks.post(provider, body).status_code in {401, 422}


def test_an_answer_tells_nothing_of_whom_we_know(hooks: Hooks) -> None:
    known = postmark.event(hooks)
    unknown = {**known, "Metadata": {"mail": "0" * 32}, "ID": 43}
    answers = []
    for told in (unknown, known, known):
        login = "Basic aG9vazpuZXctcGFzc3dvcmQ="
        answers.append(hooks.post("postmark", told, headers={"Authorization": login}))

    assert {(answer.status_code, answer.text) for answer in answers} == {
        (200, '{"status":"received"}')
    }


def test_the_operator_is_told_of_what_is_refused_and_no_address_is(hooks: Hooks) -> None:
    status = {"code": 550, "message": "5.7.26 Unauthenticated mail from ada@example.org"}
    told = mailgun.event(hooks) | {"delivery-status": status}

    with capture_logs() as logs:
        assert mailgun.post(hooks, told) == 200

    assert {
        "event": "mail refused",
        "log_level": "warning",
        "provider": "mailgun",
        "mail": hooks.mail(),
        "status": "5.7.26",
    } in logs
    assert "@" not in str(logs)


def test_every_kind_of_database_keeps_what_was_told(
    kept_site: Site, curves: tuple[Curve, Curve]
) -> None:
    site = kept_site
    site.app.settings = site.app.settings.model_copy(
        update={"sendgrid_key": (curves[0].public,), "mailgun_key": MAILGUN_KEYS}
    )
    with served(build(site.app)) as client:
        hooks = Hooks(app=site.app, client=client, pages=Pages(), sns=Signer(), curves=curves)
        for odd in ("\x00", "\ud800", "x" * 5000, None, "good"):
            told = sendgrid.event(hooks, event="delivered", sg_event_id=odd)
            assert sendgrid.post(hooks, told, told).status_code == 200
        assert mailgun.post(hooks, mailgun.event(hooks, event="complained")) == 200
        assert mailgun.post(hooks, mailgun.event(hooks, "bob"), token="bob") == 200  # noqa: S106

    assert (site.state("ada"), site.state("bob")) == (State.COMPLAINED, State.BOUNCED)


def test_a_certificate_is_asked_for_over_http() -> None:
    async def page(_request: Request) -> Response:
        return Response(b"-----BEGIN CERTIFICATE-----")

    app = make_app(MemoryStore())
    try:
        with served(Starlette(routes=[Route("/key.pem", page)])) as client:
            home = str(client.base_url).rstrip("/")

            assert app.fetch(f"{home}/key.pem") == b"-----BEGIN CERTIFICATE-----"
            with pytest.raises(SourceError):
                app.fetch(f"{home}/nothing.pem")
    finally:
        app.close()


@pytest.mark.parametrize("passwords", [(), ("hook:password",)])
def test_mails_carry_their_id_for_postmark_where_it_is_to_tell_of_them(
    passwords: tuple[str, ...],
) -> None:
    with ScriptedServer() as server:
        url = f"smtp://127.0.0.1:{server.port}?starttls=never"
        app = make_app(MemoryStore(), mailer_url=url, postmark_password=passwords)
        del app.mailer
        app.mailer.send(ADA)
        app.close()

    [held] = server.held
    assert (b"X-PM-Metadata-mail: " in held.content) is bool(passwords)
