"""Addresses by the million: the common kind by pattern, the rest by the library."""

import re

import email_validator
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from digest.services.subscribe import normal_address


def spelled(text: str) -> str:
    """Return what `normal_address` does, some twenty times faster for plain ASCII addresses.

    The library looks at each letter in turn. A pattern answers for the addresses of which it
    is sure: dots and letters of RFC 5322 before the @, lower-case labels after it.
    """
    if _PLAIN.fullmatch(text) is None or len(text) > LONGEST:
        return normal_address(text)
    local, _, domain = text.partition("@")
    domain = domain.lower()
    if local.lower() in _FOLDED or domain.rpartition(".")[2] in _RESERVED:
        return normal_address(text)
    return f"{local}@{domain}"


LONGEST = 254
"""Letters of an address; the domain cannot be too long then."""

# Two hyphens side by side may be Punycode, or what must not look like it.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,62}"
_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_PLAIN = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?=[A-Za-z0-9\-]*[A-Za-z]\Z){_LABEL}",
    re.ASCII,
)
_FOLDED = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_RESERVED = frozenset(name.rpartition(".")[2] for name in email_validator.SPECIAL_USE_DOMAIN_NAMES)
