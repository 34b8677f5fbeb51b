"""One feed, asked for at its address."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from digest.errors import SourceUnavailable
from digest.models.papers import Listing
from digest.models.visits import Rhythm
from digest.ports import Clock, Notebook
from digest.sources.feeds.mending import is_cut
from digest.sources.feeds.parsing import parse_feed
from digest.sources.http import Client, Reply, manners_of


class Feed:
    """What the feed at *url*, known to people as *name*, has that it had not before."""

    rhythm = Rhythm(every=timedelta(hours=3), back=0)

    def __init__(
        self, client: Client, clock: Clock, notebook: Notebook, *, name: str, url: str
    ) -> None:
        self.name = name
        self._client = client
        self._clock = clock
        self._notebook = notebook
        self._url = url
        # An address may hold a secret, and what is noted is read by more people than settings.
        self._key = f"feed:{hashlib.sha256(url.encode()).hexdigest()[:32]}"

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield what the feed holds now as the listing of *day*, nothing if it did not change.

        A feed has no history: for a day before today nothing is yielded. Raise SourceError;
        what is whole of an answer that broke off is yielded first.
        """
        now = self._clock.now()
        if day < now.date():
            return
        reply = self._client.get(
            self._url, manners=manners_of(self._url), headers=self._conditions()
        )
        if reply.status == _NOT_MODIFIED:
            return
        yield parse_feed(reply.content, name=self.name, day=day, seen_at=now)
        if not reply.whole:
            raise SourceUnavailable(
                f"{self.name} broke off in the middle; what is whole of it was taken in, "
                "and it will be asked again."
            )
        # The server may have stopped early and not known it: then we want the rest next time.
        if not is_cut(reply.content):
            self._notebook.write(self._key, _validators(reply))

    def _conditions(self) -> dict[str, str]:
        note = self._notebook.read(self._key)
        return {condition: note[name] for name, condition in _CONDITIONS.items() if note.get(name)}


_NOT_MODIFIED = 304
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def _validators(reply: Reply) -> dict[str, str]:
    return {name: reply.headers[name] for name in _CONDITIONS if reply.headers.get(name)}
