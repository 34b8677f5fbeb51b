"""An issue in the browser."""

import pytest
from lxml import html as lxml_html

from digest.links import Links, Purpose
from digest.models.subscribers import SubscriberState
from tests.web.conftest import TITLES, Site


def test_an_issue_opens_in_the_browser_as_it_was_sent(site: Site) -> None:
    answer = site.client.get(site.opening())

    assert answer.status_code == 200
    [email] = [email for email in site.emails if email.recipient == "ada@example.org"]
    page: lxml_html.HtmlElement = lxml_html.document_fromstring(answer.text)
    mail: lxml_html.HtmlElement = lxml_html.document_fromstring(email.html)
    assert page.xpath("string(//title)") == email.subject
    for tag in ("h1", "h2"):
        assert [one.text_content() for one in page.iter(tag)] == [
            one.text_content() for one in mail.iter(tag)
        ]
    assert TITLES[0] in answer.text


def test_it_is_the_mail_less_what_acts_for_the_reader_or_is_for_mail_alone(site: Site) -> None:
    page = site.client.get(site.opening()).text
    tree: lxml_html.HtmlElement = lxml_html.document_fromstring(page)

    for word in ("nsubscribe", "View in browser", "tracking pixel", "/u/", "/i/", "@example.org"):
        assert word not in page
    assert "max-height:0" not in page
    assert tree.xpath("count(//*[@role='main'])") == 1


def test_its_styles_may_stand_in_its_elements_and_nothing_else_is_loosened(site: Site) -> None:
    policy = site.client.get(site.opening()).headers["content-security-policy"]

    assert policy == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def test_who_left_may_still_read_what_they_got(site: Site) -> None:
    site.client.post(site.leaving())

    assert site.client.get(site.opening()).status_code == 200


def test_an_issue_that_is_not_kept_is_not_there(site: Site) -> None:
    token = site.app.links.token(Purpose.ISSUE, "an-issue-of-long-ago")

    answer = site.client.get(f"/i/{token}")

    assert answer.status_code == 404
    assert "The issue behind this link is not kept here." in answer.text


def test_a_token_of_another_kind_or_key_opens_no_issue(site: Site) -> None:
    issue_id = site.emails[0].delivery_id
    for token in (
        "forged",
        issue_id,
        site.opening()[3:-1],
        site.leaving().removeprefix("/u/"),
        site.app.links.token(Purpose.UNSUBSCRIBE, issue_id),
        Links(["another key"]).token(Purpose.ISSUE, issue_id),
        f"another-issue.{site.opening().rpartition('.')[2]}",
    ):
        assert site.client.get(f"/i/{token}").status_code == 404


@pytest.mark.parametrize("state", [SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED])
def test_opening_it_leaves_the_reader_as_they_are(site: Site, state: SubscriberState) -> None:
    with site.app.store.begin() as work:
        work.subscribers.turn("subscriber-ada", state, when={SubscriberState.ACTIVE})

    site.client.get(site.opening())

    assert site.state() == state
