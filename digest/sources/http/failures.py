"""What went wrong on the way to a host, in one sentence for a person."""

import ssl
from collections.abc import Iterator
from socket import gaierror

import httpx


def explained(error: httpx.TransportError, host: str) -> str:
    """Return what *error* means for whoever wants to hear from *host*."""
    causes = list(_causes(error))
    for kind, sentence in _SENTENCES:
        for cause in causes:
            if isinstance(cause, kind):
                return sentence.format(host=host, why=getattr(cause, "verify_message", ""))
    return f"{host} cannot be reached now."


def is_lasting(error: httpx.TransportError) -> bool:
    """Return whether the next attempt would fail in the same way, as with a bad certificate."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "The certificate of {host} cannot be trusted: {why}."),
    (ssl.SSLError, "No safe connection to {host} came about, so its certificate is not trusted."),
    (gaierror, "{host} cannot be found (no network?)."),
    (ConnectionRefusedError, "{host} takes no connections now."),
    (httpx.ProxyError, "The proxy does not let us through to {host}."),
    (httpx.TimeoutException, "{host} did not answer in time."),
    (httpx.RemoteProtocolError, "{host} did not answer as a web server does."),
)
"""What is said of each cause; the first that is among an error's causes counts."""
