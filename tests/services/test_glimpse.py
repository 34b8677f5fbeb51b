"""What somebody we do not know would get."""

from digest.models.interests import Interest
from digest.services.glimpse import glimpse
from digest.services.plan import prepare
from tests.factories import DAY, NOON
from tests.fakes import MemoryStore
from tests.services.conftest import Morning


def test_it_is_chosen_as_a_readers_issue_is_and_nothing_is_kept(morning: Morning) -> None:
    made = prepare(DAY, store=morning.store, now=NOON)

    choice = glimpse(Interest(phrases=("squid",)), made, papers=2, store=morning.store)

    assert choice.picks[0].paper.title == "Whales dream of squid"
    assert len(choice.picks) <= 2
    assert choice.matching == 1
    with morning.store.read() as work:
        assert work.subscribers.count() == 2


def test_where_nothing_is_listed_there_is_nothing_in_it() -> None:
    store = MemoryStore()
    made = prepare(DAY, store=store, now=NOON)

    assert not glimpse(Interest(seeds=("2511.00001",)), made, papers=5, store=store).picks
