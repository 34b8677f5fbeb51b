"""Signing up on our own page: one answer for whoever it was."""

from datetime import timedelta

import pytest

from digest.models.consent import WORDING
from digest.models.letters import LetterKind
from digest.models.signups import PAGE, Signup, SignupState
from digest.models.subscribers import SubscriberState
from digest.web.joining import LONGEST
from digest.web.stamps import stamp
from digest.web.webhooks.submissions import HONEYPOT
from tests.factories import make_reader
from tests.fakes import StoppedClock
from tests.web.conftest import Site, parsed


def waiting(site: Site) -> list[Signup]:
    with site.app.store.begin() as work:
        return list(work.signups.waiting(limit=10))


def test_what_is_typed_is_kept_as_it_is_and_looked_at_later(kept_site: Site) -> None:
    answer = kept_site.sign_up(
        email=" Eve@Example.org ", interests="whales, cs.SD\nmoss", time_zone="Europe/Vienna"
    )

    assert (answer.status_code, len(kept_site.letters())) == (200, 0)
    [signup] = waiting(kept_site)
    assert (signup.form, signup.address) == (PAGE, "Eve@Example.org")
    assert signup.interests == ("whales", "cs.SD", "moss")
    assert (signup.time_zone, signup.wording) == ("Europe/Vienna", WORDING)
    assert len(signup.network) == 32
    assert kept_site.admit() == {SignupState.MAILED: 1}
    assert [letter.kind for letter in kept_site.letters()] == [LetterKind.CONFIRM]


def test_the_answer_is_the_same_for_everybody(site: Site) -> None:
    states = (SubscriberState.BOUNCED, SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED)
    with site.app.store.begin() as work:
        for state in states:
            work.subscribers.add(make_reader(state, state=state))

    answers = [
        site.sign_up(email=f"{name}@example.org")
        for name in ("ada", "eve", "eve", "eve", "eve", *states)
    ]

    told = {(one.status_code, one.content, tuple(one.headers.multi_items()[1:])) for one in answers}
    assert len({(status, content) for status, content, _headers in told}) == 1
    assert "<h1>Check your mail</h1>" in answers[0].text
    assert "@example.org" not in answers[0].text.replace("digest@papers.example.org", "")


def test_who_is_no_person_gets_the_answer_and_nothing_is_kept(site: Site) -> None:
    now = site.app.clock.now()
    person = site.sign_up()
    before = waiting(site)

    for said in (
        {HONEYPOT: "https://example.net"},
        {"stamp": ""},
        {"stamp": "forged"},
        {"stamp": stamp(site.app.links, now)},
        {"stamp": stamp(site.app.links, now - timedelta(seconds=1.9))},
        {"stamp": stamp(site.app.links, now - timedelta(days=9)), HONEYPOT: "x"},
    ):
        answer = site.sign_up(**said)
        assert (answer.status_code, answer.content) == (200, person.content)
    assert waiting(site) == before


def test_who_had_the_page_open_overnight_is_asked_once_more_and_loses_nothing(site: Site) -> None:
    answer = site.sign_up(stamp=stamp(site.app.links, site.app.clock.now() - timedelta(hours=25)))

    assert answer.status_code == 422
    assert "open for more than a day" in answer.text
    assert not waiting(site)
    form = parsed(answer.text).forms[0]
    assert form.fields["email"] == "eve@example.org"
    assert str(form.fields["interests"]).strip() == "whales"
    assert isinstance(site.app.clock, StoppedClock)
    site.app.clock.advance(timedelta(seconds=5))
    assert site.sign_up(stamp=str(form.fields["stamp"])).status_code == 200
    assert len(waiting(site)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("email", ""),
        ("email", "eve"),
        ("email", "eve@"),
        ("email", "eve@example.org\r\nBcc: all@example.org"),
        ("email", "e" * 321 + "@example.org"),
        ("time_zone", "Mars/Olympus"),
        ("interests", "x" * (LONGEST + 1)),
        ("interests", "x" * 201),
        ("interests", ",".join(f"wish {place}" for place in range(41))),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(
    site: Site, field: str, typed: str
) -> None:
    said = {"email": "eve@example.org", "interests": "whales", "time_zone": "Asia/Tokyo"}

    answer = site.sign_up(**said | {field: typed})

    assert answer.status_code == 422
    assert not waiting(site)
    page = parsed(answer.text)
    [wrong] = page.xpath("//*[@aria-invalid='true']")
    assert wrong.get("name") == field
    note = wrong.get("aria-describedby").split()[0]
    assert page.get_element_by_id(note).text_content().strip()
    assert page.xpath("//*[@role='alert']//a/@href") == [f"#{field}"]
    for name in set(said) - {field}:
        assert str(page.forms[0].fields[name]).strip() == said[name]


def test_a_form_of_another_site_is_refused(site: Site) -> None:
    said = {"email": "eve@example.org", "stamp": site.stamp()}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.net"}):
        answer = site.client.post("/signup", data=said, headers=headers)
        assert answer.status_code == 403
    assert not waiting(site)
    assert (
        site.client.post(
            "/signup", data=said, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"}
        ).status_code
        == 200
    )


def test_the_form_stands_alone_too(site: Site) -> None:
    answer = site.client.get("/signup", headers={"Accept-Language": "de-AT"})

    form = parsed(answer.text).forms[0]
    assert answer.status_code == 200
    assert form.fields["time_zone"] == "Europe/Vienna"
    assert (form.action, form.method) == ("/signup", "POST")


def test_a_zone_that_no_list_has_is_kept(site: Site) -> None:
    answer = site.sign_up(email="eve@", time_zone="Asia/Calcutta")

    form = parsed(answer.text).forms[0]
    assert form.fields["time_zone"] == "Asia/Calcutta"


def test_a_script_in_a_field_is_only_text(site: Site) -> None:
    nasty = '"><script>alert(1)</script>'

    answer = site.sign_up(email=nasty, interests=f"</textarea>{nasty}", time_zone=nasty)

    assert answer.status_code == 422
    assert "<script" not in answer.text
