"""What is known of papers, and of those who tell us about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from digest.models.papers import AuthorFigures, Byline, Paper, Sighting
from digest.models.visits import Visit


class Papers(Protocol):
    """The archive."""

    def alone(self) -> None:
        """Wait for whoever takes papers in, and let nobody else do so till the block ends.

        Of two who read the same papers at once, and write them, one would undo the other.
        """

    def sharing(self, keys: Collection[str]) -> Sequence[Paper]:
        """Return every paper that has one of the identity *keys*, oldest first."""

    def keep(self, papers: Iterable[Paper]) -> None:
        """Insert *papers*, or replace those of the same id, with their identity keys."""

    def join(self, gone: Mapping[str, str]) -> None:
        """Let the paper of each key turn out to be that of its value, which has been kept.

        Its sightings and picks become the other's, and `get` still knows it by its old id.
        """

    def see(self, sightings: Iterable[Sighting]) -> int:
        """Add the *sightings* we did not have, and counts they lacked; return how many are new."""

    def last_seen(self, source: str, listed_on: date) -> Mapping[str, Sighting]:
        """Return the latest sighting of each paper in that listing, by paper id."""

    def seen_at(self, source: str, ids: Collection[str]) -> frozenset[str]:
        """Return those of *ids* that *source* has ever listed."""

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]:
        """Return the papers of *ids* that we have, by the id they were asked by."""

    def page(self, *, after: str, limit: int) -> Sequence[Paper]:
        """Return the first *limit* papers with an id above *after*, in order of it."""

    def search(self, words: Sequence[str], *, limit: int) -> Sequence[Paper]:
        """Return papers whose title, abstract, authors or ids have all *words*, newest first."""

    def lacking_details(self, since: date, *, limit: int) -> Sequence[Paper]:
        """Return papers of arXiv listed since then whose categories nobody has told."""

    def lacking_authors(
        self, since: date, *, asked_before: datetime, limit: int
    ) -> Sequence[Paper]:
        """Return papers listed since then whose authors nobody looked up since *asked_before*.

        Those with the most upvotes come first.
        """

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        """Return the papers that stood in a listing from *first* to *last*, by id."""

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        """Return all sightings of *ids* listed up to *until*, oldest first."""

    def archive(self, limit: int) -> Sequence[Paper]:
        """Return the *limit* papers we came to know last, newest first."""

    def count(self) -> int: ...

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None: ...

    def keep_bylines(self, bylines: Iterable[Byline], *, seen_at: datetime) -> None:
        """Keep the figures of all authors, and who of them wrote which paper."""

    def asked_authors(self, paper_ids: Collection[str], *, asked_at: datetime) -> None:
        """Note that the authors of those papers were looked up, whatever was found."""

    def byline(self, paper_id: str) -> Byline | None:
        """Return the authors of a paper with their latest figures; None if nobody told."""

    def authors(self) -> Mapping[str, AuthorFigures]:
        """Return the latest figures of each author, by identity, or by name where it has none."""


class Visits(Protocol):
    """When which source was asked for which day, and what came of it."""

    def start(self, source: str, day: date, *, now: datetime, since: datetime) -> bool:
        """Note that a visit runs from *now*; return False where one does that began after *since*.

        What the visit before it found stays known.
        """

    def end(self, visit: Visit) -> None:
        """Write how a visit ended over what was known of that source and day."""

    def between(self, first: date, last: date) -> Sequence[Visit]:
        """Return the visits of those days, by source and day."""

    def last_complete(self) -> Mapping[str, date]:
        """Return the latest day that each source was completely asked for and listed papers."""


class Turns(Protocol):
    """Whose turn it is to ask a host: one at a time, with a pause after each.

    Every process that asks has the same ones in mind, so that a pace is that of them all.
    """

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn, at most till *until*; return None, or from when on to ask again."""

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        """Keep the turn till *until* at most, if it is *holder*'s still."""

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        """End the turn of *holder*: nobody has one before *free_at*."""

    def silence(self, host: str, *, until: datetime) -> None:
        """Give nobody a turn before *until*, or before what was said of it earlier if later."""


class Notebook(Protocol):
    """What a source remembers from one fetch to the next, by a key of its own."""

    def read(self, key: str) -> Mapping[str, str]:
        """Return what was written under *key*, empty where nothing was."""

    def write(self, key: str, note: Mapping[str, str]) -> None: ...
