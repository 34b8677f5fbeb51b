"""arXiv as a source: its feed for today, its catalogue for the days before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from digest.errors import ListingUnreadable, SourceRefused, SourceUnavailable
from digest.models.calendar import silence
from digest.models.papers import Listing, ListingKind
from digest.models.visits import Rhythm
from digest.ports import Clock, Notebook
from digest.sources.arxiv.feed import Feed, read_feed
from digest.sources.arxiv.oai import EXPIRED, NOTHING, Page, listing_of, read_page, refusal
from digest.sources.http import ARXIV, Client, Reply

PER_FEED = 10
"""How many categories are asked for in one feed, so that its address stays a short one."""

# A page of a thousand records takes arXiv a minute and more to make.
_CATALOGUE = replace(ARXIV, deadline=timedelta(minutes=5), largest=64 * 2**20)
_NO_NOTE: Mapping[str, str] = MappingProxyType({})


class Arxiv:
    """What arXiv announces in *categories*, which may be whole archives ("math")."""

    name = "arXiv"
    rhythm = Rhythm(every=timedelta(hours=1), back=3, opens=5)

    def __init__(
        self,
        client: Client,
        clock: Clock,
        notebook: Notebook,
        *,
        feed_url: str,
        oai_url: str,
        categories: Sequence[str],
    ) -> None:
        self._client = client
        self._clock = clock
        self._notebook = notebook
        self._feed_url = feed_url.rstrip("/")
        self._oai_url = oai_url
        self._categories = tuple(categories)

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield what was announced on *day* (UTC); raise SourceError where some is missing."""
        today = self._clock.now().date()
        if day > today:
            raise SourceUnavailable(_not_yet(day))
        yield from self._announced(day) if day == today else self._catalogued(day)

    def _announced(self, day: date) -> Iterator[Listing]:
        late: list[str] = []
        for start in range(0, len(self._categories), PER_FEED):
            yield from self._feed(self._categories[start : start + PER_FEED], day, late)
        if late:
            raise SourceUnavailable(late[0])

    def _feed(self, categories: Sequence[str], day: date, late: list[str]) -> Iterator[Listing]:
        """Yield what the feed of *categories* brings, and put into *late* what it should have.

        It is noted only when all of that was taken in: who asks went on.
        """
        query = "+".join(categories)
        key = f"arXiv feed {query}"
        note = self._notebook.read(key)
        reply = self._ask(query, note)
        if reply.status == _NOT_MODIFIED:
            yield from self._nothing_new(_noted(note, "day"), day, late)
            return
        feed = self._read(reply, query)
        announced = feed.listing.day or day
        if _is_stale(feed, announced, note):
            yield from self._stale(note, day, late)
            return
        overdue = len(late)
        if announced >= day or not _is_taken(feed, announced, note):
            yield feed.listing
            if feed.is_full and len(categories) > 1:
                # What arXiv leaves out are new papers, which the feeds of fewer categories have.
                half = len(categories) // 2
                yield from self._feed(categories[:half], day, late)
                yield from self._feed(categories[half:], day, late)
        if feed.is_cut:
            late.append("arXiv's feed broke off in the middle; it is asked again later.")
        if feed.is_cut or (announced >= day and len(late) > overdue):
            return
        self._notebook.write(key, _note(feed, announced, reply, note))
        yield from self._nothing_new(announced, day, late)

    def _ask(self, query: str, note: Mapping[str, str]) -> Reply:
        etag = note.get("etag", "")
        return self._client.get(
            f"{self._feed_url}/rss/{query}",
            manners=ARXIV,
            # arXiv's ETag has no quotation marks, and is echoed as it came.
            headers={"If-None-Match": etag} if etag else {},
            accept=(_BAD_REQUEST,),
        )

    def _read(self, reply: Reply, query: str) -> Feed:
        try:
            feed = read_feed(reply.content, seen_at=self._clock.now())
        except ListingUnreadable as problem:
            raise _unread(reply, problem) from problem
        if reply.status == _BAD_REQUEST:
            raise SourceRefused(
                f"arXiv refuses the feed of {query}; correct the categories in the settings."
            )
        return feed

    def _nothing_new(self, announced: date | None, day: date, late: list[str]) -> Iterator[Listing]:
        """Yield an empty listing where arXiv is silent on *day*, and nothing where it is taken."""
        if announced is not None and announced >= day:
            return
        if silence(self.name, day):
            yield self._empty(day)
        else:
            late.append(_not_yet(day))

    def _stale(self, note: Mapping[str, str], day: date, late: list[str]) -> Iterator[Listing]:
        """As `_nothing_new`, for a feed of today that holds the papers of another day."""
        if silence(self.name, day):
            yield self._empty(day)
        else:
            held = _said(_noted(note, "papers_day") or day)
            late.append(f"arXiv's feed still holds the papers of {held}; it is asked again later.")

    def _empty(self, day: date) -> Listing:
        return Listing(
            kind=ListingKind.FEED,
            source=self.name,
            day=day,
            entries=(),
            seen_at=self._clock.now(),
        )

    def _catalogued(self, day: date) -> Iterator[Listing]:
        known: set[str] = set()
        for name in sets_of(self._categories):
            yield from self._list(name, day, known)

    def _list(self, name: str, day: date, known: set[str]) -> Iterator[Listing]:
        """Yield the pages of a list, of records that are not *known* from another page.

        Pages overlap at their edges. A list whose token has run out begins anew, once.
        """
        start = {
            "verb": "ListRecords",
            "metadataPrefix": "arXiv",
            "from": day.isoformat(),
            "until": day.isoformat(),
            "set": name,
        }
        parameters, tokens, again = start, set[str](), False
        while True:
            page = self._page(parameters)
            if page.code == EXPIRED and not again:
                parameters, tokens, again = start, set(), True
                continue
            if page.code == NOTHING:
                return
            if page.code:
                raise refusal(page)
            fresh = [record for record in page.records if record.identifier not in known]
            known.update(record.identifier for record in fresh)
            yield listing_of(
                page,
                fresh,
                day=day,
                categories=self._categories,
                seen_at=self._clock.now(),
            )
            if page.is_cut:
                raise SourceUnavailable(
                    "arXiv's catalogue broke off in the middle; it is asked again later."
                )
            if not page.token:
                return
            if page.token in tokens:
                raise SourceUnavailable(
                    "arXiv's catalogue leads from a page back to it; it is asked again later."
                )
            tokens.add(page.token)
            parameters = {"verb": "ListRecords", "resumptionToken": page.token}

    def _page(self, parameters: Mapping[str, str]) -> Page:
        reply = self._client.get(self._oai_url, manners=_CATALOGUE, parameters=parameters)
        try:
            return read_page(reply.content)
        except ListingUnreadable as problem:
            raise _unread(reply, problem) from problem


_NOT_MODIFIED, _BAD_REQUEST = 304, 400


def sets_of(categories: Sequence[str]) -> tuple[str, ...]:
    """Return the sets of the catalogue in which *categories* are, those of whole archives.

    A set of each category would be one slow list each, with most papers in several.
    """
    archives = (name.partition(".")[0].lower() for name in categories)
    return tuple(
        dict.fromkeys(f"physics:{name}" if name in _OF_PHYSICS else name for name in archives)
    )


_OF_PHYSICS = frozenset(
    {
        "astro-ph",
        "cond-mat",
        "gr-qc",
        "hep-ex",
        "hep-lat",
        "hep-ph",
        "hep-th",
        "math-ph",
        "nlin",
        "nucl-ex",
        "nucl-th",
        "physics",
        "quant-ph",
    }
)


def _is_stale(feed: Feed, announced: date, note: Mapping[str, str]) -> bool:
    """Return whether *feed* holds just what it held on an earlier day."""
    held = _noted(note, "papers_day")
    return (
        held is not None
        and held < announced
        and feed.fingerprint != ""
        and feed.fingerprint == note.get("papers")
    )


def _is_taken(feed: Feed, announced: date, note: Mapping[str, str]) -> bool:
    if feed.fingerprint:
        return announced == _noted(note, "papers_day") and feed.fingerprint == note.get("papers")
    return announced == _noted(note, "day")


def _note(
    feed: Feed, announced: date, reply: Reply, before: Mapping[str, str]
) -> Mapping[str, str]:
    """Return what to remember of a feed; an empty one does not make us forget the last papers."""
    note = {"etag": reply.headers.get("etag", ""), "day": announced.isoformat()}
    if feed.fingerprint:
        return note | {"papers": feed.fingerprint, "papers_day": announced.isoformat()}
    return note | {name: before[name] for name in ("papers", "papers_day") if name in before}


def _noted(note: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(note.get(name, ""))
    except ValueError:
        return None


def _unread(reply: Reply, problem: ListingUnreadable) -> SourceUnavailable | ListingUnreadable:
    """Return *problem*, unless the connection is to blame for it."""
    if reply.whole and reply.content:
        return problem
    return SourceUnavailable("arXiv's answer broke off at once; it is asked again later.")


def _not_yet(day: date) -> str:
    return f"arXiv has not announced the papers of {_said(day)} yet; it is asked again later."


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"
