"""What an operator can set, and the sentence for what makes no sense."""

from pathlib import Path

import pytest

from digest.errors import SettingsInvalid
from digest.settings import PACKAGE, Settings, load, state_folder

REAL_MAIL = {
    "DIGEST_MAILER_URL": "smtp://mail.example.org",
    "DIGEST_PUBLIC_URL": "https://papers.example.org",
    "DIGEST_SECRET_KEYS": "new,old",
    "DIGEST_FROM": "Daily Papers <digest@example.org>",
    "DIGEST_POSTAL_ADDRESS": "1 Sample Street",
}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for field, about in Settings.model_fields.items():
        monkeypatch.delenv(str(about.validation_alias or f"DIGEST_{field.upper()}"), raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_without_a_setting_everything_is_kept_under_var() -> None:
    settings = load()

    var = PACKAGE.parent / "var"
    assert settings.database_url == f"sqlite:///{var / 'digest.db'}"
    assert settings.mailer_url == f"outbox://{var / 'outbox'}"
    assert settings.outbox_folder == var / "outbox"
    assert settings.broker_url == "memory://"
    assert settings.time_zone == "UTC"


def test_an_installed_package_keeps_its_state_in_the_users_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("digest.settings.PACKAGE", tmp_path / "site-packages" / "digest")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert state_folder() == tmp_path / ".local" / "state" / "paper-digest"


def test_the_current_folder_plays_no_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = load()

    monkeypatch.chdir(tmp_path)

    assert load() == before


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_SECRET_KEYS", " new , old,, ")

    assert load().secret_keys == ("new", "old")


def test_every_wrong_setting_is_named_in_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(
        monkeypatch,
        {"DIGEST_TIME_ZONE": "Mars/Olympus", "DIGEST_MAILER_URL": "pigeon://secret@loft"},
    )

    with pytest.raises(SettingsInvalid) as caught:
        load()

    assert "DIGEST_TIME_ZONE: 'Mars/Olympus' is not an IANA time zone" in str(caught.value)
    assert "DIGEST_MAILER_URL: it starts with outbox://, smtp:// or smtps://" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["outbox://outbox", "outbox://relative/folder", "outbox:folder"])
def test_an_outbox_needs_an_absolute_folder(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_MAILER_URL", url)

    with pytest.raises(SettingsInvalid, match="absolute folder"):
        load()


def test_an_outbox_folder_may_hold_escaped_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_MAILER_URL", "outbox:///srv/my%20mails")

    assert load().outbox_folder == Path("/srv/my mails")


def test_an_outbox_needs_nothing_else() -> None:
    load().require_for_mail()


def test_real_mail_needs_all_the_rest_and_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set(monkeypatch, REAL_MAIL)
    load().require_for_mail()
    for name in list(REAL_MAIL)[1:]:
        monkeypatch.delenv(name)

    with pytest.raises(SettingsInvalid) as caught:
        load().require_for_mail()

    assert str(caught.value) == (
        "To send real mail, set DIGEST_PUBLIC_URL, DIGEST_SECRET_KEYS, DIGEST_FROM, "
        "DIGEST_POSTAL_ADDRESS."
    )


def test_settings_cannot_be_changed_and_do_not_show_their_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIGEST_SECRET_KEYS", "hush")
    settings = load()

    assert "hush" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.time_zone = "Europe/Vienna"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://papers.example.org", "https://papers.example.org"),
        ("https://papers.example.org/", "https://papers.example.org"),
        ("HTTPS://Papers.Example.org:8443", "https://papers.example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_the_public_url_is_a_scheme_and_a_host(
    monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    monkeypatch.setenv("DIGEST_PUBLIC_URL", given)

    assert load().public_url == kept


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("http://papers.example.org", "it starts with https://"),
        ("http://127.0.0.2", "it starts with https://"),
        ("http://localhost.example.org", "it starts with https://"),
        ("https://papers.example.org/digest", "a scheme and a host alone"),
        ("https://papers.example.org?x=1", "a scheme and a host alone"),
        ("https://papers.example.org#top", "a scheme and a host alone"),
        ("https://user:hush@papers.example.org", "a scheme and a host alone"),
        ("https://papers.example.org\r\nBcc: x", "a scheme and a host alone"),
        ('https://papers.example.org">', "a scheme and a host alone"),
        ("https://bücher.example", "a scheme and a host alone"),
        ("papers.example.org", "a scheme and a host alone"),
        ("ftp://papers.example.org", "a scheme and a host alone"),
        ("https://", "a scheme and a host alone"),
        ("https://papers.example.org:0", "between 1 and 65535"),
        ("https://papers.example.org:70000", "between 1 and 65535"),
    ],
)
def test_a_public_url_that_no_mail_can_carry_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.setenv("DIGEST_PUBLIC_URL", given)

    with pytest.raises(SettingsInvalid, match=f"^DIGEST_PUBLIC_URL: .*{said}") as caught:
        load()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "given"),
    [
        ("DIGEST_BOUNCE_ADDRESS", "bounces@bounces.example.org"),
        ("DIGEST_BOUNCE_ADDRESS", "b@example.org"),
        ("DIGEST_BOUNCE_ADDRESS", "twelve-of-it@example.org"),
        ("DIGEST_SES_TOPIC", "arn:aws:sns:eu-west-1:123456789012:mail"),
        ("DIGEST_SENDGRID_KEY", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE,AAAA"),
        ("DIGEST_POSTMARK_PASSWORD", "user:pass:word,other:word"),
    ],
)
def test_what_takes_back_mail_can_be_set(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str
) -> None:
    monkeypatch.setenv(variable, given)

    kept = getattr(load(), variable.removeprefix("DIGEST_").lower())

    assert kept == (given if isinstance(kept, str) else tuple(given.split(",")))


@pytest.mark.parametrize(
    ("variable", "given", "said"),
    [
        ("DIGEST_BOUNCE_ADDRESS", "thirteen-of-it@example.org", "up to 12 letters"),
        ("DIGEST_BOUNCE_ADDRESS", "bounces+x@example.org", "up to 12 letters"),
        ("DIGEST_BOUNCE_ADDRESS", "Bounces <b@example.org>", "up to 12 letters"),
        ("DIGEST_BOUNCE_ADDRESS", "b@bücher.example", "up to 12 letters"),
        ("DIGEST_BOUNCE_ADDRESS", "bounces", "up to 12 letters"),
        ("DIGEST_BOUNCE_ADDRESS", "b@example.org\n", "up to 12 letters"),
        ("DIGEST_SES_TOPIC", "mail", "a topic's ARN"),
        ("DIGEST_SES_TOPIC", "arn:aws:sns:eu-west-1:123456789012:*", "a topic's ARN"),
        ("DIGEST_SENDGRID_KEY", "-----BEGIN PUBLIC KEY-----", "base64"),
        ("DIGEST_POSTMARK_PASSWORD", "hush", "user:password"),
        ("DIGEST_POSTMARK_PASSWORD", "hush:", "user:password"),
    ],
)
def test_what_could_not_take_it_back_is_refused_unseen(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str, said: str
) -> None:
    monkeypatch.setenv(variable, given)

    with pytest.raises(SettingsInvalid, match=f"^{variable}: .*{said}") as caught:
        load()
    assert "hush" not in str(caught.value)


def test_the_keys_of_providers_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_MAILGUN_KEY", "hush")
    monkeypatch.setenv("DIGEST_POSTMARK_PASSWORD", "user:hush")

    assert "hush" not in repr(load())


def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,::1, fd00::1/8")
    assert load().trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1", "fd00::1/8")

    for wrong in ("proxy.example.org", "10.0.0.0/99", "*", "127.0.0.1 ::1"):
        monkeypatch.setenv("DIGEST_TRUSTED_PROXIES", wrong)
        with pytest.raises(SettingsInvalid, match=r"DIGEST_TRUSTED_PROXIES: .* is neither an IP"):
            load()
