"""An issue for somebody we do not know."""

from digest.models.interests import Interest
from digest.services.glimpse import glimpse
from digest.services.plan import prepare
from tests.factories import DAY, NOON
from tests.fakes import MemoryStore
from tests.services.conftest import Morning


def test_it_is_chosen_as_a_readers_issue_is_and_nothing_is_kept(morning: Morning) -> None:
    made = prepare(DAY, store=morning.store, now=NOON)

    issue = glimpse(
        Interest(phrases=("squid",)), made, papers=2, store=morning.store, now=morning.clock.now()
    )

    assert issue.picks[0].paper.title == "Whales dream of squid"
    assert len(issue.picks) <= 2
    assert issue.matching == 1
    with morning.store.read() as work:
        assert not work.issues.get([issue.id])
        assert work.subscribers.count() == 2


def test_where_nothing_is_listed_there_is_nothing_in_it() -> None:
    store = MemoryStore()

    issue = glimpse(
        Interest(), prepare(DAY, store=store, now=NOON), papers=5, store=store, now=NOON
    )

    assert not issue.picks
