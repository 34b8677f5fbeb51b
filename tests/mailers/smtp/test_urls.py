"""A server as a URL: what it means, and what is said about nonsense without repeating it."""

import traceback
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mailers.smtp import Security, SmtpServer, parse_smtp_url

LONG = (
    "smtps://mail.example.org?timeout=5&final_timeout=60&max_mails=9&max_seconds=70"
    "&ca=/etc/my%20ca+1.pem&hostname=papers.example.org"
)
REMOTE = SmtpServer(host="mail.example.org", port=25, security=Security.REQUIRE)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", REMOTE),
        ("smtp://MAIL.example.org/", REMOTE),
        (
            "smtp://ada:secret@mail.example.org",
            SmtpServer(
                host="mail.example.org",
                port=587,
                security=Security.REQUIRE,
                username="ada",
                password="secret",  # noqa: S106 - a test's
            ),
        ),
        (
            "smtps://ada%40example.org:p%3A%2F%40%25%C3%84@mail.example.org",
            SmtpServer(
                host="mail.example.org",
                port=465,
                security=Security.TLS,
                username="ada@example.org",
                password="p:/@%Ä",  # noqa: S106 - a test's
            ),
        ),
        (
            "smtp://localhost",
            SmtpServer(host="localhost", port=25, security=Security.OPPORTUNISTIC),
        ),
        (
            "smtp://[::1]:2525?starttls=never",
            SmtpServer(host="::1", port=2525, security=Security.NEVER),
        ),
        (
            "smtp://127.0.0.9?starttls=require",
            SmtpServer(host="127.0.0.9", port=25, security=Security.REQUIRE),
        ),
        (
            "smtp://10.0.0.1:26?starttls=opportunistic",
            SmtpServer(host="10.0.0.1", port=26, security=Security.OPPORTUNISTIC),
        ),
        (
            "smtp://bücher.example",
            SmtpServer(host="xn--bcher-kva.example", port=25, security=Security.REQUIRE),
        ),
        (
            LONG,
            SmtpServer(
                host="mail.example.org",
                port=465,
                security=Security.TLS,
                timeout=5,
                final_timeout=60,
                max_mails=9,
                max_seconds=70,
                ca="/etc/my ca+1.pem",
                hostname="papers.example.org",
            ),
        ),
    ],
)
def test_a_url_names_a_server(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "it is smtp://host"),
        ("mail.example.org", "it is smtp://host"),
        ("http://mail.example.org", "it is smtp://host"),
        ("smtp://[::1", "it is smtp://host"),
        ("smtp://u:hunter2@℀.example.org", "it is smtp://host"),
        ("smtp:mail.example.org", "nothing but options follows"),
        ("smtp://", "names no host"),
        ("smtp://u:hunter2@", "names no host"),
        ("smtp://-x.example.org", "names no host"),
        ("smtp://xn--ü.example.org", "names no host"),
        ("smtp://mail.example.org/folder", "nothing but options follows"),
        ("smtp://u:hunter2/x@mail.example.org", "nothing but options follows"),
        ("smtp://u:hunter2#x@mail.example.org", "nothing but options follows"),
        ("smtp://mail.example.org#", "nothing but options follows"),
        ("smtp://u:hunter2?x@mail.example.org", "its options, each at most once"),
        ("smtp://u:hunter2@x@mail.example.org", "%40"),
        ("smtp://u:hunter2%@mail.example.org", "%25"),
        ("smtp://u:hunter2%FF@mail.example.org", "not percent-encoded UTF-8"),
        ("smtp://u:hunter2%00@mail.example.org", "%00"),
        ("smtp://u:hunter2 @mail.example.org", "invisible character"),
        ("smtp://u:hunter2\n@mail.example.org", "invisible character"),
        ("smtp://mail.example.org:0", "from 1 to 65535"),
        ("smtp://mail.example.org:65536", "from 1 to 65535"),
        ("smtp://u@mail.example.org:hunter2", "from 1 to 65535"),
        ("smtp://u@mail.example.org", "go together"),
        ("smtp://:hunter2@mail.example.org", "go together"),
        ("smtp://u:hunter2@mail.example.org?starttls=never", "only with starttls=require"),
        ("smtp://u:hunter2@mail.example.org?starttls=opportunistic", "only with starttls=require"),
        ("smtp://mail.example.org?starttls=maybe", "starttls is require, opportunistic or never"),
        ("smtp://mail.example.org?starttls=tls", "starttls is require, opportunistic or never"),
        ("smtps://mail.example.org?starttls=require", "takes no starttls"),
        ("smtp://mail.example.org?starttls=never&ca=/ca.pem", "no use with starttls=never"),
        ("smtp://mail.example.org?ca=ca.pem", "absolute path"),
        ("smtp://mail.example.org?timeout=0", "whole number above zero"),
        ("smtp://mail.example.org?timeout=-1", "whole number above zero"),
        ("smtp://mail.example.org?timeout=nan", "whole number above zero"),
        ("smtp://mail.example.org?max_mails=1.5", "whole number above zero"),
        ("smtp://mail.example.org?timeout=1&timeout=2", "each at most once"),
        ("smtp://mail.example.org?password=hunter2", "each at most once"),
        ("smtp://mail.example.org?hostname=a%20b", "hostname is a name"),
    ],
)
def test_nonsense_is_named_and_not_repeated(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_smtp_url(url)

    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not str(caught.value).endswith(".")


@given(
    st.text(min_size=1).filter(lambda text: "\0" not in text),
    st.text(min_size=1).filter(lambda text: "\0" not in text),
)
def test_any_user_and_password_can_be_written(username: str, password: str) -> None:
    url = f"smtps://{quote(username, safe='')}:{quote(password, safe='')}@mail.example.org"

    server = parse_smtp_url(url)

    assert (server.username, server.password) == (username, password)


@given(st.text().map(lambda text: f"smtp://u:hunter2{text}"))
def test_whatever_is_wrong_no_error_holds_the_password(url: str) -> None:
    told = _told(url)

    assert "hunter2" not in told


def _told(url: str) -> str:
    try:
        return repr(parse_smtp_url(url))
    except ValueError:
        return traceback.format_exc()
