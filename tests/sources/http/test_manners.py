from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from digest.sources.http import (
    ARXIV,
    HUGGING_FACE,
    OPENALEX,
    SEMANTIC_SCHOLAR,
    Manners,
    manners_of,
    user_agent,
)


@pytest.mark.parametrize(
    ("url", "manners"),
    [
        ("https://rss.arxiv.org/rss/cs.CL", ARXIV),
        ("https://export.arxiv.org/api/query", ARXIV),
        ("https://oaipmh.arxiv.org/oai", ARXIV),
        ("https://ARXIV.org/", ARXIV),
        ("https://huggingface.co/api/daily_papers", HUGGING_FACE),
        ("https://api.openalex.org", OPENALEX),
        ("https://api.semanticscholar.org", SEMANTIC_SCHOLAR),
    ],
)
def test_a_service_has_one_budget_for_all_its_hosts(url: str, manners: Manners) -> None:
    assert manners_of(url) is manners


def test_a_stranger_is_asked_slowly_and_by_its_own_name() -> None:
    manners = manners_of("https://www.notarxiv.org/feed")
    assert manners.name == "www.notarxiv.org"
    assert manners.pause == timedelta(seconds=1)
    assert manners.quiet is None


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(0), at(1)),
        (at(0, 59), at(1)),
        (at(1), None),
        (at(23, 59), None),
        (at(12), None),
        (at(0, 30).astimezone(timezone(timedelta(hours=9))), at(1)),
    ],
)
def test_arxiv_is_not_asked_in_the_first_hour_of_its_day(
    now: datetime, until: datetime | None
) -> None:
    assert ARXIV.quiet_until(now) == until


@pytest.mark.parametrize(
    ("now", "until"),
    [(at(22, 30), at(5, day=21)), (at(4), at(5)), (at(5), None), (at(21), None)],
)
def test_quiet_hours_may_go_over_midnight(now: datetime, until: datetime | None) -> None:
    owls = Manners(name="owls", pause=timedelta(0), quiet=(time(22), time(5)))
    assert owls.quiet_until(now) == until


@pytest.mark.parametrize(
    ("contact", "public_url", "agent"),
    [
        ("", "", "paper-digest/0.3.0"),
        ("a@b.example", "", "paper-digest/0.3.0 (a@b.example)"),
        ("", "https://d.example", "paper-digest/0.3.0 (+https://d.example)"),
        (
            "a@b.example",
            "https://d.example",
            "paper-digest/0.3.0 (+https://d.example; a@b.example)",
        ),
        ("a@b.example", "http://localhost:8000", "paper-digest/0.3.0 (a@b.example)"),
    ],
)
def test_we_say_how_to_reach_us(contact: str, public_url: str, agent: str) -> None:
    assert user_agent("0.3.0", contact, public_url) == agent
