"""Where a request came from, as far as we may believe it, and never to be read back."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request

Address = IPv4Address | IPv6Address


class Networks:
    """Names networks by an HMAC under *key*; *trusted* are the proxies whose word counts.

    A *key* that a store has to be asked for is asked for when the first network is named.
    """

    def __init__(self, key: bytes | Callable[[], bytes], trusted: Sequence[str]) -> None:
        self._given = key
        self._trusted = [ip_network(proxy, strict=False) for proxy in trusted]

    @cached_property
    def _key(self) -> bytes:
        return self._given() if callable(self._given) else self._given

    def name(self, request: Request) -> str:
        """Return the name of the network that *request* came from, "" where that is unknown."""
        address = self._origin(request)
        if address is None:
            return ""
        if isinstance(address, IPv6Address):
            # One household, or one rented server, has a whole /64 to come from.
            shown = str(IPv6Network((address, 64), strict=False))
        else:
            shown = str(address)
        return hmac.new(self._key, f"network|{shown}".encode(), hashlib.sha256).hexdigest()[:32]

    def _origin(self, request: Request) -> Address | None:
        """Return the nearest address that no proxy of ours has.

        What stands further left in X-Forwarded-For may have been written by anybody.
        """
        address = _parsed(request.client.host) if request.client else None
        hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed([one.strip() for one in hops if one.strip()]):
            if address is None or not self._is_ours(address):
                break
            address = _parsed(hop)
        return address

    def _is_ours(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _parsed(text: str) -> Address | None:
    """Return the address that *text* is, with or without brackets and a port."""
    host = text
    if text.startswith("["):
        host = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        host = text.partition(":")[0]
    try:
        # Which of its own interfaces a proxy means is nothing to us.
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
