import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import RenderingFailed, SettingsInvalid
from digest.links import IssueTokens, Links
from digest.models.deliveries import Email
from digest.models.feedback import Verdict
from digest.models.subscribers import Reader
from digest.rendering.emails import Press
from digest.rendering.imprint import Imprint
from tests.factories import make_issue, make_paper, make_pick, make_reader
from tests.rendering import samples
from tests.rendering.samples import printed

GOLDEN = Path(__file__).parent.parent / "golden"
MADE = Path(__file__).parents[2] / "build" / "mails"


def parsed(email: Email) -> EmailMessage:
    message = message_from_bytes(email.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def bodies(email: Email) -> tuple[str, ...]:
    text, html = parsed(email).iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    return tuple(part.get_content().replace("\r\n", "\n") for part in (text, html))


def addressed(address: str) -> Reader:
    reader = make_reader()
    return replace(reader, subscriber=replace(reader.subscriber, address=address))


@pytest.mark.parametrize("name", ["issue", "issue-public", "issue-of-one", "issue-bare"])
def test_a_mail_is_the_golden_one(
    name: str, mails: dict[str, Email], request: pytest.FixtureRequest
) -> None:
    email = mails[name]
    made = {"eml": email.content, "html": email.html.encode(), "txt": email.text.encode()}
    MADE.mkdir(parents=True, exist_ok=True)
    for ending, content in made.items():
        (MADE / f"{name}.{ending}").write_bytes(content)
        golden = GOLDEN / f"{name}.{ending}"
        if request.config.getoption("--update-golden"):
            golden.write_bytes(content)
        assert content == golden.read_bytes(), f"look at {MADE}, then --update-golden"


def test_what_is_parsed_back_is_what_was_written(mails: dict[str, Email]) -> None:
    for email in mails.values():
        assert bodies(email) == (email.text, email.html)
        assert parsed(email)["Subject"] == email.subject


texts = st.text(max_size=300)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=texts, abstract=texts, authors=st.lists(texts, max_size=5), term=texts)
def test_whatever_a_paper_says_the_message_stays_whole(
    press: Press, title: str, abstract: str, authors: list[str], term: str
) -> None:
    paper = make_paper(arxiv_id="2511.00001")
    paper = replace(paper, title=title, abstract=abstract, authors=tuple(authors))
    reasons = samples.make_reasons(3.0, 2.0)
    score = replace(
        samples.scored(3.0, 2.0), reasons=(replace(reasons[0], subject=term), reasons[1])
    )

    email = printed(press, make_issue(make_pick(1, paper, score=score)))

    assert bodies(email) == (email.text, email.html)
    message = parsed(email)
    assert message["Subject"] == email.subject
    assert list(message.keys()) == HEADERS
    assert not message.defects


HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "Feedback-ID",
    "List-Unsubscribe",
    "List-Post",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
    "MIME-Version",
    "Content-Type",
]


def test_the_headers_are_those_of_a_list(mails: dict[str, Email]) -> None:
    message = parsed(mails["issue"])

    assert list(message.keys()) == HEADERS
    assert message["From"] == "Daily Papers <digest@papers.example.org>"
    assert message["To"] == "ada@example.org"
    assert message["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert message["Message-ID"] == "<d.0123456789abcdef0123456789abcdef@papers.example.org>"
    assert message["List-Id"] == "Daily Papers <daily.papers.example.org>"
    assert message["List-Unsubscribe"] == (
        "<mailto:leave@papers.example.org?subject=unsubscribe%20subscription-ada.Rb3xq0kWJt7>"
    )
    assert message["Feedback-ID"].startswith("2026-11-20:daily:digest:")
    assert 5 <= len(message["Feedback-ID"].rpartition(":")[2]) <= 15
    assert message["List-Post"] == "NO"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message.get_boundary() == "=_0123456789abcdef0123456789abcdef"


def test_where_there_are_pages_the_headers_name_the_page_that_unsubscribes(
    mails: dict[str, Email],
) -> None:
    message = parsed(mails["issue-public"])

    place = HEADERS.index("List-Unsubscribe") + 1
    assert list(message.keys()) == [*HEADERS[:place], "List-Unsubscribe-Post", *HEADERS[place:]]
    assert str(message["List-Unsubscribe"]).split(", ") == [
        f"<https://papers.example.org/u/{samples.PROOF}>",
        f"<mailto:leave@papers.example.org?subject=unsubscribe%20{samples.PROOF}>",
    ]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_is_promised_for_pages_alone(press: Press, mails: dict[str, Email]) -> None:
    pages_alone = Press(replace(samples.PUBLIC_IMPRINT, unsubscribe_address=None))
    message = parsed(printed(pages_alone, make_issue()))

    assert message["List-Unsubscribe"] == f"<https://papers.example.org/u/{samples.PROOF}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe-Post" not in parsed(printed(press, make_issue()))
    assert "List-Unsubscribe-Post" not in parsed(mails["issue-bare"])


def test_a_mail_opens_in_the_browser_where_there_are_pages(mails: dict[str, Email]) -> None:
    email = mails["issue-public"]
    link = "https://papers.example.org/i/0123456789abcdef0123456789abcdef.Rb3xq0kWJt7"

    assert f'href="{link}"' in email.html
    assert f"View in browser: {link}\n" in email.text
    assert "View in browser" not in mails["issue"].html + mails["issue"].text


def test_every_paper_can_be_answered_where_there_are_pages(mails: dict[str, Email]) -> None:
    email = mails["issue-public"]
    door = f"https://papers.example.org/a/{samples.normal_issue().id}.Rb3xq0kWJt7"

    for rank in range(1, 11):
        for verdict in Verdict:
            assert email.html.count(f'href="{door}/{rank}/{verdict}"') == 1
            assert f"    {verdict.capitalize()}: {door}/{rank}/{verdict}\n" in email.text
    assert (email.html + email.text).count(door) == 2 * 3 * 10
    assert "/a/" not in mails["issue"].html + mails["issue"].text


def test_a_reader_changes_what_they_get_where_there_are_pages(mails: dict[str, Email]) -> None:
    email = mails["issue-public"]
    link = f"https://papers.example.org/me/subscription-ada.0~6a~{samples.PROOF}"

    assert re.search(rf'href="{link}"[^>]*>Change what you get</a>', email.html)
    assert f"Change what you get, and when, with no login:\n{link}\n" in email.text
    assert "Change what you get" not in mails["issue"].html + mails["issue"].text


def test_a_mail_whose_issue_is_kept_nowhere_has_no_answers_and_no_settings() -> None:
    press = Press(samples.PUBLIC_IMPRINT)
    tokens = IssueTokens(unsubscribe=samples.PROOF, issue=None)
    email = press.issue(samples.normal_issue(), samples.READER, tokens=tokens)

    for part in bodies(email):
        for words in ("/a/", "/me/", "Change what you get", "Less", 'href=""'):
            assert words not in part
    assert f"/u/{samples.PROOF}" in email.html


def test_twenty_five_papers_with_answers_are_not_clipped() -> None:
    picks = [pick for pick in samples.normal_issue().picks * 3 if pick.rank != 6][:25]
    picks = [replace(pick, rank=rank) for rank, pick in enumerate(picks, start=1)]
    issue = replace(samples.normal_issue(), picks=tuple(picks))
    tokens = Links(["k" * 32]).for_issue(issue, samples.READER.subscriber)

    email = Press(samples.PUBLIC_IMPRINT).issue(issue, samples.READER, tokens=tokens)

    assert email.html.count(">More</a>") == 25
    assert len(email.html.encode()) < 90_000
    assert len(email.content) < 100_000


def test_a_token_cannot_break_out_of_the_link_it_stands_in() -> None:
    email = printed(Press(samples.PUBLIC_IMPRINT), make_issue(), proof='"><b>\r\nBcc: x')

    assert parsed(email)["Bcc"] is None
    assert "<b>" not in email.html
    assert "https://papers.example.org/u/%22%3E%3Cb%3E%0D%0ABcc%3A%20x" in email.text


def test_two_readers_tokens_never_meet_in_one_press() -> None:
    press = Press(samples.PUBLIC_IMPRINT)
    one = printed(press, samples.normal_issue(), proof="one-aaaaaaaaaaaaaaaa")
    two = printed(press, samples.normal_issue(), proof="two-bbbbbbbbbbbbbbbb")

    assert b"bbbbbbbb" not in one.content
    assert b"aaaaaaaa" not in two.content
    assert one == printed(
        Press(samples.PUBLIC_IMPRINT), samples.normal_issue(), proof="one-aaaaaaaaaaaaaaaa"
    )


def test_the_page_of_an_issue_is_its_mail_less_what_is_the_readers() -> None:
    press = Press(samples.PUBLIC_IMPRINT)
    email = printed(press, samples.normal_issue())
    page = press.page(samples.normal_issue(), samples.READER)

    assert samples.PROOF not in page
    assert "papers.example.org/" not in page
    assert "mailto:" not in page
    for words in ("Top story", "In brief", "Why this", "12 Sample Street", "Whales Count in"):
        assert words in page
        assert words in email.html
    for words in (
        *("nsubscribe", "View in browser", "This mail holds", 'role="article"'),
        *("Change what you get", ">More</a>", ">Save</a>", "/a/"),
    ):
        assert words not in page
        assert words in email.html


def test_an_issue_without_papers_has_no_page(press: Press) -> None:
    with pytest.raises(RenderingFailed):
        press.page(replace(make_issue(), picks=()), samples.READER)


def test_an_imprint_of_an_address_alone_names_and_promises_nothing_more(
    mails: dict[str, Email],
) -> None:
    email = mails["issue-bare"]

    assert "List-Unsubscribe" not in parsed(email)
    assert parsed(email)["From"] == "digest@localhost"
    assert parsed(email)["List-Id"] == "<localhost>"
    assert "nsubscribe" not in email.html + email.text
    assert "mailto:" not in email.html + email.text


@pytest.mark.parametrize("name", ["issue", "issue-public"])
def test_the_way_out_in_the_body_is_the_first_in_the_header(
    name: str, mails: dict[str, Email]
) -> None:
    email = mails[name]
    link = str(parsed(email)["List-Unsubscribe"]).split(", ")[0].strip("<>")

    assert f'href="{link}"' in email.html
    assert f"\n{link}\n" in email.text


def test_a_mail_names_its_delivery_its_people_and_its_file(mails: dict[str, Email]) -> None:
    email = mails["issue"]

    assert email.delivery_id == samples.normal_issue().id
    assert email.sender == "digest@papers.example.org"
    assert email.recipient == "ada@example.org"
    assert email.name == "2026-11-20-ada-01234567"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("åda@example.org", "åda@example.org"),
        ("o'hara+papers@example.org", "o'hara+papers@example.org"),
    ],
)
def test_an_address_of_any_script_gets_its_mail(press: Press, address: str, written: str) -> None:
    email = printed(press, make_issue(), addressed(address))

    assert f"\r\nTo: {written}\r\n".encode() in email.content
    assert email.recipient == address
    assert email.name.isascii()
    assert bodies(email) == (email.text, email.html)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "a b@example.org",
    ],
)
def test_an_address_that_could_break_a_header_gets_no_mail(press: Press, address: str) -> None:
    with pytest.raises(RenderingFailed):
        printed(press, make_issue(), addressed(address))


def test_a_line_break_in_a_title_or_a_token_starts_no_header(press: Press) -> None:
    paper = replace(make_paper(), title="Whales\r\nBcc: eve@example.org\r\n\r\nbody")

    email = printed(press, make_issue(make_pick(1, paper)), proof="t\r\nBcc: eve@example.org")

    assert parsed(email)["Bcc"] is None
    assert list(parsed(email).keys()) == HEADERS


@pytest.mark.parametrize("issue_id", ["", "a b", "x\r\ny", '"', "../../etc", "x" * 65])
def test_an_id_that_cannot_name_a_message_is_refused(press: Press, issue_id: str) -> None:
    with pytest.raises(RenderingFailed):
        printed(press, make_issue(id=issue_id))


def test_an_issue_without_papers_has_no_mail(press: Press) -> None:
    with pytest.raises(RenderingFailed):
        printed(press, replace(make_issue(), picks=()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": ""},
        {"sender": "Daily <digest>"},
        {"list_host": ""},
        {"list_host": "a b"},
        {"unsubscribe_address": "leave"},
        {"unsubscribe_address": ""},
    ],
)
def test_an_imprint_that_no_mail_can_carry_is_refused(wrong: dict[str, Any]) -> None:
    right = {
        "sender": "Daily Papers <digest@papers.example.org>",
        "postal_address": "",
        "list_host": "papers.example.org",
    }

    with pytest.raises(SettingsInvalid):
        Imprint(**right | wrong)


def test_a_name_that_needs_it_is_quoted_or_encoded() -> None:
    for name in ("Papers, daily", 'The "Papers"', "Täglich · 論文"):
        imprint = Imprint(
            sender=f'"{name.replace(chr(34), chr(92) + chr(34))}" <digest@papers.example.org>',
            postal_address="",
            list_host="papers.example.org",
        )
        email = printed(Press(imprint), make_issue())
        sender = parsed(email)["From"].addresses[0]

        assert (sender.display_name, sender.addr_spec) == (name, "digest@papers.example.org")


def test_six_papers_are_shown_whole_and_the_rest_in_a_line(mails: dict[str, Email]) -> None:
    email = mails["issue"]

    assert email.text.count("Why this:") == 9  # the sixth has a score of nothing
    assert email.html.index("In brief") < email.html.index("Seven Ways to Label a Click")
    assert email.html.index("A Pick without Anything") < email.html.index("In brief")
    assert email.text.index("In brief") < email.text.index("Seven Ways to Label a Click")


def test_one_paper_stands_without_labels_for_others(mails: dict[str, Email]) -> None:
    email = mails["issue-of-one"]

    assert "Top story" in email.text
    assert "More for you" not in email.text + email.html
    assert "In brief" not in email.text + email.html


def test_the_order_in_which_mails_are_made_changes_none_of_them(mails: dict[str, Email]) -> None:
    fresh = Press(samples.IMPRINT)
    one = printed(fresh, samples.single_issue())
    ten = printed(fresh, samples.normal_issue())

    assert (ten, one) == (mails["issue"], mails["issue-of-one"])
