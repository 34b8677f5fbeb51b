"""Where a redirect may lead: to the same site, which is its host with or without `www.`."""

import httpx

from digest.errors import SourceRefused
from digest.sources.http.manners import is_loopback

OPEN_HEADERS = frozenset(
    {"accept", "accept-encoding", "if-modified-since", "if-none-match", "user-agent"}
)
"""What another host may see of what we send; whatever else there is may be a key."""

ALSO_NEEDED = frozenset({"connection", "content-length", "content-type", "cookie", "host"})
"""What httpx makes anew for each host."""


def followed(request: httpx.Request, redirected: httpx.Request) -> httpx.Request:
    """Return *redirected*, where *request* is sent next; raise SourceRefused if it leads away."""
    here, there = request.url, redirected.url
    if not _is_same_site(here, there):
        raise SourceRefused(
            f"{here.host} sends us to {there.host}, where we do not follow; if it has moved, set "
            "its URL in the settings."
        )
    if here.host != there.host:
        for name in set(redirected.headers) - OPEN_HEADERS - ALSO_NEEDED:
            del redirected.headers[name]
    return redirected


def _is_same_site(here: httpx.URL, there: httpx.URL) -> bool:
    upgraded = (here.scheme, there.scheme) == ("http", "https")
    downgraded = (here.scheme, there.scheme) == ("https", "http") and is_loopback(here.host)
    return (
        here.host.removeprefix("www.") == there.host.removeprefix("www.")
        and here.port == there.port
        and (here.scheme == there.scheme or upgraded or downgraded)
    )
