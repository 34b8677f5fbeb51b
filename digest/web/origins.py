"""Whether a form was sent from a page of ours, as far as a browser says so."""

from urllib.parse import urlsplit

from starlette.requests import Request


def is_foreign(request: Request, public_url: str) -> bool:
    """Return whether a browser says that *request* came from another site.

    Where it says nothing it is not: programs without a browser, and browsers of before 2020.
    Our pages send no referrer, and so a browser tells their origin as "null".
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OURS
    origin = request.headers.get("origin", "null")
    if origin == "null":
        return False
    try:
        sender = urlsplit(origin).netloc.lower()
    except ValueError:
        return True
    return sender not in {
        urlsplit(public_url).netloc.lower(),
        request.headers.get("host", "").lower(),
    } - {""}


_OURS = frozenset({"same-origin", "none"})
