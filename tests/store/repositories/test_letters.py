"""Every implementation of `Letters`, held to one contract."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.errors import StoreError
from digest.models.deliveries import Claim
from digest.models.letters import ELSEWHERE, Letter, LetterKind
from digest.ports import Store
from tests.factories import NOON, make_reader

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _readers(store: Store) -> None:
    with store.begin() as work:
        work.subscribers.add(make_reader("ada"))


def letter(id_: str = "1", *, minutes: int = 0, **words: str) -> Letter:
    return Letter(
        id=id_,
        kind=LetterKind.CONFIRM,
        subscriber_id="subscriber-ada",
        address="ada@example.org",
        subject_id="signup",
        created_at=NOON + minutes * MINUTE,
        words=words,
    )


def queue(store: Store, *letters: Letter) -> None:
    with store.begin() as work:
        work.letters.queue(letters)


def take(
    store: Store, fence: str = "f", *, minutes: int = 0, limit: int = 9, lease: int = 5
) -> list[Letter]:
    at = NOON + minutes * MINUTE
    claim = Claim(fence=fence, at=at, lease_until=at + lease * MINUTE)
    with store.begin() as work:
        return list(work.letters.take(claim, limit=limit))


def put_back(
    store: Store,
    retry_at: datetime | None,
    *,
    id_: str = "1",
    fence: str = "f",
    tried: bool = True,
) -> None:
    with store.begin() as work:
        work.letters.put_back(id_, fence=fence, retry_at=retry_at, tried=tried)


def sent(store: Store, id_: str = "1", *, fence: str = "f") -> None:
    with store.begin() as work:
        work.letters.sent(id_, fence=fence, at=NOON)


def test_letters_come_as_queued_oldest_first(store: Store) -> None:
    letters = [
        letter("3", name="Ada \u0141.", first="2026-11-20T07:00:00+00:00"),
        letter("4"),
        letter("1", minutes=1),
        letter("2", minutes=2),
    ]
    queue(store, *reversed(letters))
    queue(store, letter("3", name="Eve"))
    queue(store)

    assert take(store, limit=1) == letters[:1]
    assert take(store, "g") == letters[1:]
    assert take(store, "h") == []


def test_who_holds_a_letter_has_it_until_the_lease_ends(store: Store) -> None:
    queue(store, letter())

    assert take(store, "f", lease=5) == [letter()]
    assert take(store, "g", minutes=4) == []
    assert take(store, "g", minutes=5) == [letter()]
    # Whose lease lapsed has nothing more to say.
    sent(store, fence="f")
    put_back(store, None, fence="f")
    assert take(store, "h", minutes=10) == [letter()]


def test_a_letter_that_was_sent_is_done(store: Store) -> None:
    queue(store, letter(), letter("2"))
    take(store)

    sent(store)

    assert take(store, "g", minutes=99) == [letter("2")]
    put_back(store, NOON, fence="f")
    assert take(store, "h", minutes=999) == [letter("2")]
    with store.read() as work:
        assert work.letters.recipient("1") == "subscriber-ada"
        assert work.letters.recipient("3") is None


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_elsewhere_went_to_nobodys_address(store: Store, kind: LetterKind) -> None:
    queue(store, replace(letter(), kind=kind))

    with store.read() as work:
        found = work.letters.recipient("1")
    assert found == (None if kind in ELSEWHERE else "subscriber-ada")


def test_a_letter_waits_until_it_may_be_tried_again(store: Store) -> None:
    queue(store, letter())
    take(store)

    put_back(store, NOON + 10 * MINUTE)

    assert take(store, "g", minutes=9) == []
    assert take(store, "g", minutes=10) == [replace(letter(), attempts=1)]
    put_back(store, NOON, fence="g", tried=False)
    assert take(store, "h") == [replace(letter(), attempts=1)]
    put_back(store, NOON, fence="h")
    assert take(store, "i") == [replace(letter(), attempts=2)]


def test_a_letter_that_is_given_up_never_comes_again(store: Store) -> None:
    queue(store, letter())
    take(store)

    put_back(store, None)

    assert take(store, "g", minutes=99) == []
    put_back(store, NOON)
    assert take(store, "g", minutes=99) == []


def test_only_its_holder_may_say_what_became_of_a_letter(store: Store) -> None:
    queue(store, letter())
    sent(store, fence="")
    take(store, "f")

    sent(store, fence="g")
    put_back(store, NOON, fence="g")
    put_back(store, NOON, id_="2", fence="f")

    assert take(store, "h", minutes=4) == []
    put_back(store, NOON, fence="f", tried=False)
    assert take(store, "h") == [letter()]


def test_a_letter_to_nobody_is_refused(store: Store) -> None:
    with pytest.raises(StoreError), store.begin() as work:
        work.letters.queue([replace(letter(), subscriber_id="nobody")])


def test_many_letters_are_queued_and_taken(store: Store) -> None:
    queue(store, *(letter(f"{number:04}", minutes=-number) for number in range(1_200)))

    assert [each.id for each in take(store, limit=700)] == [
        f"{number:04}" for number in range(1_199, 499, -1)
    ]
    assert len(take(store, "g", limit=700)) == 500
