"""The archive of the memory store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.models.papers import AuthorFigures, Byline, Entry, Paper, Sighting, identity_keys
from tests.fakes.tables import Tables, among, storable, utc


class MemoryAuthors:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def keep_author(self, figures: AuthorFigures, *, seen_at: datetime) -> None:
        figures = storable(figures)
        self._tables.figures[_key(figures), utc(seen_at)] = figures

    def keep_bylines(self, bylines: Iterable[Byline], *, seen_at: datetime) -> None:
        for byline in bylines:
            for each in byline.authors:
                self.keep_author(each, seen_at=seen_at)
            if byline.authors:
                paper_id = self._tables.today(byline.paper_id)
                self._tables.bylines[paper_id] = storable(byline.authors)
                self._tables.references.add(("papers", paper_id))

    def asked_authors(self, paper_ids: Collection[str], *, asked_at: datetime) -> None:
        for id_ in among(self._tables.papers, paper_ids):
            self._tables.asked[id_] = utc(asked_at)

    def byline(self, paper_id: str) -> Byline | None:
        if paper_id not in self._tables.bylines:
            return None
        latest = self.authors()
        authors = self._tables.bylines[paper_id]
        return Byline(
            paper_id=paper_id,
            authors=tuple(replace(latest[_key(each)], name=each.name) for each in authors),
        )

    def authors(self) -> Mapping[str, AuthorFigures]:
        def at(item: tuple[tuple[str, datetime], AuthorFigures]) -> datetime:
            return item[0][1]

        return {key: each for (key, _), each in sorted(self._tables.figures.items(), key=at)}


class MemoryPapers(MemoryAuthors):
    def alone(self) -> None:
        """Threads take turns in this store anyway."""

    def sharing(self, keys: Collection[str]) -> Sequence[Paper]:
        wanted = {storable(key) for key in keys}
        return [
            paper
            for paper in self._tables.papers.values()
            if not wanted.isdisjoint(self._tables.keys[paper.id])
        ]

    def keep(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            known = self._tables.keys.get(paper.id, frozenset())
            self._tables.papers[paper.id] = storable(paper)
            self._tables.keys[paper.id] = known | frozenset(identity_keys(storable(paper)))

    def join(self, gone: Mapping[str, str]) -> None:
        for old in sorted(gone):
            new = gone[old]
            while new in gone:
                new = gone[new]
            self._join(old, new)

    def _join(self, old: str, new: str) -> None:
        tables = self._tables
        if new not in tables.papers:
            tables.references.add(("papers", new))
            return
        for id_ in [old, *(id_ for id_, other in tables.aliases.items() if other == old)]:
            tables.aliases[id_] = new
        seen = [each for each in tables.sightings.values() if each.paper_id == old]
        tables.sightings = {
            key: each for key, each in tables.sightings.items() if each.paper_id != old
        }
        self.see(replace(each, paper_id=new) for each in seen)
        tables.keys[new] |= tables.keys.pop(old, frozenset())
        if authors := tables.bylines.pop(old, ()):
            tables.bylines.setdefault(new, authors)
        for (reader, paper_id, verdict), said in list(tables.feedbacks.items()):
            if paper_id == old:
                del tables.feedbacks[reader, paper_id, verdict]
                tables.feedbacks.setdefault((reader, new, verdict), replace(said, paper_id=new))
        if asked_at := tables.asked.pop(old, None):
            tables.asked[new] = max(asked_at, tables.asked.get(new, asked_at))
        if tables.papers.pop(old, None):
            tables.references.discard(("papers", old))

    def see(self, sightings: Iterable[Sighting]) -> int:
        before = len(self._tables.sightings)
        for each in sightings:
            seen = replace(storable(each), paper_id=self._tables.today(each.paper_id))
            key = (seen.paper_id, seen.source, seen.listed_on, seen.seen_at)
            known = self._tables.sightings.setdefault(key, seen)
            self._tables.sightings[key] = _filled(known, seen)
            self._tables.references.add(("papers", seen.paper_id))
        return len(self._tables.sightings) - before

    def last_seen(self, source: str, listed_on: date) -> Mapping[str, Sighting]:
        return {
            each.paper_id: each
            for each in sorted(self._tables.sightings.values(), key=lambda each: each.seen_at)
            if (each.source, each.listed_on) == (source, listed_on)
        }

    def seen_at(self, source: str, ids: Collection[str]) -> frozenset[str]:
        seen = self._tables.sightings.values()
        return frozenset(each.paper_id for each in seen if each.source == source) & set(ids)

    def get(self, ids: Collection[str]) -> Mapping[str, Paper]:
        today = {id_: self._tables.today(id_) for id_ in ids}
        papers = self._tables.papers
        return {id_: papers[other] for id_, other in today.items() if other in papers}

    def page(self, *, after: str, limit: int) -> Sequence[Paper]:
        return [paper for id_, paper in sorted(self._tables.papers.items()) if id_ > after][:limit]

    def search(self, words: Sequence[str], *, limit: int) -> Sequence[Paper]:
        return [
            paper
            for paper in self.archive(self.count())
            if all(self._has_word(paper, storable(word)) for word in words)
        ][:limit]

    def _has_word(self, paper: Paper, word: str) -> bool:
        texts = (paper.title, *paper.authors, *paper.also_named, paper.abstract)
        keys = identity_keys(Entry(title="", arxiv_id=word, doi=word))
        known = not self._tables.keys[paper.id].isdisjoint(keys)
        return known or word.casefold() in "\n".join(texts).casefold()

    def lacking_details(self, since: date, *, limit: int) -> Sequence[Paper]:
        listed = self._listed_since(since)
        return [
            paper
            for paper in self.archive(self.count())
            if paper.id in listed and paper.arxiv_id is not None and not paper.categories
        ][:limit]

    def lacking_authors(
        self, since: date, *, asked_before: datetime, limit: int
    ) -> Sequence[Paper]:
        listed = self._listed_since(since)
        lacking = (
            paper
            for id_, paper in self._tables.papers.items()
            if id_ in listed
            and (id_ not in self._tables.asked or self._tables.asked[id_] < utc(asked_before))
        )
        upvotes: dict[str, int] = {}
        for each in self._tables.sightings.values():
            if each.upvotes is not None:
                upvotes[each.paper_id] = max(upvotes.get(each.paper_id, 0), each.upvotes)
        most_first = sorted(lacking, key=lambda paper: (-upvotes.get(paper.id, -1), paper.id))
        return most_first[:limit]

    def _listed_since(self, since: date) -> frozenset[str]:
        seen = self._tables.sightings.values()
        return frozenset(each.paper_id for each in seen if each.listed_on >= since)

    def listed(self, first: date, last: date) -> Sequence[Paper]:
        listed = {
            each.paper_id
            for each in self._tables.sightings.values()
            if first <= each.listed_on <= last
        }
        return [self._tables.papers[id_] for id_ in sorted(listed)]

    def sightings(self, ids: Collection[str], *, until: date) -> Sequence[Sighting]:
        wanted = set(ids)
        return sorted(
            (
                each
                for each in self._tables.sightings.values()
                if each.paper_id in wanted and each.listed_on <= until
            ),
            key=lambda each: (each.seen_at, each.listed_on, each.paper_id, each.source),
        )

    def archive(self, limit: int) -> Sequence[Paper]:
        return list(reversed(self._tables.papers.values()))[:limit]

    def count(self) -> int:
        return len(self._tables.papers)


def _key(figures: AuthorFigures) -> str:
    return figures.identity or figures.name


def _filled(known: Sighting, seen: Sighting) -> Sighting:
    return replace(
        known,
        upvotes=seen.upvotes if known.upvotes is None else known.upvotes,
        comments=seen.comments if known.comments is None else known.comments,
        stars=seen.stars if known.stars is None else known.stars,
        score=seen.score if known.score is None else known.score,
    )
