"""Take listings into the archive: one paper once, however many pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from digest.models.papers import (
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    Paper,
    Sighting,
    identity_keys,
    merge,
    new_paper,
    same_work,
)
from digest.ports import Papers, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came of taking listings in: *entries* read, distinct *papers*, *new* among them."""

    entries: int
    papers: int
    new: int
    warnings: tuple[ListingWarning, ...] = ()


def ingest(listings: Iterable[Listing], day: date, *, store: Store) -> Intake:
    """Keep every paper of *listings*; a listing that names no day belongs to *day*.

    Each listing is one transaction, so that what was taken in stays if a later one fails,
    and taking the same listing in again adds nothing.
    """
    entries = 0
    seen: set[str] = set()
    new: set[str] = set()
    warnings: list[ListingWarning] = []
    for listing in listings:
        with store.begin() as work:
            intake = _Shelf(work.papers)
            placed = intake.place(listing.entries)
            work.papers.keep(intake.changed())
            work.papers.see(_sightings(listing, placed, listing.day or day))
            if listing.author is not None:
                listed_on = listing.day or day
                work.papers.keep_author(listing.author, seen_at=_start_of(listed_on))
        entries += len(listing.entries)
        seen.update(placed)
        new.update(intake.new)
        warnings.extend(listing.warnings)
    return Intake(entries=entries, papers=len(seen), new=len(new), warnings=tuple(warnings))


class _Shelf:
    """The known papers that a listing's entries may be, with what the entries add to them."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._by_id: dict[str, Paper] = {}
        self._before: dict[str, Paper] = {}
        self._by_key: dict[str, list[str]] = {}
        self.new: set[str] = set()

    def place(self, entries: tuple[Entry, ...]) -> list[str]:
        """Return the id of the paper that each entry tells of."""
        keys = {key for entry in entries for key in identity_keys(entry)}
        for paper in self._papers.sharing(keys):
            self._before[paper.id] = paper
            self._put(paper)
        return [self._place_one(entry) for entry in entries]

    def changed(self) -> list[Paper]:
        """Return the papers that are new or now say more than the store does."""
        return [paper for paper in self._by_id.values() if self._before.get(paper.id) != paper]

    def _place_one(self, entry: Entry) -> str:
        for key in identity_keys(entry):
            for paper_id in self._by_key.get(key, ()):
                if same_work(self._by_id[paper_id], entry):
                    self._put(merge(self._by_id[paper_id], entry))
                    return paper_id
        paper = new_paper(entry)
        self.new.add(paper.id)
        self._put(paper)
        return paper.id

    def _put(self, paper: Paper) -> None:
        self._by_id[paper.id] = paper
        for key in identity_keys(paper):
            holders = self._by_key.setdefault(key, [])
            if paper.id not in holders:
                holders.append(paper.id)


def _sightings(listing: Listing, placed: list[str], listed_on: date) -> Iterable[Sighting]:
    """Yield one sighting an entry: the page is taken as it stood when its day began."""
    for position, (entry, paper_id) in enumerate(
        zip(listing.entries, placed, strict=True), start=1
    ):
        yield Sighting(
            paper_id=paper_id,
            source=listing.source,
            listed_on=listed_on,
            seen_at=_start_of(listed_on),
            # Only a daily page is in an order that says something.
            position=position if listing.kind is ListingKind.DAILY else None,
            upvotes=entry.upvotes,
            comments=entry.comments,
            stars=entry.stars,
            score=entry.score,
        )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
