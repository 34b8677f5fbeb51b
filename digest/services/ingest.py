"""Take listings into the archive: one paper once, however many pages show it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from digest.models.papers import (
    Announcement,
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

GROWING = timedelta(days=14)
"""How long after its listing a paper's counts are told anew each day, grown or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came of taking listings in.

    *entries* were read; they tell of distinct *papers*, *new* ones among them. *sightings*
    is how many were added to the archive. *ids* are those papers', so that who takes in many
    days can count each paper once.
    """

    entries: int = 0
    papers: int = 0
    new: int = 0
    sightings: int = 0
    warnings: tuple[ListingWarning, ...] = ()
    ids: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


def ingest(listings: Iterable[Listing], day: date, *, store: Store) -> Intake:
    """Keep every paper of *listings*; a listing that names no day belongs to *day*.

    Each listing is one transaction, so that what was taken in stays if a later one fails,
    and taking the same listing in again adds nothing.
    """
    entries = sightings = 0
    seen: set[str] = set()
    new: set[str] = set()
    warnings: list[ListingWarning] = []
    for listing in listings:
        with store.begin() as work:
            work.papers.alone()
            shelf = _Shelf(work.papers, source=listing.source)
            placed = shelf.place(listing.entries)
            work.papers.keep(shelf.changed())
            work.papers.join(shelf.joined())
            seeing = _Seeing(listing, listing.day or day, papers=work.papers)
            sightings += work.papers.see(seeing.sightings(placed))
            if listing.author is not None:
                work.papers.keep_author(listing.author, seen_at=seeing.at)
        entries += len(listing.entries)
        seen.update(paper_id for paper_id in placed if paper_id)
        new.update(shelf.new)
        warnings.extend(listing.warnings)
    return Intake(
        entries=entries,
        papers=len(seen),
        new=len(new),
        sightings=sightings,
        warnings=tuple(warnings),
        ids=frozenset(seen),
    )


class _Shelf:
    """The known papers that a listing's entries may be, with what the entries add to them."""

    def __init__(self, papers: Papers, *, source: str) -> None:
        self._papers = papers
        self._source = source
        self._by_id: dict[str, Paper] = {}
        self._before: dict[str, Paper] = {}
        self._by_key: dict[str, list[str]] = {}
        self._became: dict[str, str] = {}
        self.new: set[str] = set()

    def place(self, entries: tuple[Entry, ...]) -> list[str]:
        """Return the id of the paper each entry tells of, "" for an update of one not known."""
        records = [new_paper(entry, source=self._source) for entry in entries]
        keys = {key for record in records for key in identity_keys(record)}
        for paper in self._papers.sharing(keys):
            self._before[paper.id] = paper
            self._put(paper)
        placed = [
            self._place_one(record, entry.announcement)
            for record, entry in zip(records, entries, strict=True)
        ]
        # A later entry may have shown that two papers before it are one.
        return [self._now(paper_id) for paper_id in placed]

    def changed(self) -> list[Paper]:
        """Return the papers that are new or now say more than the store does."""
        return [paper for paper in self._by_id.values() if self._before.get(paper.id) != paper]

    def joined(self) -> dict[str, str]:
        """Return which papers of the store turned out to be which others."""
        return {gone: self._now(gone) for gone in self._became if gone in self._before}

    def _place_one(self, record: Paper, announcement: Announcement) -> str:
        same = self._of_one_work(record)
        if not same and announcement is Announcement.UPDATE:
            return ""
        if not same:
            self.new.add(record.id)
            self._put(record)
            return record.id
        first, *others = same
        paper = merge(self._by_id[first], record)
        for other in others:
            # The record is what shows that they are one: without it nothing did.
            if same_work(paper, self._by_id[other]):
                paper = merge(paper, self._by_id.pop(other))
                self._became[other] = first
                self.new.discard(other)
        self._put(paper)
        return first

    def _of_one_work(self, record: Paper) -> list[str]:
        """Return the ids of known papers that *record* tells of, by the surest key first."""
        found: dict[str, None] = {}
        for key in identity_keys(record):
            for paper_id in self._by_key.get(key, ()):
                if paper_id in self._by_id and same_work(self._by_id[paper_id], record):
                    found[paper_id] = None
        return list(found)

    def _now(self, paper_id: str) -> str:
        while paper_id in self._became:
            paper_id = self._became[paper_id]
        return paper_id

    def _put(self, paper: Paper) -> None:
        self._by_id[paper.id] = paper
        for key in identity_keys(paper):
            holders = self._by_key.setdefault(key, [])
            if paper.id not in holders:
                holders.append(paper.id)


class _Seeing:
    """When a listing was read, and which of its papers that says something new of."""

    def __init__(self, listing: Listing, listed_on: date, *, papers: Papers) -> None:
        self._listing = listing
        self._listed_on = listed_on
        self._papers = papers
        # A page is taken as it stood when its day began; who asks a service says when.
        self.at = listing.seen_at or datetime.combine(listed_on, time(), tzinfo=UTC)

    def sightings(self, placed: list[str]) -> Iterator[Sighting]:
        """Yield one sighting for each entry that was announced and says something new."""
        known = self._last_seen(placed)
        for position, (entry, paper_id) in enumerate(
            zip(self._listing.entries, placed, strict=True), start=1
        ):
            if not paper_id or entry.announcement is Announcement.UPDATE:
                continue
            sighting = Sighting(
                paper_id=paper_id,
                source=self._listing.source,
                listed_on=self._listed_on,
                seen_at=self.at,
                # Only a daily page is in an order that says something.
                position=position if self._listing.kind is ListingKind.DAILY else None,
                upvotes=entry.upvotes,
                comments=entry.comments,
                stars=entry.stars,
                score=entry.score,
            )
            if self._is_news(sighting, known):
                yield sighting

    def _last_seen(self, placed: list[str]) -> Mapping[str, Sighting | None]:
        """Return the last sighting of each paper of *placed* that may make a new one no news."""
        if self._listing.kind is ListingKind.CATALOGUE:
            return dict.fromkeys(self._papers.seen_at(self._listing.source, placed))
        if self._listing.seen_at is None:
            return {}
        return self._papers.last_seen(self._listing.source, self._listed_on)

    def _is_news(self, sighting: Sighting, known: Mapping[str, Sighting | None]) -> bool:
        """Return whether *sighting* is the first, shows another count, or counts on another day.

        That a count stood still for a day is news too while the paper is young: without it
        nobody could tell a vote a day from none.
        """
        if sighting.paper_id not in known:
            return True
        last = known[sighting.paper_id]
        counts = _counts(sighting)
        if last is None or not any(count is not None for count in counts):
            return False
        if any(mine not in (None, its) for mine, its in zip(counts, _counts(last), strict=True)):
            return True
        today = sighting.seen_at.date()
        return today > last.seen_at.date() and today - sighting.listed_on <= GROWING


def _counts(sighting: Sighting) -> tuple[float | None, ...]:
    return sighting.upvotes, sighting.comments, sighting.stars, sighting.score
