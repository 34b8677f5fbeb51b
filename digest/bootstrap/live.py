"""Settings → the sources that are asked over the network, with the one client they ask through."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from digest import __version__
from digest.errors import SourceUnavailable
from digest.ports import AuthorDirectory, Clock, Details, Source, Store, Tokens, Turns
from digest.settings import Settings, feed_name_and_url
from digest.sources.arxiv import Arxiv, ArxivDetails
from digest.sources.authors import OpenAlex, SemanticScholar
from digest.sources.feeds import Feed
from digest.sources.http import Client, manners_of, user_agent
from digest.sources.huggingface import HuggingFace
from digest.sources.notebook import StoreNotebook
from digest.sources.turns import RedisTurns, StoreTurns


class Live:
    """Sources, details and author directories, each made when it is first asked for."""

    def __init__(self, settings: Settings, *, store: Store, clock: Clock, tokens: Tokens) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._tokens = tokens

    @cached_property
    def client(self) -> Client:
        """The one polite client."""
        settings, pace = self._settings, self._settings.pace_seconds
        return Client(
            user_agent=user_agent(__version__, settings.contact, settings.public_url),
            turns=self._turns,
            clock=self._clock,
            tokens=self._tokens,
            pause=None if pace is None else timedelta(seconds=pace),
        )

    def fetch(self, url: str) -> bytes:
        """Return what is at *url*; raise SourceError where that is nothing, or not all of it."""
        reply = self.client.get(url, manners=manners_of(url))
        if not reply.whole:
            raise SourceUnavailable("The connection ended before the answer did; ask again later.")
        return reply.content

    @cached_property
    def _turns(self) -> Turns:
        """Whose turn it is: known to Redis where there is one, else to the database."""
        broker = self._settings.broker_url
        if broker.startswith(("redis://", "rediss://")):
            return RedisTurns(broker)
        return StoreTurns(self._store)

    @cached_property
    def sources(self) -> Mapping[str, tuple[Source, ...]]:
        """Every source of papers, by the name that commands and settings know it by."""
        settings, notebook = self._settings, StoreNotebook(self._store)
        feeds = map(feed_name_and_url, settings.feeds)
        return {
            "huggingface": (
                HuggingFace(
                    self.client,
                    self._clock,
                    url=settings.huggingface_url,
                    token=settings.huggingface_token,
                ),
            ),
            "arxiv": (
                Arxiv(
                    self.client,
                    self._clock,
                    notebook,
                    feed_url=settings.arxiv_feed_url,
                    oai_url=settings.arxiv_oai_url,
                    categories=settings.arxiv_categories,
                ),
            ),
            "feeds": tuple(
                Feed(self.client, self._clock, notebook, name=name, url=url) for name, url in feeds
            ),
        }

    @cached_property
    def details(self) -> Details:
        """Who knows more of a paper of arXiv than the listing that announced it."""
        return ArxivDetails(self.client, api_url=self._settings.arxiv_api_url, clock=self._clock)

    @cached_property
    def directories(self) -> tuple[AuthorDirectory, ...]:
        """Who knows authors; the first is believed where both do."""
        settings = self._settings
        return (
            SemanticScholar(
                self.client,
                url=settings.semantic_scholar_url,
                key=settings.semantic_scholar_key,
            ),
            OpenAlex(self.client, url=settings.openalex_url, key=settings.openalex_key),
        )

    def close(self) -> None:
        """Let go of connections."""
        if "client" in self.__dict__:
            self.client.close()
