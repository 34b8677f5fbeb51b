"""Adding a reader, and finding one again however the address is spelled."""

import pytest

from digest.errors import AddressInvalid, InputRefused, InterestInvalid, NotFound
from digest.models.consent import Act
from digest.models.interests import Interest
from digest.models.subscribers import Reader, SubscriberState, Suppression, Wish, address_hmac
from digest.services.subscribe import add_reader, find_reader, normal_address
from tests.factories import KEY, NOON, make_paper
from tests.fakes import CountingTokens, MemoryStore, StoppedClock


def _add(address: str, store: MemoryStore, interest: Interest | None = None) -> Reader:
    return add_reader(
        address,
        Wish(interest=interest or Interest(phrases=("whales",))),
        operator="grace",
        store=store,
        clock=StoppedClock(),
        tokens=CountingTokens(),
    )


def test_a_reader_is_active_at_once_and_found_again() -> None:
    store = MemoryStore()

    reader = _add("ada@example.org", store)

    assert reader.subscriber.state is SubscriberState.ACTIVE
    assert find_reader("ada@example.org", store=store) == reader


def test_the_consent_log_says_that_the_operator_added_them() -> None:
    store = MemoryStore()

    reader = _add("ada@example.org", store)

    with store.read() as work:
        [act] = work.consents.of(reader.subscriber.id)
    assert (act.act, act.source, act.evidence) == (Act.ADDED, "operator", {"operator": "grace"})


def test_an_address_that_is_never_to_be_written_to_is_not_added() -> None:
    store = MemoryStore()
    key = address_hmac("ada@example.org", key=KEY)
    with store.begin() as work:
        gone = Suppression(address_hmac=key, reason=SubscriberState.ERASED, at=NOON)
        work.suppressions.put([gone])

    with pytest.raises(InputRefused, match="never to be written to"):
        _add("ada@example.org", store)

    with store.read() as work:
        assert work.subscribers.count() == 0


@pytest.mark.parametrize("spelling", ["ADA@example.org", "ada@EXAMPLE.org", "Ada@Example.Org"])
def test_case_makes_no_second_reader(spelling: str) -> None:
    store = MemoryStore()
    _add("ada@example.org", store)

    with pytest.raises(InputRefused, match="subscribed already; nothing was changed"):
        _add(spelling, store)

    assert find_reader(spelling, store=store).subscriber.address == "ada@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example..org",
        "a b@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "x" * 65 + "@example.org",
        "ada@" + "x" * 320 + ".org",
    ],
)
def test_a_bad_address_is_refused_in_one_sentence(address: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        normal_address(address)

    assert "is not an e-mail address" in str(caught.value)
    assert str(caught.value).isprintable()


def test_an_international_address_is_kept_in_one_spelling() -> None:
    assert normal_address("ada@bücher.example") == normal_address("ada@xn--bcher-kva.example")


def test_nobody_by_that_name_says_what_to_do() -> None:
    with pytest.raises(NotFound, match="digest subscribers add"):
        find_reader("grace@example.org", store=MemoryStore())


def test_seeds_are_kept_without_version_or_link() -> None:
    seeds = ("https://arxiv.org/abs/2611.00001v2", "2611.00001", "cs/0112017v1")

    reader = _add("ada@example.org", MemoryStore(), Interest(seeds=seeds))

    [interest] = reader.subscription.interests
    assert interest.seeds == ("2611.00001", "cs/0112017")


def test_a_seed_may_be_a_title_or_an_id_of_the_archive() -> None:
    store = MemoryStore()
    paper = make_paper("On S$^3$")
    with store.begin() as work:
        work.papers.keep([paper])

    reader = _add("ada@example.org", store, Interest(seeds=("on s³", paper.id)))

    [interest] = reader.subscription.interests
    assert interest.seeds == (paper.id,)


def test_a_seed_that_means_no_paper_is_refused_and_nobody_is_added() -> None:
    store = MemoryStore()

    with pytest.raises(InterestInvalid, match="neither an arXiv id or link nor the title"):
        _add("ada@example.org", store, Interest(seeds=("garbage, not a paper",)))

    with store.read() as work:
        assert work.subscribers.count() == 0
