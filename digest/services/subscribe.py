"""Who gets mail: add a reader, find one again."""

from dataclasses import dataclass, field, replace
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from digest.errors import AddressInvalid, InputRefused, NotFound
from digest.models.interests import Interest
from digest.models.papers import bare_arxiv_id
from digest.models.subscribers import (
    Reader,
    Schedule,
    Subscriber,
    SubscriberState,
    Subscription,
    address_hmac,
)
from digest.ports import Clock, Store, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for when they subscribe."""

    interest: Interest
    paper_limit: int = 10
    schedule: Schedule = field(default_factory=Schedule)


def normal_address(text: str) -> str:
    """Return *text* as the one spelling of an address that we keep; raise AddressInvalid."""
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized
    except EmailNotValidError as invalid:
        shown = ascii(text[:80])
        raise AddressInvalid(f"{shown} is not an e-mail address: {invalid}") from invalid


def add_reader(address: str, wish: Wish, *, store: Store, clock: Clock, tokens: Tokens) -> Reader:
    """Make *address* an active subscriber of what they *wish*; send nothing.

    Raise AddressInvalid, or InputRefused where the address is known already.
    """
    normal = normal_address(address)
    subscriber_id = tokens.new()
    with store.begin() as work:
        reader = Reader(
            subscriber=Subscriber(
                id=subscriber_id,
                address=normal,
                address_hmac=address_hmac(normal, key=work.address_key()),
                state=SubscriberState.ACTIVE,
                created_at=clock.now(),
            ),
            subscription=Subscription(
                id=tokens.new(),
                subscriber_id=subscriber_id,
                interests=(_with_bare_ids(wish.interest),),
                paper_limit=wish.paper_limit,
                schedule=wish.schedule,
            ),
        )
        kept = work.subscribers.add(reader)
    if not kept:
        raise InputRefused(f"{normal} is subscribed already; nothing was changed.")
    return reader


def known_zone(name: str) -> str:
    """Return *name* if it is a time zone; raise InputRefused."""
    if name not in available_timezones():
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


def _with_bare_ids(interest: Interest) -> Interest:
    """Return *interest* with each seed that is an arXiv id or link as its version-less id."""
    seeds = tuple(bare_arxiv_id(seed) or seed for seed in interest.seeds)
    return replace(interest, seeds=tuple(dict.fromkeys(seeds)))
