"""What arXiv's export API knows of single papers: comments, journals, versions, first days."""

from collections.abc import Iterator, Sequence

from digest.errors import ListingUnreadable, SourceRefused, SourceUnavailable
from digest.models.papers import Listing, bare_arxiv_id
from digest.ports import Clock
from digest.sources.arxiv.api import read_reply
from digest.sources.http import ARXIV, Client

BATCH = 100
"""How many papers are asked for at once."""


class ArxivDetails:
    """Details of papers by their arXiv ids, as updates of what we have."""

    def __init__(self, client: Client, *, api_url: str, clock: Clock) -> None:
        self._client = client
        self._url = f"{api_url.rstrip('/')}/api/query"
        self._clock = clock

    def look_up(self, arxiv_ids: Sequence[str]) -> Iterator[Listing]:
        """Yield updates of the papers of those ids that arXiv knows; raise SourceError."""
        # One id that is none makes arXiv refuse them all.
        ids = list(dict.fromkeys(filter(None, map(bare_arxiv_id, arxiv_ids))))
        for start in range(0, len(ids), BATCH):
            yield from self._batch(ids[start : start + BATCH])

    def _batch(self, ids: Sequence[str]) -> Iterator[Listing]:
        reply = self._client.get(
            self._url,
            manners=ARXIV,
            parameters={"id_list": ",".join(ids), "max_results": str(len(ids))},
            accept=(_BAD_REQUEST,),
        )
        try:
            answer = read_reply(reply.content, seen_at=self._clock.now())
        except ListingUnreadable as problem:
            if reply.whole and reply.content:
                raise
            raise SourceUnavailable(
                "arXiv's API broke off at once; it is asked again later."
            ) from problem
        if reply.status == _BAD_REQUEST:
            raise SourceRefused("arXiv's API refuses what it was asked, and does not say why.")
        if answer.listing.entries:
            yield answer.listing
        if answer.is_cut or (answer.total and not answer.listing.entries):
            raise SourceUnavailable(
                "arXiv's API left out papers that it has; it is asked again later."
            )


_BAD_REQUEST = 400
