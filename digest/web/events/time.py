"""How old a signed request may be."""

from datetime import UTC, datetime, timedelta

from digest.web.webhooks.proofs import TOLERANCE, Unproved


def signed_at(stamp: str, *, now: datetime, age: timedelta) -> None:
    """Raise Unproved unless *stamp*, seconds since 1970, is at most *age* ago."""
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > _DIGITS:
        raise Unproved("The time it was signed at is not a number.")
    recent(datetime.fromtimestamp(int(stamp), tz=UTC), now=now, age=age)


_DIGITS = 11


def recent(moment: datetime, *, now: datetime, age: timedelta) -> None:
    """Raise Unproved unless *moment* is at most *age* before *now*, and hardly after it."""
    if not -TOLERANCE <= now - moment <= age:
        raise Unproved("It was signed too long ago, or the clock of this machine is wrong.")
