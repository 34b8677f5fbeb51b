"""More, less, save: one page, one press, and a way back."""

from datetime import timedelta

import pytest

from digest.models.feedback import Verdict
from digest.services import change
from tests.web.conftest import Site, parsed


def given(site: Site) -> list[str]:
    with site.app.store.read() as work:
        said = work.feedbacks.of(["subscription-ada"]).get("subscription-ada", ())
    return [one.verdict.value for one in said]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_link_asks_a_button_does_and_undo_undoes(site: Site, verdict: Verdict) -> None:
    path = site.answering(verdict)

    asked = site.client.get(path)
    assert (asked.status_code, given(site)) == (200, [])
    [form] = parsed(asked.text).forms
    assert (form.method, form.action) == ("POST", path)
    assert "Whales" in asked.text

    done = site.client.post(path)
    assert (done.status_code, given(site)) == (200, [verdict])
    [undo] = parsed(done.text).forms
    assert undo.action == f"{path}/undo"
    assert "you have said so before" in site.client.get(path).text.lower()

    assert site.client.get(undo.action).status_code == 200
    assert given(site) == [verdict]
    assert site.client.post(undo.action).status_code == 200
    assert given(site) == []


def test_what_it_changes_is_said_in_plain_words(site: Site) -> None:
    assert "papers like this one come up more" in site.client.post(site.answering("more")).text
    assert "papers like this one come up less" in site.client.post(site.answering("less")).text
    assert "on the list of what you saved" in site.client.post(site.answering("save")).text
    assert given(site) == ["less", "save"]


def test_saying_it_twice_is_saying_it_once(site: Site) -> None:
    for _ in range(2):
        site.client.post(site.answering("more"))
        site.client.post(f"{site.answering('save')}/undo")

    assert given(site) == ["more"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("verdict", "rank", "status"),
    [
        ("love", "1", 404),
        ("MORE", "1", 404),
        ("more", "0", 404),
        ("more", "-1", 404),
        ("more", "1.0", 404),
        ("more", "٣", 404),
        ("more", "9" * 5_000, 404),
        ("more", "999", 410),
    ],
)
def test_what_no_mail_of_ours_asks_is_nowhere(
    site: Site, method: str, verdict: str, rank: str, status: int
) -> None:
    path = site.answering(verdict).replace("/1/", f"/{rank}/")

    for where in (path, f"{path}/undo"):
        assert site.client.request(method, where).status_code == status
    assert given(site) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_another_purpose_opens_nothing(site: Site, method: str) -> None:
    for token in ("forged", site.opening().removeprefix("/i/"), site.leaving()[3:]):
        assert site.client.request(method, f"/a/{token}/1/more").status_code == 404
    assert given(site) == []


def test_years_later_it_is_as_good(site: Site) -> None:
    path = site.answering()
    site.app.clock.advance(timedelta(days=3_000))  # type: ignore[attr-defined]  # a stopped one

    assert site.client.post(path).status_code == 200


def test_of_who_was_erased_nothing_is_shown(site: Site) -> None:
    path = site.answering()
    change.erase(site.reader(), store=site.app.store, clock=site.app.clock)

    for method in ("GET", "POST"):
        answer = site.client.request(method, path)
        assert answer.status_code == 410
        assert "Whales" not in answer.text
