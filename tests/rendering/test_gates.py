"""What every mail has to be, whatever it says: the gates of docs/mail.md without a browser."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree
from lxml import html as lxml_html

from digest.models.deliveries import Email
from digest.models.interests import Interest
from digest.models.issues import Issue, Reason, Score, Signal, SourceState
from digest.models.papers import Paper
from digest.rendering.emails import Press
from tests.factories import DAY, make_issue, make_paper, make_pick, make_reader, make_trend
from tests.rendering import samples
from tests.rendering.samples import printed

HOSTS = {
    "papers.example.org",
    "arxiv.org",
    "doi.org",
    "github.com",
    "gitlab.com",
    "whales.example.org",
}
HTML_LIMIT, TEN_PAPERS, STYLE_LIMIT = 90_000, 70_000, 14_000


def issue_with(*papers: Paper, **facts: Any) -> Issue:
    return make_issue(
        *(make_pick(rank, paper, **facts) for rank, paper in enumerate(papers, start=1))
    )


def paper_with(**facts: Any) -> Paper:
    return replace(make_paper(), **facts)


def nasty_issues() -> Iterator[tuple[str, Issue]]:
    """Yield issues that have broken mails before, ours or others'."""
    nasty = "</a></h2><script>alert('&amp; \"x\"')</script><style>*{display:none}</style>"
    reason = Reason(signal=Signal.TERM, subject=f'{nasty}\r\n"', points=9.0)
    yield (
        "markup in every field",
        make_issue(
            make_pick(
                1,
                paper_with(
                    title=nasty,
                    abstract=f"We present {nasty} and more of it.",
                    authors=(nasty, "O'Hara & Sons <o@example.org>"),
                    institutions=(nasty,),
                    categories=(nasty,),
                    arxiv_id=nasty,
                    doi=f"10.1000/{nasty}",
                    code_url=f"https://github.com/{nasty}",
                    project_url=f'https://whales.example.org/"{nasty}',
                ),
                score=Score(value=9.0, reasons=(reason,)),
            ),
            sources=(SourceState(name=nasty, papers=1, latest=DAY),),
        ),
    )
    long_words = ("Supercalifragilistic" * 8)[:160]
    yield "a title of 160 letters", issue_with(*[paper_with(title=long_words)] * 8)
    sentence = "On the Counting of Whales in Base Eight and in Some Other Bases of Note "
    yield "ten titles of 160", issue_with(*(paper_with(title=(sentence * 3)[:160]),) * 10)
    names = tuple(f"Author{place} Familyname-Hyphenated" for place in range(40))
    yield "40 authors", issue_with(*(paper_with(authors=names, author_count=40),) * 10)
    yield (
        "a megabyte of abstract",
        issue_with(paper_with(title="T " * 200_000, abstract="We present whales. " * 55_000)),
    )
    control = "\x00\x07\x1b[31mWhales\x85\u2028\u2029\r\nBcc: eve@example.org\ud800\ufffe"
    yield "controls", issue_with(paper_with(title=control, abstract=control, authors=(control,)))
    bidi = "\u202e\u2066safe.exe\u2069\u202d\u200f\u061c whales"
    yield "overrides", issue_with(paper_with(title=bidi, abstract=bidi, authors=(bidi,)))
    cjk = "鯨の歌から言語モデルを学習するための大規模な符号帳と評価" * 4
    yield "Japanese", issue_with(*(paper_with(title=cjk, abstract=f"{cjk}。", authors=(cjk,)),) * 8)
    arabic = "نماذج لغوية لأصوات البحر والحيتان في كل المحيطات"
    yield "Arabic", issue_with(*(paper_with(title=arabic, abstract=arabic, authors=(arabic,)),) * 8)
    yield "emptiness", issue_with(paper_with(title="", abstract="", authors=(), author_count=None))
    yield "dots", issue_with(*(paper_with(title=". .. ...", abstract=".\n..\n." * 90),) * 8)
    huge = make_trend(upvotes=10**12, history=(0, *[10**12] * 13), stars=10**9, novelty=100.0)
    yield "great numbers", issue_with(*(paper_with(arxiv_id="2511.00001"),) * 12, trend=huge)


@pytest.fixture(
    scope="module", params=[*nasty_issues(), ("issue", None), ("public", None), ("one", None),
        ("bare", None)],
    ids=lambda named: named[0],
)  # fmt: skip
def email(request: pytest.FixtureRequest, press: Press, mails: dict[str, Email]) -> Email:
    name, issue = request.param
    if issue is not None:
        return printed(press, issue)
    return mails["issue" if name == "issue" else f"issue-{'of-one' if name == 'one' else name}"]


@pytest.fixture
def page(email: Email) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(email.html)


def words(element: lxml_html.HtmlElement) -> list[str]:
    text: str = element.text_content()
    return text.split()


def holds(text: list[str], run: list[str]) -> bool:
    return f" {' '.join(run)} " in f" {' '.join(text)} "


def test_it_is_small_enough_not_to_be_clipped(email: Email) -> None:
    assert len(email.html.encode()) <= HTML_LIMIT
    assert len(email.html.encode()) < TEN_PAPERS
    styles = re.findall(r"<style>(.*?)</style>", email.html, re.DOTALL)
    assert all(len(style) <= STYLE_LIMIT for style in styles)


def test_nothing_in_it_runs_loads_or_follows(email: Email, page: lxml_html.HtmlElement) -> None:
    forbidden = "script form iframe svg video audio object embed input button base link img"
    assert not [element.tag for tag in forbidden.split() for element in page.iter(tag)]
    for element in page.iter(etree.Element):
        assert not [name for name in element.attrib if name.startswith("on") or name == "src"]
    outside_comments = re.sub(r"<!--.*?-->", "", email.html, flags=re.DOTALL)
    for trap in ("url(", "@import", "var(--", "javascript:", "<meta http-equiv", "utm_"):
        assert trap not in "".join(re.findall(r"<[^>]*>", outside_comments))


def test_its_sheets_win_over_inline_styles_and_nest_nothing(email: Email) -> None:
    styles = re.findall(r"<style>(.*?)</style>", email.html, re.DOTALL)
    sheet = "\n".join(style for style in styles if "mso" not in style)
    assert "prefers-color-scheme: dark" in sheet
    assert "[data-ogsc]" in sheet
    assert "[data-ogsb]" in sheet
    for media in re.findall(r"@media[^{]*\{(.*?)\n\}", sheet, re.DOTALL):
        assert "@media" not in media
        for declaration in re.findall(r"\{ ([^}]*) \}", media):
            assert all(part.endswith("!important") for part in declaration.split("; "))


def test_every_class_in_it_is_one_that_a_sheet_looks_for(
    email: Email, page: lxml_html.HtmlElement
) -> None:
    sheet = "".join(re.findall(r"<style>(.*?)</style>", email.html, re.DOTALL))
    for element in page.iter(etree.Element):
        for name in element.get("class", "").split():
            assert f".{name} " in sheet


def test_its_headers_are_there_once_each(email: Email) -> None:
    message = message_from_bytes(email.content, policy=default)
    names = [name.lower() for name in message.keys()]  # noqa: SIM118 - a message is no mapping

    assert len(names) == len(set(names))
    for name in ("from", "to", "subject", "date", "message-id", "list-id", "list-post"):
        assert name in names
    page_to_leave = "<https:" in message.get("List-Unsubscribe", "")
    assert ("list-unsubscribe-post" in names) is page_to_leave
    assert "bcc" not in names
    assert 0 < len(message["Subject"]) <= 70
    assert not message.defects


def test_its_lines_are_short_and_its_letters_are_ascii(email: Email) -> None:
    for line in email.content.split(b"\r\n"):
        assert len(line) <= 78 or line.startswith((b"List-Unsubscribe: ", b" <mailto:"))
        assert b"\n" not in line
        assert b"\r" not in line
        assert not line.startswith(b".")
    assert email.content.isascii()


def test_text_comes_first_and_both_parts_are_whole(email: Email) -> None:
    message = message_from_bytes(email.content, policy=default)
    parts = list(message.iter_parts())

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part, content in zip(parts, (email.text, email.html), strict=True):
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content().replace("\r\n", "\n") == content


def test_no_letter_in_it_can_act(email: Email) -> None:
    for content in (email.html, email.text, email.subject):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", content)
        assert not re.search("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]", content)


def test_nothing_missing_is_spelled_out(email: Email, page: lxml_html.HtmlElement) -> None:
    for content in (page.body.text_content(), email.text, email.subject):
        assert not re.search(r"\bNone\b(?! of the)|\bnan\b|\bundefined\b|\{\{|\}\}|\{%", content)
        assert not re.search(r"q[0-9a-f]{20}q", content)
        assert not re.search(r"·\s*·|\(\s*\)|“\s*”", content)


def test_no_label_stands_without_what_it_labels(email: Email, page: lxml_html.HtmlElement) -> None:
    for block in page.iter("p", "h1", "h2", "a", "td"):
        said = " ".join(words(block))
        assert not said.startswith(("·", ","))
        assert not said.endswith(("·", ":", "=", "+"))
    for paragraph in email.text.split("\n\n"):
        said = " ".join(paragraph.split())
        assert not said.startswith(("·", ","))
        assert not said.endswith(("·", ":", "=", "+"))
    assert not re.search(
        r"^ *(?:PDF|Code|Project page|Sources|Why this):? *$", email.text, re.MULTILINE
    )


def test_it_says_which_language_it_is_in(page: lxml_html.HtmlElement) -> None:
    article = page.xpath("//*[@role='article']")[0]

    for element in (page, article):
        assert (element.get("lang"), element.get("dir")) == ("en", "ltr")
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}


def test_it_has_one_headline_and_a_heading_for_each_paper(
    email: Email, page: lxml_html.HtmlElement
) -> None:
    levels = [int(element.tag[1]) for element in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]

    assert levels[0] == 1
    assert set(levels[1:]) == {2}
    assert all(below - above <= 1 for above, below in pairwise(levels))
    numbers = re.findall(r"^(\d+)\. ", email.text, re.MULTILINE)
    assert len(levels) - 1 == len(numbers)


def test_a_title_stands_alone_in_its_heading_and_in_the_text(
    email: Email, page: lxml_html.HtmlElement
) -> None:
    text = email.text.split()
    for heading in page.iter("h1", "h2"):
        inner = [child.tag for child in heading.iter()][1:]
        assert inner in ([], ["a"])
        assert words(heading)
        run = words(heading)
        together = "".join(text)
        assert holds(text, run) or "".join(run) in together


def test_every_link_is_plain_https_and_in_the_text(
    email: Email, page: lxml_html.HtmlElement
) -> None:
    for link in page.iter("a"):
        url = link.get("href")
        parts = urlsplit(url)
        assert f" {url}\n" in email.text or f"\n{url}\n" in email.text
        assert words(link)
        if parts.scheme == "mailto":
            assert parts.path == "leave@papers.example.org"
            assert unquote(parts.query) == f"subject=unsubscribe {samples.PROOF}"
            continue
        assert parts.scheme == "https"
        assert parts.hostname in HOSTS
        assert not parts.username
        assert words(link) not in (["here"], ["click", "here"], ["read", "more"])
        assert (
            not re.search(r"https?://|www\.", link.text_content()) or link.getparent().tag == "h2"
        )


def test_text_lines_fit_a_terminal(email: Email) -> None:
    for line in email.text.split("\n"):
        bare = line.strip()
        assert len(line) <= 76 or "://" in bare or bare.startswith("mailto:")
        assert not line.endswith(" ") or not bare


def test_the_printed_points_add_up(email: Email, page: lxml_html.HtmlElement) -> None:
    in_text = re.findall(
        r"Why this: (.*?) = (\N{MINUS SIGN}?\d+)$", email.text, re.MULTILINE | re.DOTALL
    )
    visible = page.body.text_content()
    for parts, whole in in_text:
        sum_so_far = 0
        for sign, points in re.findall(
            r"(^|[+\N{MINUS SIGN}])[^+\N{MINUS SIGN}]*? (\d+)(?= [+\N{MINUS SIGN}]|$)",
            " ".join(parts.split()),
        ):
            sum_so_far += -int(points) if sign == "\N{MINUS SIGN}" else int(points)
        assert sum_so_far == int(whole.replace("\N{MINUS SIGN}", "-"))
        assert f"= {whole}" in " ".join(visible.split())


def test_nothing_is_wider_than_a_small_phone(page: lxml_html.HtmlElement) -> None:
    for element in page.iter(etree.Element):
        width = element.get("width", "")
        assert width in ("", "100%") or int(width) <= 40
        assert not re.search(
            r"(?<!max-)(?<!-)\bwidth:\s*(?!4px|28px|100%)\d", element.get("style", "")
        )
        if element.tag in {"h1", "h2", "p"}:
            assert "nowrap" not in element.get("style", "")
    for heading in page.iter("h2"):
        assert "word-break:break-word" in heading.get("style")


def test_the_words_of_a_short_link_stay_together(mails: dict[str, Email]) -> None:
    assert ">Project\N{NO-BREAK SPACE}page</a>" in mails["issue"].html
    assert "Project page: https://" in mails["issue"].text


def test_the_preheader_is_hidden_and_of_good_length(page: lxml_html.HtmlElement) -> None:
    hidden = page.xpath("//div[starts-with(@style, 'display:none')]")

    assert len(hidden) == 1
    assert 40 <= len(hidden[0].text_content()) <= 140


def test_the_promise_is_printed_and_kept(email: Email) -> None:
    assert "no tracking pixel" in " ".join(email.text.split())
    assert "no tracking pixel" in email.html
    assert "<img" not in email.html


def test_titles_are_english_or_do_not_claim_to_be(press: Press) -> None:
    papers = (paper_with(title="Whales"), paper_with(title="鯨の歌"))
    page = lxml_html.document_fromstring(printed(press, issue_with(*papers)).html)

    assert [(one.get("lang"), one.get("dir")) for one in page.iter("h2")] == [
        ("en", "auto"),
        (None, "auto"),
    ]


def test_what_a_reader_wished_is_escaped(press: Press) -> None:
    reader = make_reader(interests=(Interest(phrases=('<script>"&',), authors=("<b>",)),))
    email = printed(press, samples.normal_issue(), reader)

    assert "<script" not in email.html
    assert '“<script>"&”' in unescape(email.html)


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_same_issue_is_the_same_bytes_in_any_process(
    seed: str, mails: dict[str, Email]
) -> None:
    program = (
        "import sys; from tests.rendering import samples;"
        "from digest.rendering.emails import Press;"
        "sys.stdout.buffer.write("
        "samples.printed(Press(samples.IMPRINT), samples.normal_issue()).content)"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        check=True,
    )

    assert made.stdout == mails["issue"].content
