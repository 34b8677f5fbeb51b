"""Letters: golden, as harmless as an issue, and with no more links than they need."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from inspect import signature
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from digest.errors import RenderingFailed
from digest.links import LetterTokens
from digest.models.deliveries import Email
from digest.models.letters import LetterKind
from digest.rendering.letters import ASKING, STAYING, Stationery
from tests.rendering import samples, test_gates
from tests.rendering.samples import make_letter, posted
from tests.rendering.test_emails import GOLDEN, MADE, bodies, parsed

HOME = "https://papers.example.org"
NAMED = [kind for kind in LetterKind if kind not in ASKING]
GATES: list[Callable[..., None]] = [
    test_gates.test_it_is_small_enough_not_to_be_clipped,
    test_gates.test_nothing_in_it_runs_loads_or_follows,
    test_gates.test_its_sheets_win_over_inline_styles_and_nest_nothing,
    test_gates.test_every_class_in_it_is_one_that_a_sheet_looks_for,
    test_gates.test_its_lines_are_short_and_its_letters_are_ascii,
    test_gates.test_text_comes_first_and_both_parts_are_whole,
    test_gates.test_no_letter_in_it_can_act,
    test_gates.test_nothing_missing_is_spelled_out,
    test_gates.test_no_label_stands_without_what_it_labels,
    test_gates.test_it_says_which_language_it_is_in,
    test_gates.test_a_title_stands_alone_in_its_heading_and_in_the_text,
    test_gates.test_every_link_is_plain_https_and_in_the_text,
    test_gates.test_text_lines_fit_a_terminal,
    test_gates.test_nothing_is_wider_than_a_small_phone,
    test_gates.test_the_preheader_is_hidden_and_of_good_length,
    test_gates.test_the_promise_is_printed_and_kept,
]
HEADERS = ["From", "To", "Subject", "Date", "Message-ID"]
LEAVING = ["List-Unsubscribe", "List-Unsubscribe-Post"]
LAST = ["Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"]
NASTY = "</p><script>alert('&amp;')</script>\x00\x1b[31m\u202e\r\nBcc: eve@example.org\r\n\r\n" * 40


@pytest.fixture(scope="module")
def stationery() -> Stationery:
    return Stationery(samples.PUBLIC_IMPRINT)


@pytest.fixture(scope="module")
def letters(stationery: Stationery) -> dict[LetterKind, Email]:
    return {kind: posted(stationery, make_letter(kind)) for kind in LetterKind}


def page_of(email: Email) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(email.html)


def links_of(email: Email) -> list[str]:
    return [str(link.get("href")) for link in page_of(email).iter("a")]


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_the_golden_one(
    kind: LetterKind, letters: dict[LetterKind, Email], request: pytest.FixtureRequest
) -> None:
    email = letters[kind]
    made = {"eml": email.content, "html": email.html.encode(), "txt": email.text.encode()}
    MADE.mkdir(parents=True, exist_ok=True)
    for ending, content in made.items():
        (MADE / f"letter-{kind}.{ending}").write_bytes(content)
        golden = GOLDEN / f"letter-{kind}.{ending}"
        if request.config.getoption("--update-golden"):
            golden.write_bytes(content)
        assert content == golden.read_bytes(), f"look at {MADE}, then --update-golden"


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_passes_the_gates_of_issues(
    kind: LetterKind, gate: Callable[..., None], letters: dict[LetterKind, Email]
) -> None:
    email = letters[kind]
    if (
        kind is LetterKind.MOVED
        and gate is test_gates.test_every_link_is_plain_https_and_in_the_text
    ):
        assert links_of(email) == ["mailto:digest@papers.example.org"]
        assert "\ndigest@papers.example.org\n" in email.text
        return
    given = {"email": email, "page": page_of(email)}
    gate(**{name: given[name] for name in signature(gate).parameters})


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.__name__)
@pytest.mark.parametrize("kind", NAMED)
def test_a_letter_passes_the_gates_whatever_somebody_is_called(
    kind: LetterKind, gate: Callable[..., None], stationery: Stationery
) -> None:
    letter = make_letter(kind)
    words = {**letter.words, "name": "Robert'); <b>" + "鯨" * 80}
    if kind is LetterKind.WELCOME:
        words["time_zone"] = NASTY
    email = posted(stationery, replace(letter, words=words))

    if (
        kind is LetterKind.MOVED
        and gate is test_gates.test_every_link_is_plain_https_and_in_the_text
    ):
        return
    given = {"email": email, "page": page_of(email)}
    gate(**{name: given[name] for name in signature(gate).parameters})


@pytest.mark.parametrize("kind", LetterKind)
def test_its_headers_are_those_of_one_letter(
    kind: LetterKind, letters: dict[LetterKind, Email]
) -> None:
    message = parsed(letters[kind])

    assert list(message.keys()) == [*HEADERS, *(LEAVING if kind in STAYING else []), *LAST]
    assert message["From"] == "Daily Papers <digest@papers.example.org>"
    assert message["To"] == "ada@example.org"
    assert message["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert message["Message-ID"] == "<l.fedcba9876543210fedcba9876543210@papers.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == letters[kind].subject
    assert 0 < len(message["Subject"]) <= 70
    assert not message.defects


@pytest.mark.parametrize("kind", sorted(STAYING))
def test_who_is_subscribed_can_leave_by_it(
    kind: LetterKind, letters: dict[LetterKind, Email]
) -> None:
    message = parsed(letters[kind])

    assert str(message["List-Unsubscribe"]).split(", ")[0] == f"<{HOME}/u/{samples.PROOF}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"{HOME}/u/{samples.PROOF}" in links_of(letters[kind])


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        (LetterKind.CONFIRM, [f"/confirm/{samples.LETTER_TOKENS.asks}"]),
        (LetterKind.NEW_ADDRESS, [f"/address/{samples.LETTER_TOKENS.asks}"]),
        (LetterKind.KNOWN, [f"/me/{samples.LETTER_TOKENS.settings}", f"/u/{samples.PROOF}"]),
        (LetterKind.WELCOME, [f"/me/{samples.LETTER_TOKENS.settings}", f"/u/{samples.PROOF}"]),
        (LetterKind.GOODBYE, ["/"]),
    ],
)
def test_it_has_the_links_that_it_needs_and_no_other(
    kind: LetterKind, paths: list[str], letters: dict[LetterKind, Email]
) -> None:
    email = letters[kind]

    assert links_of(email) == [f"{HOME}{path}" for path in paths]
    assert re.findall(r"https?://\S+", email.text) == [f"{HOME}{path}" for path in paths]


@pytest.mark.parametrize("kind", sorted(ASKING))
def test_the_link_that_answers_stands_alone_on_its_line(
    kind: LetterKind, letters: dict[LetterKind, Email]
) -> None:
    [line] = [line for line in letters[kind].text.split("\n") if "://" in line]

    assert line == line.strip()
    assert line.startswith(f"{HOME}/")


def test_a_question_says_what_happens_to_who_does_nothing(
    letters: dict[LetterKind, Email],
) -> None:
    for part in bodies(letters[LetterKind.CONFIRM]):
        said = " ".join(unescape(part).split())
        assert "good for 48 hours" in said
        assert "do nothing" in said
        assert "after 7 days this address is forgotten" in said
        assert "Whoever asked is told nothing" in said


@pytest.mark.parametrize("kind", sorted(ASKING))
def test_a_question_greets_nobody_by_a_name_that_a_stranger_may_have_typed(
    kind: LetterKind, letters: dict[LetterKind, Email]
) -> None:
    assert "Okafor" not in letters[kind].content.decode() + letters[kind].html


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ada Okafor", "Hello Ada Okafor,"),
        ("J. R. Smith", "Hello J. R. Smith,"),
        ("山田 花子", "Hello 山田 花子,"),
        ("", ""),
        ("  \r\n ", ""),
        ("win at https://evil.example", ""),
        ("win at evil.example", ""),
        ("eve@example.org", ""),
        ("word " * 30, f"Hello {'word ' * 11}word…,"),
    ],
)
def test_a_reader_is_greeted_by_name_unless_it_looks_like_a_link(
    name: str, greeting: str, stationery: Stationery
) -> None:
    email = posted(stationery, make_letter(LetterKind.GOODBYE, words={"name": name}))

    found = re.findall(r"^Hello .*,$", email.text, re.MULTILINE)
    assert found == ([greeting] if greeting else [])
    assert ("Hello" in page_of(email).text_content()) is bool(greeting)


def test_a_welcome_says_when_the_first_issue_comes(letters: dict[LetterKind, Email]) -> None:
    email = letters[LetterKind.WELCOME]
    sentence = "Your first issue comes on Monday 23 November at 07:00 (Europe/Vienna)."

    assert email.subject == "Welcome: your first issue comes on Monday 23 November"
    assert sentence in email.text
    assert sentence in page_of(email).text_content()


@pytest.mark.parametrize("words", [{}, {"first": ""}, {"first": "tomorrow"}, {"time_zone": "UTC"}])
def test_a_welcome_that_does_not_know_when_is_not_sent(
    words: dict[str, str], stationery: Stationery
) -> None:
    with pytest.raises(RenderingFailed, match="first issue"):
        posted(stationery, make_letter(LetterKind.WELCOME, words=words))


@pytest.mark.parametrize("kind", sorted(ASKING))
def test_nobody_can_be_asked_where_no_page_takes_the_answer(kind: LetterKind) -> None:
    with pytest.raises(RenderingFailed, match="DIGEST_PUBLIC_URL"):
        posted(Stationery(samples.IMPRINT), make_letter(kind))


@pytest.mark.parametrize("kind", NAMED)
def test_without_pages_the_others_go_out_with_no_link_to_one(kind: LetterKind) -> None:
    for imprint in (samples.IMPRINT, samples.BARE_IMPRINT):
        email = posted(Stationery(imprint), make_letter(kind))

        assert "https://" not in email.text
        assert not [link for link in links_of(email) if not link.startswith("mailto:")]
        assert "List-Unsubscribe-Post" not in parsed(email)
        leaving = kind in STAYING and imprint.unsubscribe_address
        assert ("List-Unsubscribe" in parsed(email)) is bool(leaving)
        assert ("nsubscribe by mail" in email.text) is bool(leaving)


@pytest.mark.parametrize("kind", sorted(ASKING | STAYING))
def test_a_letter_whose_links_nobody_signed_is_not_sent(
    kind: LetterKind, stationery: Stationery
) -> None:
    with pytest.raises(RenderingFailed, match="signed"):
        posted(stationery, make_letter(kind), LetterTokens())
    with pytest.raises(RenderingFailed, match="signed"):
        posted(stationery, make_letter(kind), LetterTokens(unsubscribe="u" * 9))


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"id": 'x"\r\nBcc: y'}, {"address": "ada"}, {"address": "a@b\r\nc: d"}]
)
def test_what_no_header_can_carry_makes_no_letter(
    wrong: dict[str, Any], stationery: Stationery
) -> None:
    with pytest.raises(RenderingFailed):
        posted(stationery, make_letter(**wrong))


texts = st.text(max_size=120)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(LetterKind),
    name=texts,
    zone=texts,
    asks=texts.filter(bool),
    first=st.sampled_from(("2026-11-23T07:00:00+01:00", "2026-11-23")),
)
def test_whatever_somebody_typed_the_message_stays_whole(
    stationery: Stationery, kind: LetterKind, name: str, zone: str, asks: str, first: str
) -> None:
    words = {"name": name, "time_zone": zone, "first": first}
    tokens = LetterTokens(asks=asks, settings=asks, unsubscribe=asks)

    email = posted(stationery, make_letter(kind, words=words), tokens)

    assert bodies(email) == (email.text, email.html)
    message = parsed(email)
    assert list(message.keys()) == [*HEADERS, *(LEAVING if kind in STAYING else []), *LAST]
    assert message["Subject"] == email.subject
    assert not message.defects


def test_a_letter_names_itself_its_people_and_its_file(letters: dict[LetterKind, Email]) -> None:
    email = letters[LetterKind.NEW_ADDRESS]

    assert email.delivery_id == "fedcba9876543210fedcba9876543210"
    assert email.sender == "digest@papers.example.org"
    assert email.recipient == "ada@example.org"
    assert email.name == "2026-11-20-new-address-ada-fedcba98"


def test_it_has_one_headline(letters: dict[LetterKind, Email]) -> None:
    for email in letters.values():
        assert [one.tag for one in page_of(email).iter("h1", "h2", "h3")] == ["h1"]


def test_the_same_letter_is_the_same_bytes(letters: dict[LetterKind, Email]) -> None:
    fresh = Stationery(samples.PUBLIC_IMPRINT)

    for kind in reversed(LetterKind):
        assert posted(fresh, make_letter(kind)) == letters[kind]


def test_who_was_moved_is_told_whom_to_write_to(letters: dict[LetterKind, Email]) -> None:
    for part in bodies(letters[LetterKind.MOVED]):
        said = " ".join(part.split())
        assert "If that was not you, reply to this mail" in said
        assert "digest@papers.example.org" in said
        assert samples.PROOF not in said
