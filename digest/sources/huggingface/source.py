"""Hugging Face's service, asked for the list of a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from digest.errors import SourceError, SourceUnavailable
from digest.models.papers import Listing
from digest.models.visits import Rhythm
from digest.ports import Clock
from digest.sources.http import HUGGING_FACE, Client
from digest.sources.huggingface.daily import SOURCE, listing_of, rows_in, whole_rows
from digest.sources.huggingface.rows import row_of

PAGE = 100
"""Rows of one answer: the most it gives."""

_PAGES = 20
_NO_SUCH_DAY = 400


class HuggingFace:
    """Daily Papers, asked page by page until one is not full.

    People vote for weeks, so a day is asked for again. A *token* allows more requests.
    """

    name = SOURCE
    rhythm = Rhythm(every=timedelta(hours=1), back=14)

    def __init__(
        self, client: Client, clock: Clock, *, url: str = "https://huggingface.co", token: str = ""
    ) -> None:
        self._client = client
        self._clock = clock
        self._address = f"{url.rstrip('/')}/api/daily_papers"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield the one listing of *day*, without entries where nothing was put on it.

        Raise SourceUnavailable for a day that has not begun (UTC) and, after what came, where
        more is missing; ListingUnreadable for an answer that is no list.
        """
        if day > self._clock.now().date():
            begins = datetime.combine(day, time(), tzinfo=UTC)
            raise SourceUnavailable(_no_list_yet(day), retry_at=begins)
        rows: list[object] = []
        problem: SourceError | None = None
        try:
            for number in range(_PAGES):
                if not self._read_page(day, number, rows):
                    break
            else:
                raise SourceUnavailable(f"{SOURCE}'s list goes on after {len(rows)} rows.")
        except SourceError as error:
            if not rows:
                raise
            problem = error
        listing = listing_of(rows, day=day, seen_at=self._clock.now())
        yield listing
        if problem:
            raise SourceUnavailable(
                f"Only {len(listing.entries)} papers of {day} came: {problem}",
                retry_at=getattr(problem, "retry_at", None),
            ) from problem

    def _read_page(self, day: date, number: int, rows: list[object]) -> bool:
        """Add page *number*, from 0, of *day* to *rows*; return whether another may follow."""
        reply = self._client.get(
            self._address,
            manners=HUGGING_FACE,
            parameters={"date": f"{day}", "limit": f"{PAGE}", "p": f"{number}"},
            headers=self._headers,
            accept=(_NO_SUCH_DAY,),
        )
        if reply.status == _NO_SUCH_DAY:
            raise SourceUnavailable(_no_list_yet(day))
        if not reply.whole:
            rows += whole_rows(reply.content)
            raise SourceUnavailable(f"{SOURCE}'s answer broke off; ask again later.")
        page = rows_in(reply.content, day=day)
        new = _identities(page, day) - _identities(rows, day)
        # A service that does not know of pages would send the first one for ever.
        if new or not number:
            rows += page
        return bool(new) and len(page) >= PAGE


def _identities(rows: list[object], day: date) -> set[str]:
    """Return which papers *rows* put on the list of *day*."""
    papers = (row_of(row, line) for line, row in enumerate(rows, start=1))
    return {row.identity for row in papers if row and row.day in (None, day)}


def _no_list_yet(day: date) -> str:
    return f"{SOURCE} has no list of {day} yet."
