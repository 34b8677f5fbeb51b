"""Composing the issues of a day: who gets which papers, once."""

from datetime import date, timedelta

from digest.errors import SourceUnavailable
from digest.models.deliveries import DeliveryState
from digest.models.feedback import Feedback, Verdict
from digest.models.issues import Issue
from digest.models.subscribers import SubscriberState
from digest.ports import Store
from digest.services.collect import collect
from digest.services.ingest import ingest
from digest.services.plan import Audience, Planned, plan, prepare, rehearse
from tests.factories import DAY, NOON, make_entry, make_listing, make_reader
from tests.fakes import CannedSource
from tests.services.conftest import Morning


def _issues(store: Store, day: date = DAY) -> dict[str, Issue]:
    with store.read() as work:
        ids = [delivery.id for delivery in work.deliveries.of_day(day)]
        issues = work.issues.get(ids)
    return {issue.subscription_id: issue for issue in issues.values()}


def _titles(issue: Issue) -> list[str]:
    return [pick.paper.title for pick in issue.picks]


def test_each_reader_gets_what_suits_them_first(morning: Morning) -> None:
    assert morning.plan() == Planned(listed=3, readers=2, issues=2)

    issues = _issues(morning.store)
    assert "Whales" in _titles(issues["subscription-ada"])[0]
    assert "Bread" in _titles(issues["subscription-bob"])[0]
    assert morning.states() == {DeliveryState.PLANNED: 2}


def test_an_issue_says_what_it_was_chosen_from(morning: Morning) -> None:
    morning.list_papers("Old bread", day=DAY - timedelta(days=2))
    morning.plan()

    issue = _issues(morning.store)["subscription-ada"]

    assert issue.number == 1
    assert issue.considered == 4
    assert issue.new_papers == 3
    assert issue.matching == 2
    assert issue.composed_at == morning.clock.now()
    [source] = issue.sources
    assert (source.name, source.papers, source.latest) == ("saved pages", 4, DAY)


def test_planning_again_makes_nothing_again(morning: Morning) -> None:
    morning.plan()

    assert morning.plan() == Planned(listed=3, readers=2, issues=0, known=2)
    assert morning.states() == {DeliveryState.PLANNED: 2}


def test_a_reader_who_came_later_is_planned_for_later(morning: Morning) -> None:
    morning.plan()
    morning.add(make_reader("cleo", phrases=("squid",)))

    assert morning.plan() == Planned(listed=3, readers=3, issues=1, known=2)


def test_only_the_week_up_to_the_day_is_looked_at(morning: Morning) -> None:
    morning.list_papers("Whales a week ago", day=DAY - timedelta(days=6))
    morning.list_papers("Whales before that", day=DAY - timedelta(days=7))
    morning.list_papers("Whales of tomorrow", day=DAY + timedelta(days=1))
    morning.plan()

    titles = _titles(_issues(morning.store)["subscription-ada"])

    assert "Whales a week ago" in titles
    assert "Whales before that" not in titles
    assert "Whales of tomorrow" not in titles


def test_the_papers_own_date_plays_no_part(morning: Morning) -> None:
    old = make_entry("Whales of old", published=date(1851, 10, 18))
    ingest([make_listing(old)], DAY, store=morning.store)
    morning.plan()

    assert "Whales of old" in _titles(_issues(morning.store)["subscription-ada"])


def test_no_paper_comes_back_to_a_reader_who_got_it(morning: Morning) -> None:
    morning.plan()
    first = set(_titles(_issues(morning.store)["subscription-ada"]))
    tomorrow = DAY + timedelta(days=1)
    morning.list_papers("Whales again", day=tomorrow)

    morning.plan(tomorrow)

    second = _issues(morning.store, tomorrow)["subscription-ada"]
    assert first.isdisjoint(_titles(second))
    assert second.number == 2


def test_nothing_listed_keeps_nothing_so_that_the_day_can_be_planned_later() -> None:
    morning = Morning()
    morning.add(make_reader("ada"))

    assert morning.plan() == Planned(listed=0)
    assert morning.states() == {}
    morning.list_papers("Whales at last")
    assert morning.plan().issues == 1


def _fail(morning: Morning, source: str) -> None:
    failing = CannedSource(name=source, error=SourceUnavailable("It is out of reach."))
    collect(failing, DAY, store=morning.store, clock=morning.clock)


def test_an_empty_day_says_whose_fault_it_is() -> None:
    morning = Morning()
    _fail(morning, "Hugging Face")

    why = morning.plan().why

    assert why == ("Nothing was listed from 14 to 20 November: Hugging Face could not be reached.")


def test_an_issue_says_who_is_late_and_that_keeps_nothing_back(morning: Morning) -> None:
    _fail(morning, "arXiv")

    assert morning.plan() == Planned(listed=3, readers=2, issues=2)

    late, pages = _issues(morning.store)["subscription-ada"].sources
    assert (late.name, late.late, late.why) == ("arXiv", True, "could not be reached")
    assert (pages.name, pages.late, pages.latest) == ("saved pages", False, DAY)
    rehearsed = prepare(DAY, store=morning.store, now=morning.clock.now())
    assert rehearsed.sources == (late, pages)
    assert rehearsed.why == ""


def test_a_reader_whom_nothing_suits_is_counted_with_the_reason(morning: Morning) -> None:
    morning.plan()
    tomorrow = DAY + timedelta(days=1)

    planned = morning.plan(tomorrow)

    assert planned.empty == 2
    assert morning.states(tomorrow) == {DeliveryState.EMPTY: 2}
    with morning.store.read() as work:
        assert all(delivery.reason for delivery in work.deliveries.of_day(tomorrow))


def test_only_active_readers_are_planned_for(morning: Morning) -> None:
    morning.add(
        *(
            make_reader(f"reader-{state}", state=state)
            for state in SubscriberState
            if state != "active"
        )
    )

    assert morning.plan().readers == 2


def test_planning_for_some_leaves_the_others_for_later(morning: Morning) -> None:
    audience = Audience(only={"subscription-bob"})
    planned = plan(DAY, store=morning.store, clock=morning.clock, audience=audience)

    assert planned == Planned(listed=3, readers=1, issues=1)
    assert morning.plan() == Planned(listed=3, readers=2, issues=1, known=1)


def test_a_rehearsal_is_what_planning_makes_and_keeps_nothing(morning: Morning) -> None:
    rehearsed = {
        reader.subscription.id: _titles(issue)
        for reader, issue, _choice in rehearse(DAY, store=morning.store, clock=morning.clock)
    }
    assert morning.states() == {}

    morning.plan()

    planned = {name: _titles(issue) for name, issue in _issues(morning.store).items()}
    assert rehearsed == planned


def test_two_planners_at_once_make_each_issue_once(morning: Morning) -> None:
    def other_planner(_count: int) -> None:
        # It runs whole between two chunks of the first.
        plan(DAY, store=morning.store, clock=morning.clock)

    plan(DAY, store=morning.store, clock=morning.clock, progress=other_planner)

    assert morning.states() == {DeliveryState.PLANNED: 2}


def test_a_seed_is_found_by_its_arxiv_id(morning: Morning) -> None:
    seed = make_entry("Yeast in zero gravity", arxiv_id="2401.00001", abstract="Bread in orbit.")
    ingest([make_listing(seed, day=date(2024, 1, 5))], DAY, store=morning.store)
    reader = make_reader("cleo", phrases=())
    [interest] = reader.subscription.interests
    subscription = make_reader(
        "cleo", phrases=(), interests=(type(interest)(seeds=("2401.00001",)),)
    )
    morning.add(subscription)

    morning.plan()

    issue = _issues(morning.store)["subscription-cleo"]
    assert "Bread" in _titles(issue)[0]


def test_a_day_is_prepared_without_readers() -> None:
    morning = Morning()

    assert not prepare(DAY, store=morning.store).pool.papers


def _say(morning: Morning, reader: str, verdict: Verdict, title: str) -> None:
    with morning.store.begin() as work:
        [paper] = [one for one in work.papers.listed(DAY, DAY) if one.title == title]
        work.feedbacks.give(
            Feedback(
                subscription_id=f"subscription-{reader}",
                paper_id=paper.id,
                verdict=verdict,
                at=NOON,
            )
        )


def test_what_a_reader_wanted_more_of_counts_in_the_next_issue(morning: Morning) -> None:
    _say(morning, "ada", Verdict.MORE, "Bread rises twice without yeast")
    morning.list_papers("Yeast and bread in space", "Nothing of the kind")

    morning.plan()

    issues = _issues(morning.store)
    assert "Yeast and bread in space" in _titles(issues["subscription-ada"])
    assert "Bread rises twice without yeast" not in _titles(issues["subscription-ada"])
    assert "Bread rises twice without yeast" in _titles(issues["subscription-bob"])


def test_a_paper_that_a_reader_wanted_less_of_does_not_return(morning: Morning) -> None:
    _say(morning, "ada", Verdict.LESS, "Whales dream of squid")

    morning.plan()

    assert "Whales dream of squid" not in _titles(_issues(morning.store)["subscription-ada"])


def test_what_is_learned_is_never_written_into_a_subscription(morning: Morning) -> None:
    _say(morning, "ada", Verdict.MORE, "Bread rises twice without yeast")
    morning.plan()

    with morning.store.begin() as work:
        [ada] = work.subscribers.by_subscription(["subscription-ada"]).values()
        assert work.feedbacks.reset("subscription-ada") == 1
    assert ada.subscription == make_reader("ada", phrases=("whales",)).subscription
