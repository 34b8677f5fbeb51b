"""How far a server is trusted, and that nobody reads a password out of one."""

from dataclasses import replace
from typing import Any

import pytest

from digest.mailers.smtp import Security, SmtpMailer, SmtpServer

SERVER = SmtpServer(host="mail.example.org", port=25, security=Security.REQUIRE)


def test_a_server_is_shown_without_its_user_and_password() -> None:
    server = replace(SERVER, username="papers", password="hunter2")  # noqa: S106 - a test's

    for shown in (repr(server), str(server), repr(SmtpMailer(server))):
        assert "papers" not in shown
        assert "hunter2" not in shown


def test_a_server_is_named_by_host_and_port() -> None:
    assert str(SERVER) == "mail.example.org:25"
    assert str(replace(SERVER, host="::1")) == "[::1]:25"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("mail.localhost", True),
        ("127.3.2.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("notlocalhost", False),
        ("::ffff:8.8.8.8", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, expected: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    assert replace(SERVER, host=host).is_loopback is expected


@pytest.mark.parametrize("security", Security)
def test_a_certificate_is_asked_for_but_where_tls_is_only_welcome(security: Security) -> None:
    server = replace(SERVER, security=security)

    assert server.verified is (security is not Security.OPPORTUNISTIC)
    if security is not Security.NEVER:
        assert replace(server, ca="/ca.pem").verified


@pytest.mark.parametrize("security", [Security.NEVER, Security.OPPORTUNISTIC])
def test_a_password_leaves_this_machine_only_under_tls(security: Security) -> None:
    here = replace(SERVER, host="127.0.0.1", security=security, username="u", password="p")  # noqa: S106 - a test's

    assert here.password == "p"  # noqa: S105 - a test's
    with pytest.raises(ValueError, match="only with starttls=require or smtps://"):
        replace(here, host="10.0.0.1")


@pytest.mark.parametrize(
    "limit",
    [
        {"port": 0},
        {"port": 65536},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"final_timeout": -1},
        {"max_mails": 0},
        {"max_seconds": 0},
    ],
)
def test_limits_are_above_zero(limit: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        replace(SERVER, **limit)


@pytest.mark.parametrize("hostname", ["two words", "bücher", "a\r\nMAIL FROM:<>"])
def test_our_own_name_is_one_word(hostname: str) -> None:
    with pytest.raises(ValueError, match="hostname is a name"):
        replace(SERVER, hostname=hostname)
