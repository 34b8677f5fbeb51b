"""The sample listing that ships with the project: real papers by fact, summaries of our own.

`parse` is pure; `Sample` reads `papers.json`, which lies beside this file.
"""

from collections.abc import Iterator
from datetime import UTC, date
from importlib.resources import files
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from digest.errors import ListingUnreadable
from digest.models.papers import Entry, Listing, ListingKind, bare_arxiv_id
from digest.models.visits import Rhythm

NAME = "sample"
"""What the source is called."""

DAYS = tuple(date(2026, 5, day) for day in (21, 22, 23, 24, 25, 27, 28))
"""The days the sample has a listing of, in order; the weekend shows known papers again."""

DAY = DAYS[-1]
"""The sample's last day, which the demo takes for today."""

MAX_SUMMARY = 200
"""Characters a summary may have."""


class Sample:
    """The listing that ships with the project, one day at a time."""

    @property
    def name(self) -> str:
        """What sightings from here are filed under."""
        return NAME

    @property
    def rhythm(self) -> Rhythm:
        """Never asked by itself: what it has, it has from the start."""
        return Rhythm()

    def fetch(self, day: date) -> Iterator[Listing]:
        """Yield the listing of *day*, with the counts of that day; nothing on other days."""
        content = files(__name__).joinpath("papers.json").read_bytes()
        yield from (listing for listing in parse(content) if listing.day == day)


def parse(content: bytes) -> tuple[Listing, ...]:
    """Return one listing for each day in *content*, the days ascending, most upvotes first.

    A paper stands in the listing of every day it was seen on. Raise ListingUnreadable,
    naming the place, where *content* is not a whole and sound sample file.
    """
    try:
        sample = _SampleFile.model_validate_json(content)
    except ValidationError as error:
        raise ListingUnreadable(_complaint(error)) from error
    days: dict[date, list[Entry]] = {}
    for paper in sample.papers:
        for seen in paper.seen:
            days.setdefault(seen.listed_on, []).append(_entry(paper, seen))
    return tuple(
        Listing(
            kind=ListingKind.DAILY,
            source=NAME,
            day=day,
            entries=tuple(sorted(days[day], key=_most_upvotes_first)),
        )
        for day in sorted(days)
    )


def _one_line(text: str) -> str:
    if not text.isprintable() or text != " ".join(text.split()) or not text:
        raise ValueError("must be one line of text without space around it")
    return text


def _bare(text: str) -> str:
    if bare_arxiv_id(text) != text:
        raise ValueError("must be an arXiv id without a version")
    return text


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or " " in text:
        raise ValueError("must be an https link")
    return text


def _most_upvotes_first(entry: Entry) -> tuple[int, str]:
    return -(entry.upvotes or 0), entry.arxiv_id or ""


_Line = Annotated[str, AfterValidator(_one_line)]
_ArxivId = Annotated[str, AfterValidator(_bare)]
_Link = Annotated[_Line, AfterValidator(_https)]


class _Strict(BaseModel):
    """What every part of the file keeps to: no other types, and no field we do not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Seen(_Strict):
    """The counts shown on one day; *seen_at* where the time was recorded too."""

    listed_on: date
    seen_at: AwareDatetime | None = None
    upvotes: NonNegativeInt
    comments: NonNegativeInt | None = None
    stars: NonNegativeInt | None = None

    @model_validator(mode="after")
    def _on_its_day(self) -> Self:
        if self.seen_at and self.seen_at.astimezone(UTC).date() != self.listed_on:
            raise ValueError("seen_at must lie on listed_on")
        return self


class _SamplePaper(_Strict):
    """One paper; *authors* may be the first of *author_count*."""

    arxiv_id: _ArxivId
    title: _Line
    summary: Annotated[_Line, Field(max_length=MAX_SUMMARY)]
    authors: Annotated[tuple[_Line, ...], Field(min_length=1)]
    author_count: PositiveInt
    published: date
    categories: Annotated[tuple[_Line, ...], Field(min_length=1)]
    institutions: tuple[_Line, ...] = ()
    code_url: _Link | None = None
    project_url: _Link | None = None
    seen: Annotated[tuple[_Seen, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.author_count < len(self.authors):
            raise ValueError("author_count must not be less than the authors named")
        days = [seen.listed_on for seen in self.seen]
        if days != sorted(set(days)):
            raise ValueError("the days of seen must ascend")
        return self


class _SampleFile(_Strict):
    """The whole file; *note* says what it is and where the facts come from."""

    note: _Line
    papers: Annotated[tuple[_SamplePaper, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_paper_once(self) -> Self:
        if len({paper.arxiv_id for paper in self.papers}) < len(self.papers):
            raise ValueError("every arxiv_id must be there once")
        return self


def _complaint(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"This is not a sample file: {place}: {first['msg']}."


def _entry(paper: _SamplePaper, seen: _Seen) -> Entry:
    return Entry(
        title=paper.title,
        summary=paper.summary,
        authors=paper.authors,
        author_count=paper.author_count,
        published=paper.published,
        categories=paper.categories,
        primary_first=True,
        institutions=paper.institutions,
        arxiv_id=paper.arxiv_id,
        has_code=paper.code_url is not None,
        code_url=paper.code_url,
        project_url=paper.project_url,
        upvotes=seen.upvotes,
        comments=seen.comments,
        stars=seen.stars,
    )
