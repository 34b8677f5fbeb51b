"""Papers that turn out to be one: all that was known of either stays known, by either's id."""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from digest.errors import StoreError
from digest.models.deliveries import Delivery, DeliveryState
from digest.models.papers import AuthorFigures, Byline, Paper, identity_keys
from digest.ports import Store
from digest.store.sql import SqlStore
from tests.factories import (
    DAY,
    NOON,
    make_issue,
    make_paper,
    make_pick,
    make_reader,
    make_sighting,
)

OLD, NEW = make_paper("Whales speak", id="old"), make_paper("Whales speak in eight", id="new")
KEPT = replace(NEW, known_as=(*identity_keys(NEW), *identity_keys(OLD)))


def keep(store: Store, *papers: Paper) -> None:
    with store.begin() as work:
        work.papers.keep(papers)


def join(store: Store, **gone: str) -> None:
    with store.begin() as work:
        work.papers.join(gone)


def test_a_paper_that_became_another_is_still_found_by_its_id_and_its_keys(store: Store) -> None:
    keep(store, OLD, NEW)
    with store.begin() as work:
        work.papers.keep([KEPT])
        work.papers.join({"old": "new"})

    with store.read() as work:
        assert work.papers.get(["old", "unknown"]) == {"old": KEPT}
        assert work.papers.get(["old", "new"]) == {"old": KEPT, "new": KEPT}
        assert work.papers.sharing(identity_keys(OLD)) == [KEPT]
        assert work.papers.page(after="", limit=9) == [KEPT]
        assert work.papers.count() == 1


def test_a_key_that_the_survivor_was_not_kept_with_finds_it_all_the_same(store: Store) -> None:
    keep(store, OLD, NEW)
    join(store, old="new")

    with store.read() as work:
        assert work.papers.sharing(identity_keys(OLD)) == [NEW]


def test_nothing_gone_changes_nothing(store: Store) -> None:
    keep(store, OLD)
    join(store)

    with store.read() as work:
        assert work.papers.get(["old"]) == {"old": OLD}


def test_old_ids_lead_to_the_last_of_a_chain(store: Store) -> None:
    papers = [make_paper(f"Paper {letter}", id=letter) for letter in "abcdef"]
    keep(store, *papers)
    join(store, a="b")
    join(store, b="c", d="e", e="c")
    join(store, c="f")

    with store.read() as work:
        assert work.papers.get("abcdef") == dict.fromkeys("abcdef", papers[-1])
        assert work.papers.count() == 1


def test_a_paper_that_came_back_takes_its_id_back(store: Store) -> None:
    keep(store, OLD, NEW)
    join(store, old="new")
    keep(store, OLD)

    with store.read() as work:
        assert work.papers.get(["old", "new"]) == {"old": OLD, "new": NEW}
    join(store, new="old")
    with store.read() as work:
        assert work.papers.get(["old", "new"]) == {"old": OLD, "new": OLD}


def test_a_paper_cannot_become_one_that_there_is_not(store: Store) -> None:
    keep(store, OLD)

    with pytest.raises(StoreError):
        join(store, old="nowhere")
    with store.read() as work:
        assert work.papers.get(["old"]) == {"old": OLD}


def test_sightings_become_the_others_and_fill_in_what_it_lacks(store: Store) -> None:
    later = NOON + timedelta(hours=1)
    both = make_sighting(NEW, upvotes=5)
    alone = make_sighting(OLD, seen_at=later, upvotes=8)
    keep(store, OLD, NEW)
    with store.begin() as work:
        work.papers.see([both, make_sighting(OLD, upvotes=4, stars=9), alone])
        work.papers.join({"old": "new"})

    with store.read() as work:
        assert work.papers.sightings(["new", "old"], until=DAY) == [
            replace(both, stars=9),
            replace(alone, paper_id="new"),
        ]
        assert work.papers.listed(DAY, DAY) == [NEW]


def test_what_is_seen_of_a_gone_paper_counts_for_the_other(store: Store) -> None:
    keep(store, OLD, NEW)
    join(store, old="new")

    with store.begin() as work:
        assert work.papers.see([make_sighting(OLD), make_sighting(NEW)]) == 1
    with store.read() as work:
        assert work.papers.sightings(["new", "old"], until=DAY) == [make_sighting(NEW)]


def send(store: Store, *papers: Paper, number: int = 1) -> None:
    """Plan an issue of *papers* for Ada."""
    picks = [make_pick(rank, paper) for rank, paper in enumerate(papers, start=1)]
    day = DAY + timedelta(days=number)
    issue = make_issue(*picks, id=f"issue {number}", number=number, day=day)
    delivery = Delivery(
        id=f"delivery {number}",
        subscription_id=issue.subscription_id,
        day=day,
        state=DeliveryState.PLANNED,
        issue_id=issue.id,
    )
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))
        work.issues.add([issue])
        work.deliveries.plan([delivery])


ADA = "subscription-ada"


def test_what_was_sent_as_one_paper_was_sent_as_the_other(store: Store) -> None:
    third = make_paper("Newts", id="third")
    keep(store, OLD, NEW, third)
    send(store, OLD, third)
    send(store, OLD, NEW, number=2)
    join(store, old="new")

    with store.read() as work:
        assert work.issues.picked([ADA], ["new"]) == {ADA: {"new"}}
        # Who read the papers before they were joined asks by the old id.
        assert work.issues.picked([ADA], ["old", "x"]) == {ADA: {"old"}}
        assert work.issues.picked([ADA], ["old", "new"]) == {ADA: {"old", "new"}}
        issues = work.issues.get(["issue 1", "issue 2"])
    assert [pick.paper for pick in issues["issue 1"].picks] == [NEW, third]
    assert [pick.paper for pick in issues["issue 2"].picks] == [NEW, NEW]


def test_an_issue_composed_before_its_papers_were_joined_is_kept(store: Store) -> None:
    keep(store, OLD, NEW)
    join(store, old="new")
    send(store, OLD, NEW)

    with store.read() as work:
        assert work.issues.picked([ADA], ["new"]) == {ADA: {"new"}}
        assert [pick.paper for pick in work.issues.get(["issue 1"])["issue 1"].picks] == [NEW, NEW]


ONE = (AuthorFigures(name="Ada Okafor", h_index=16),)
OTHER = (AuthorFigures(name="Bo Lindqvist", h_index=3),)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(ONE, (), ONE), ((), OTHER, OTHER), (ONE, OTHER, OTHER), ((), (), None)],
)
def test_authors_become_the_others_unless_it_has_its_own(
    store: Store,
    old: tuple[AuthorFigures, ...],
    new: tuple[AuthorFigures, ...],
    expected: tuple[AuthorFigures, ...] | None,
) -> None:
    keep(store, OLD, NEW)
    bylines = [Byline(paper_id="old", authors=old), Byline(paper_id="new", authors=new)]
    with store.begin() as work:
        work.papers.keep_bylines(bylines, seen_at=NOON)
        work.papers.join({"old": "new"})

    with store.read() as work:
        found = work.papers.byline("new")
        assert work.papers.byline("old") is None
    assert found == (Byline(paper_id="new", authors=expected) if expected else None)


def test_authors_told_of_a_gone_paper_are_the_others(store: Store) -> None:
    keep(store, OLD, NEW)
    join(store, old="new")
    with store.begin() as work:
        work.papers.keep_bylines([Byline(paper_id="old", authors=ONE)], seen_at=NOON)

    with store.read() as work:
        assert work.papers.byline("new") == Byline(paper_id="new", authors=ONE)


@pytest.mark.parametrize(("old", "new"), [(0, None), (None, 0), (0, -1), (-1, 0)])
def test_authors_count_as_asked_when_either_was_last(
    store: Store, old: int | None, new: int | None
) -> None:
    keep(store, OLD, NEW)
    with store.begin() as work:
        work.papers.see([make_sighting(NEW)])
        for paper_id, days in (("old", old), ("new", new)):
            if days is not None:
                work.papers.asked_authors([paper_id], asked_at=NOON + timedelta(days=days))
        work.papers.join({"old": "new"})

    with store.read() as work:
        assert work.papers.lacking_authors(DAY, asked_before=NOON, limit=9) == []
        later = NOON + timedelta(seconds=1)
        assert work.papers.lacking_authors(DAY, asked_before=later, limit=9) == [NEW]


def test_who_adds_to_a_paper_while_it_is_joined_waits_and_adds_to_the_other(
    url: str, database: SqlStore
) -> None:
    keep(database, OLD, NEW)
    joined = Event()
    failures: list[StoreError] = []

    def add() -> None:
        joined.wait()
        try:
            with closing(SqlStore(url, patience=20)) as store, store.begin() as work:
                work.papers.see([make_sighting(OLD)])
        except StoreError as error:
            failures.append(error)

    other = Thread(target=add)
    other.start()
    with database.begin() as work:
        work.papers.join({"old": "new"})
        joined.set()
        other.join(timeout=0.3)
        assert other.is_alive()
    other.join()

    assert failures == []
    with database.read() as work:
        assert work.papers.sightings(["new"], until=DAY) == [make_sighting(NEW)]


def test_a_join_waits_for_who_adds_to_the_paper_and_takes_that_along(
    url: str, database: SqlStore
) -> None:
    keep(database, OLD, NEW)
    added = Event()

    def join_later() -> None:
        added.wait()
        with closing(SqlStore(url, patience=20)) as store:
            join(store, old="new")

    other = Thread(target=join_later)
    other.start()
    with database.begin() as work:
        work.papers.see([make_sighting(OLD)])
        added.set()
        other.join(timeout=0.3)
        assert other.is_alive()
    other.join()

    with database.read() as work:
        assert work.papers.sightings(["new"], until=DAY) == [make_sighting(NEW)]
