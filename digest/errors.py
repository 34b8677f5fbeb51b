"""Every error we raise on purpose.

    DigestError
    ├── SettingsInvalid           a setting is missing or makes no sense
    ├── InputRefused              what a person gave us cannot be used as it is
    │   ├── AddressInvalid
    │   ├── InterestInvalid
    │   └── LinkInvalid           a token is forged, or of another purpose
    │       └── LinkExpired       … or was good for a while that is over
    ├── NotFound                  nobody, or nothing, by that name
    ├── SourceError
    │   ├── ListingUnreadable     not a listing we know: permanent
    │   ├── SourceRefused         it will not answer this, asked again or not: permanent
    │   └── SourceUnavailable     try again later: temporary
    ├── StoreError
    │   ├── StoreMissing          no database, or no tables in it
    │   ├── StoreOutdated         its tables are older than this program
    │   ├── StoreNewer            its tables are newer than this program
    │   └── StoreUnavailable      locked, full, read-only or out of reach: temporary
    ├── RenderingFailed           one mail cannot be made; the others can
    └── MailerError
        ├── EmailRefused          this mail will never be taken: permanent
        ├── EmailDeferred         this mail not now, others may be: temporary
        ├── MailerUnavailable     no mail is taken now, safe to try again: temporary
        │   └── SendingForbidden  … and none will be before somebody mends something
        └── DeliveryUncertain     it may have been taken: never try again unasked

Each carries one sentence that says what to do. Addresses and secrets stay out of it
unless the person who reads it typed them.
"""

from datetime import datetime, timedelta


class DigestError(Exception):
    """Whatever we raise on purpose; the text is one sentence for a person."""


class SettingsInvalid(DigestError):
    """A setting is missing or makes no sense."""


class InputRefused(DigestError):
    """What a person gave us cannot be used as it is."""


class AddressInvalid(InputRefused):
    """Not an address that mail can go to."""


class InterestInvalid(InputRefused):
    """An interest that says nothing, or says what we cannot use."""


class LinkInvalid(InputRefused):
    """A signed token is forged, or was made for another purpose."""


class LinkExpired(LinkInvalid):
    """A signed token was good for a while that is over, or was used before."""


class NotFound(DigestError):
    """There is nobody, or nothing, by that name."""


class SourceError(DigestError):
    """A source gave us nothing we can use."""


class ListingUnreadable(SourceError):
    """These bytes are not a listing we know; asking again will not help."""


class SourceRefused(SourceError):
    """A source will not answer this until somebody mends a key, an address or a setting."""


class SourceUnavailable(SourceError):
    """A source cannot be reached now; ask again later.

    *retry_at* is from when on, in UTC, where the source or our manners towards it say so.
    """

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class StoreError(DigestError):
    """The store cannot do what it was asked."""


class StoreMissing(StoreError):
    """There is no database there, or it has no tables yet."""


class StoreOutdated(StoreError):
    """The database was made by an older version of this program."""


class StoreNewer(StoreError):
    """The database was made by a newer version of this program."""


class StoreUnavailable(StoreError):
    """The database is locked, full, read-only or out of reach; try again later."""


class RenderingFailed(DigestError):
    """One mail cannot be made; the others can."""


class MailerError(DigestError):
    """A mail was not certainly taken.

    Where a server said why, *code* is its reply (550), *enhanced* its RFC 3463 status
    ("5.1.1") or empty, and *retry_after* how long it asked us to wait, if it did.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        enhanced: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.enhanced = enhanced
        self.retry_after = retry_after


class EmailRefused(MailerError):
    """The mail was refused for good; trying again will not help."""


class EmailDeferred(MailerError):
    """The mail was not taken now; others may be, and it is safe to try it again later."""


class MailerUnavailable(MailerError):
    """The mail was certainly not taken, and no other would be; try again later."""


class SendingForbidden(MailerUnavailable):
    """No mail of ours is taken until somebody mends a password, a setting or a policy."""


class DeliveryUncertain(MailerError):
    """The mail may have been taken; trying again could make two."""
