"""Every implementation of `Suppressions`, held to one contract."""

from datetime import timedelta

from digest.models.subscribers import SubscriberState, Suppression
from digest.ports import Store
from tests.factories import NOON

BOUNCED = Suppression(address_hmac="a", reason=SubscriberState.BOUNCED, at=NOON, evidence="a mail")
COMPLAINED = Suppression(
    address_hmac="a", reason=SubscriberState.COMPLAINED, at=NOON + timedelta(days=1)
)
OTHER = Suppression(address_hmac="b", reason=SubscriberState.ERASED, at=NOON)


def test_a_suppression_keeps_its_first_reason(store: Store) -> None:
    with store.begin() as work:
        work.suppressions.put([BOUNCED, COMPLAINED])
        work.suppressions.put([COMPLAINED, OTHER])
        work.suppressions.put([])

    with store.read() as work:
        assert work.suppressions.among(["a", "b", "c", "a"]) == {"a": BOUNCED, "b": OTHER}
        assert work.suppressions.among(["c"]) == {}
        assert work.suppressions.among([]) == {}


def test_what_is_lifted_may_be_suppressed_anew(store: Store) -> None:
    with store.begin() as work:
        work.suppressions.put([BOUNCED, OTHER])
        assert work.suppressions.lift("a")
        assert not work.suppressions.lift("a")
        assert not work.suppressions.lift("c")
        assert work.suppressions.among(["a", "b"]) == {"b": OTHER}
        work.suppressions.put([COMPLAINED])
        assert work.suppressions.among(["a"]) == {"a": COMPLAINED}


def test_many_are_put_and_found_at_once(store: Store) -> None:
    many = [
        Suppression(address_hmac=f"{number:04}", reason=SubscriberState.REMOVED, at=NOON)
        for number in range(1_200)
    ]
    with store.begin() as work:
        work.suppressions.put(iter(many))

    with store.read() as work:
        found = work.suppressions.among([each.address_hmac for each in many])
    assert found == {each.address_hmac: each for each in many}
