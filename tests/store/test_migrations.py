"""A database of an earlier version keeps all it has when it is upgraded."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from digest.errors import StoreOutdated
from digest.models.deliveries import DeliveryState
from digest.models.issues import SourceState
from digest.models.papers import AuthorFigures, Paper, Sighting, identity_keys
from digest.store.documents import interests_document, picks_document
from digest.store.engine import file_of, opened, parsed
from digest.store.schema import check, upgrade
from digest.store.sql import SqlStore
from tests.factories import make_pick, make_reader

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)
MANY = 1_100
"""More papers than a migration takes at once."""

PAPER = Paper(
    id="whales",
    title="Whales count in BASE eight",
    abstract="Clicks of Ærø, 100% of them; no Straße.",
    summary="Eight symbols.",
    authors=("Bo Ødegård", "Ada Okafor"),
    author_count=7,
    published=date(2026, 11, 1),
    categories=("cs.CL", "q-bio.NC"),
    institutions=("Sea Institute",),
    arxiv_id="2611.01234",
    doi="10.1000/" + "x" * 300,
    has_code=True,
    code_url="https://code.example/whales",
    project_url="https://whales.example",
)
SEEN = Sighting(
    paper_id="whales",
    source="saved pages",
    listed_on=DAY,
    seen_at=NOON,
    position=3,
    upvotes=12,
    comments=2,
    stars=40,
    score=81.5,
)
ADA = AuthorFigures(name="Ada Okafor", field="Acoustics", h_index=16, novelty=50.0)


def at_version(url: str, version: str, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Bring a database to *version*, and put *rows* into its tables."""
    engine = opened(parsed(url), patience=5, migrating=True)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "digest.store:migrations")
        command.upgrade(config, version)
        _fill(connection, rows)
    engine.dispose()


def _fill(connection: Connection, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for name, records in rows.items():
        connection.execute(tables.tables[name].insert(), records)


def of_0001() -> dict[str, list[dict[str, Any]]]:
    """Return rows as the program wrote them while its tables were of version 0001."""
    person, wish = make_reader("ada").subscriber, make_reader("ada").subscription
    ids = [f"{number:05}" for number in range(MANY)]
    return {
        "papers": [_paper(PAPER), *(_paper(Paper(id=id_, title=f"Newts {id_}")) for id_ in ids)],
        "paper_keys": [
            {"key": "arxiv:2611.01234", "paper_id": "whales"},
            {"key": f"doi#{'0' * 64}", "paper_id": "whales"},
            {"key": "title:whalescountinbaseeight", "paper_id": "whales"},
            *({"key": f"title:newts{id_}", "paper_id": id_} for id_ in ids),
        ],
        "sightings": [
            {
                "paper_id": "whales",
                "source": "saved pages",
                "listed_on": DAY,
                "seen_at": NOON,
                "position": 3,
                "upvotes": 12,
                "comments": 2,
                "stars": 40,
                "score": 81.5,
            }
        ],
        "author_figures": [
            {
                "key": "Ada Okafor",
                "seen_at": NOON,
                "name": "Ada Okafor",
                "field": "Acoustics",
                "h_index": 16,
                "novelty": 50.0,
            }
        ],
        "subscribers": [
            {
                "id": person.id,
                "address": person.address,
                "address_hmac": person.address_hmac,
                "state": "active",
                "created_at": NOON,
            }
        ],
        "subscriptions": [
            {
                "id": wish.id,
                "subscriber_id": person.id,
                "interests": interests_document(wish.interests),
                "cadence": "daily",
                "paper_limit": 10,
                "dial": 0.5,
                "send_at": time(7),
                "time_zone": "UTC",
            }
        ],
        "issues": [
            {
                "id": "issue",
                "subscription_id": wish.id,
                "day": DAY,
                "number": 1,
                "composed_at": NOON,
                "considered": 50,
                "new_papers": 35,
                "matching": 6,
                "picks": picks_document((make_pick(1, PAPER),)),
                "sources": [{"name": "saved pages", "papers": 50, "latest": "2026-11-20"}],
            }
        ],
        "picks": [{"subscription_id": wish.id, "paper_id": "whales", "issue_id": "issue"}],
        "runs": [{"day": DAY, "candidates": 1}],
        "deliveries": [
            {
                "id": "delivery",
                "subscription_id": wish.id,
                "day": DAY,
                "issue_id": "issue",
                "state": "sent",
                "reason": "",
                "attempts": 1,
            }
        ],
    }


def _paper(paper: Paper) -> dict[str, Any]:
    names = (
        "id title abstract summary authors author_count published categories institutions "
        "arxiv_id doi has_code code_url project_url"
    )
    return {name: getattr(paper, name) for name in names.split()}


@pytest.fixture
def upgraded(blank_url: str) -> str:
    """A database that was filled at version 0001 and then upgraded, of each kind."""
    if path := file_of(parsed(blank_url)):
        path.parent.mkdir()
        path.touch()
    at_version(blank_url, "0001", of_0001())
    with closing(SqlStore(blank_url)) as store, pytest.raises(StoreOutdated), store.read():
        pass
    upgrade(blank_url)
    return blank_url


def test_the_tables_are_what_the_program_needs(upgraded: str) -> None:
    state = check(upgraded)

    assert state.differences == ()
    assert state.up_to_date


def test_papers_stay_as_they_were_and_are_found_by_what_they_were_known_by(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.read() as work:
        assert work.papers.get(["whales"]) == {"whales": PAPER}
        assert work.papers.count() == MANY + 1
        assert work.papers.sharing(["arxiv:2611.01234"]) == [PAPER]
        assert work.papers.sharing(["title:whalescountinbaseeight"]) == [PAPER]
        assert identity_keys(PAPER)[0] == "arxiv:2611.01234"
        assert work.papers.sightings(["whales"], until=DAY) == [SEEN]
        assert work.papers.last_seen("saved pages", DAY) == {"whales": SEEN}
        assert work.papers.authors() == {"Ada Okafor": ADA}
        assert work.papers.byline("whales") is None
        assert work.papers.lacking_authors(DAY, asked_before=NOON, limit=9) == [PAPER]


def test_every_paper_can_be_searched(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.read() as work:
        for word in ("WHALES", "base", "ødegård", "OKAFOR", "ærø", "STRASSE", "100%", "2611.01234"):
            assert work.papers.search([word], limit=9) == [PAPER]
        assert len(work.papers.search(["newts"], limit=2 * MANY)) == MANY


def test_issues_and_deliveries_stay(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.read() as work:
        issue = work.issues.get(["issue"])["issue"]
        assert [pick.paper for pick in issue.picks] == [PAPER]
        assert issue.sources == (SourceState(name="saved pages", papers=50, latest=DAY),)
        ada = "subscription-ada"
        assert work.issues.picked([ada], ["whales"]) == {ada: {"whales"}}
        (delivery,) = work.deliveries.of_day(DAY)
        assert (delivery.state, delivery.issue_id) == (DeliveryState.SENT, "issue")
        assert work.deliveries.account(DAY).adds_up
        assert work.subscribers.by_id("subscriber-ada") is not None


def test_what_was_kept_before_can_be_changed_and_joined(upgraded: str) -> None:
    with closing(SqlStore(upgraded)) as store, store.begin() as work:
        work.papers.join({"whales": "00000"})
        work.papers.see([SEEN])
        started = work.visits.start("arXiv", DAY, now=NOON, since=NOON - timedelta(hours=1))
        assert started
        (survivor,) = work.papers.sharing(["arxiv:2611.01234"])
        assert work.papers.get(["whales"]) == {"whales": survivor}
        assert survivor.id == "00000"
        assert [pick.paper for pick in work.issues.get(["issue"])["issue"].picks] == [survivor]
