"""Who gets mail: add a reader, find one again."""

from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from digest.errors import AddressInvalid, InputRefused, InterestInvalid, NotFound
from digest.models.consent import Act, Consent
from digest.models.interests import Interest
from digest.models.papers import bare_arxiv_id, title_key
from digest.models.subscribers import (
    Reader,
    Subscriber,
    SubscriberState,
    Subscription,
    Wish,
    address_hmac,
)
from digest.ports import Clock, Store, Tokens, Work


def normal_address(text: str) -> str:
    """Return *text* as the one spelling of an address that we keep; raise AddressInvalid."""
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as invalid:
        shown = ascii(text[:80])
        raise AddressInvalid(f"{shown} is not an e-mail address: {invalid}") from invalid


def add_reader(
    address: str,
    wish: Wish,
    *,
    operator: str = "",
    store: Store,
    clock: Clock,
    tokens: Tokens,
) -> Reader:
    """Make *address* an active subscriber of what they *wish*; send nothing.

    The consent log says that *operator* did. Raise AddressInvalid, InterestInvalid for a seed
    that means no paper, or InputRefused where the address is known already, or suppressed.
    """
    normal = normal_address(address)
    subscriber_id = tokens.new()
    with store.begin() as work:
        key = address_hmac(normal, key=work.address_key())
        barred = work.suppressions.among([key]).get(key)
        if barred is not None and work.subscribers.by_address(key) is None:
            raise InputRefused(
                f"{normal} is never to be written to ({barred.reason}); what ends that is "
                "`digest subscribers suppress --lift`."
            )
        reader = Reader(
            subscriber=Subscriber(
                id=subscriber_id,
                address=normal,
                address_hmac=key,
                state=SubscriberState.ACTIVE,
                created_at=clock.now(),
            ),
            subscription=Subscription(
                id=tokens.new(),
                subscriber_id=subscriber_id,
                interests=(resolved(wish.interest, work),),
                paper_limit=wish.paper_limit,
                schedule=wish.schedule,
            ),
        )
        kept = work.subscribers.add(reader)
        if kept:
            work.consents.log(
                [
                    Consent(
                        subscriber_id=subscriber_id,
                        at=clock.now(),
                        act=Act.ADDED,
                        source="operator",
                        evidence={"operator": operator} if operator else {},
                    )
                ]
            )
    if not kept:
        raise InputRefused(f"{normal} is subscribed already; nothing was changed.")
    return reader


def is_zone(name: str) -> bool:
    """Return whether *name* is a time zone that the calendar knows."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    # Reading their names from disk takes longer than all else that a request does.
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """Return *name* if it is a time zone; raise InputRefused."""
    if not is_zone(name):
        raise InputRefused(f"{name!r} is not an IANA time zone such as Europe/Vienna.")
    return name


def find_reader(address: str, *, store: Store) -> Reader:
    """Return who reads at *address*; raise AddressInvalid or NotFound."""
    normal = normal_address(address)
    with store.read() as work:
        reader = work.subscribers.by_address(address_hmac(normal, key=work.address_key()))
    if reader is None:
        raise NotFound(f"Nobody is subscribed as {normal}: add them with `digest subscribers add`.")
    return reader


def resolved(interest: Interest, work: Work) -> Interest:
    """Return *interest* with each seed as an arXiv id or the id of a paper in the archive.

    Raise InterestInvalid for a seed that means no paper.
    """
    seeds = dict.fromkeys(_seed(seed, work) for seed in interest.seeds)
    return replace(interest, seeds=tuple(seeds))


def _seed(text: str, work: Work) -> str:
    if arxiv_id := bare_arxiv_id(text):
        return arxiv_id
    if work.papers.get([text]):
        return text
    titled = work.papers.sharing([f"title:{title_key(text)}"])
    if not titled:
        raise InterestInvalid(
            f"{text!r} is neither an arXiv id or link nor the title of a paper in the archive: "
            "take a listing with it in first, or name another paper."
        )
    return titled[0].id
