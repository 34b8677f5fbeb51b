"""`digest forms`."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from digest.models.signups import FormKind
from tests.cli.conftest import Result, Run
from tests.factories import NOON

HTML = FormKind.HTML
GIVEN, NEXT = "from-the-vendor", "another-of-theirs"
Type = Callable[[str], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Let standard input hold a text."""

    def hold(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return hold


def made(result: Result) -> dict[str, Any]:
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert list(found) == ["url", "secret"]
    return dict(found)


@pytest.mark.parametrize("kind", FormKind)
def test_a_form_is_made_with_where_to_post_and_a_secret(
    archive: Run, monkeypatch: pytest.MonkeyPatch, kind: FormKind
) -> None:
    monkeypatch.setenv("DIGEST_PUBLIC_URL", "https://papers.example.org")

    form = made(archive("forms", "add", "lab", "--kind", kind, "--json"))

    url = "https://papers.example.org/webhooks/signup/lab"
    assert form["url"] == (f"{url}/{form['secret']}" if kind is FormKind.JOTFORM else url)
    assert (form["secret"] is None) is (kind is HTML)
    if kind in {FormKind.STANDARD, FormKind.GOOGLE}:
        assert Webhook(form["secret"]).sign("id", NOON, "").startswith("v1,")


def test_without_a_public_url_it_is_this_machines(
    archive: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_HOST", "::1")
    monkeypatch.setenv("PORT", "8123")

    result = archive("forms", "add", "lab", "--kind", "html")

    assert "post to: http://[::1]:8123/webhooks/signup/lab\n" in result.out
    assert "DIGEST_PUBLIC_URL" in result.err


def test_a_list_shows_every_form_and_no_secret(archive: Run) -> None:
    secrets = [
        made(archive("forms", "add", f"form-{kind}", "--kind", kind, "--json"))["secret"]
        for kind in FormKind
    ]
    archive("forms", "add", "desk", "--kind", "bearer", "--confirmed", "--evidence", "a badge")

    shown, parsed = archive("forms", "list"), archive("forms", "list", "--json")

    assert "desk\tbearer\tyes\tnever\t0 days" in shown.out
    assert "form-html\thtml\tno\tnever\tnone" in shown.out
    assert {form["name"] for form in json.loads(parsed.out)} == {
        "desk",
        *(f"form-{kind}" for kind in FormKind),
    }
    for secret in filter(None, secrets):
        assert secret not in shown.out + parsed.out


@pytest.mark.parametrize("kind", FormKind)
def test_a_form_is_tried_without_leaving_anybody(archive: Run, kind: FormKind) -> None:
    fields = ("--field", "email=Where do we write?", "--field", "interests=topics-7")
    archive("forms", "add", "lab", "--kind", kind, *fields)
    if kind is not HTML:
        archive("forms", "rotate", "lab")

    shown = archive("forms", "test", "lab")
    tried = json.loads(archive("forms", "test", "lab", "--json").out)

    assert shown.code == 0
    assert "email: reader@example.org" in shown.out
    assert tried["secrets"] == (0 if kind is HTML else 2)
    assert tried["read"]["interests"] == ["whales", "squid"]
    assert '"last_used_at": null' in archive("forms", "list", "--json").out
    assert archive("subscribers", "add", "reader@example.org").code == 0


def test_a_body_that_a_vendor_sent_is_read_by_the_fields(archive: Run, home: Path) -> None:
    archive("forms", "add", "lab", "--kind", "webflow", "--field", "email=Contact")
    body = home / "body.json"
    body.write_text(
        '{"payload": {"id": "7", "data": {"Contact": "ada@example.org", "Name": "Ada"}}}',
        encoding="utf-8",
    )

    assert (
        "email: ada@example.org\nname: Ada\n" in archive("forms", "test", "lab", "--body", body).out
    )

    body.write_text('{"payload": {"data": {}}}', encoding="utf-8")
    refused = archive("forms", "test", "lab", "--body", body)
    assert refused.code == 1
    assert "no e-mail address in it" in refused.err
    assert "cannot be read" in archive("forms", "test", "lab", "--body", home / "none").err


def test_a_rotation_prints_the_new_secret_and_how_long_the_old_one_is_good(archive: Run) -> None:
    before = made(archive("forms", "add", "lab", "--kind", "tally", "--json"))

    after = made(archive("forms", "rotate", "lab", "--json"))
    assert after["url"] == before["url"]
    assert after["secret"] != before["secret"]
    [form] = json.loads(archive("forms", "list", "--json").out)
    assert [one["retires_at"] is None for one in form["secrets"]] == [True, False]

    shown = archive("forms", "rotate", "lab", "--keep-old", "0")
    assert "secret:" in shown.out
    assert "good until" not in shown.err
    [form] = json.loads(archive("forms", "list", "--json").out)
    assert len(form["secrets"]) == 1


def test_a_vendors_own_secret_comes_by_standard_input(archive: Run, typed: Type) -> None:
    typed(f"{GIVEN}\n")
    form = made(archive("forms", "add", "lab", "--kind", "formspree", "--secret-stdin", "--json"))
    assert form["secret"] == GIVEN

    typed(f"{NEXT}\n")
    assert made(archive("forms", "rotate", "lab", "--secret-stdin", "--json"))["secret"] == NEXT

    typed("")
    assert archive("forms", "rotate", "lab", "--secret-stdin").code == 2


def test_a_form_is_removed_and_says_so(archive: Run) -> None:
    archive("forms", "add", "lab", "--kind", "html", "--origin", "https://example.org")

    assert archive("forms", "remove", "lab").out == (
        "lab is removed: what is posted to it is answered with 404. Its readers stay.\n"
    )
    again = archive("forms", "remove", "lab")
    assert (again.code, again.err) == (
        1,
        "digest: There is no form 'lab': see `digest forms list`.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Lab", "--kind", "html"), 1, "cannot name a form"),
        (("lab", "--kind", "fax"), 2, "fax"),
        (("lab",), 2, "--kind"),
        (("lab", "--kind", "html", "--field", "email"), 2, "OURS=THEIRS"),
        (("lab", "--kind", "html", "--field", "phone=x"), 1, "none of email"),
        (("lab", "--kind", "html", "--origin", "example.org"), 1, "not an origin"),
        (("lab", "--kind", "tally", "--confirmed"), 1, "--evidence"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    archive: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = archive("forms", "add", *arguments)

    assert result.code == code
    assert words in result.err
    assert json.loads(archive("forms", "list", "--json").out) == []
