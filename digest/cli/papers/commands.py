"""`digest papers list`, `show` and `search`."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.papers.pages import Rows, show_paper
from digest.cli.papers.records import by_paper, full_record, paper_record
from digest.cli.session import opened
from digest.cli.terminal import DayOption, JsonOption, counted, json_text, note, say_json
from digest.errors import NotFound
from digest.models.papers import Entry, Paper, Sighting, identity_keys

if TYPE_CHECKING:
    from digest.ports import Store, Work

app = typer.Typer(help="What the archive knows.", no_args_is_help=True)

PAGE = 500
"""Papers of the archive that are in memory at once."""

Shown = tuple[Paper, Sequence[Sighting]]


@app.command("list")
def list_papers(
    *,
    day: DayOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The whole archive, in order of our ids.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the papers that were listed on a day, in the order of that day's trend."""
    if everything and day is not None:
        raise typer.BadParameter("--all goes without --date: it is the papers of every day.")
    with opened() as session:
        if everything:
            nothing = "The archive has no paper yet: take some in with `digest fetch`."
            _print(_archive(session.store), as_json=as_json, nothing=nothing)
            return
        on = day or session.today
        listed = _of_day(session.store, on)
    nothing = f"No paper was listed on {on}, as far as `digest fetch --date {on}` was told."
    _print(listed, as_json=as_json, nothing=nothing, dated=False)
    if listed and not as_json:
        note(f"{counted(len(listed), 'paper')} listed on {on}, in the order of that day's trend.")


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="Our id, an arXiv id or link, or a DOI."),
    ],
    *,
    as_json: JsonOption = False,
) -> None:
    """Print all that is known of one paper, and where each field is from."""
    with opened() as session, session.store.read() as work:
        paper = _find(name, work)
        if paper is None:
            raise NotFound(
                f"We know no paper {name!r}: give its id, its arXiv id or its DOI, "
                "or look for it with `digest papers search`."
            )
        sightings = work.papers.sightings([paper.id], until=date.max)
        byline = work.papers.byline(paper.id)
    if as_json:
        say_json({"papers": [full_record(paper, sightings, byline)]})
    else:
        show_paper(paper, sightings, byline)


@app.command()
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help="What has to be in its title, abstract or names."),
    ],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most this many papers.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Print the papers whose title, abstract, authors or ids have all the words, newest first."""
    wanted = _writable(" ".join(words)).split()
    if not wanted:
        raise typer.BadParameter("name a word at least.")
    with opened() as session, session.store.read() as work:
        # One more than is shown tells whether there are more.
        found = work.papers.search(wanted, limit=limit + 1)
        shown = _with_sightings(found[:limit], work)
    _print(shown, as_json=as_json, nothing=f"No paper has {' and '.join(map(repr, wanted))}.")
    if len(found) > limit and not as_json:
        note(f"There are more than {limit:,}: see them with --limit.")


def _find(name: str, work: "Work") -> Paper | None:
    name = _writable(name.strip())
    known = work.papers.get([name]).get(name)
    if known is not None:
        return known
    # A DOI may end in what looks like an arXiv id, and is none.
    doi = _DOI.search(name)
    named = Entry(title="", doi=doi[0]) if doi else Entry(title="", arxiv_id=name)
    return next(iter(work.papers.sharing(identity_keys(named))), None)


_DOI = re.compile(r"\b10\.\d{4,9}/\S+", re.ASCII)


def _writable(text: str) -> str:
    """Return *text* without the halves of letters that a terminal's odd bytes arrive as."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _of_day(store: "Store", day: date) -> list[Shown]:
    from digest.ranking.trending import trends

    with store.read() as work:
        papers = work.papers.listed(day, day)
        shown = _with_sightings(papers, work)
    seen = [sighting for _paper, sightings in shown for sighting in sightings]
    found = trends(papers, seen, day=day)
    return sorted(shown, key=lambda each: found[each[0].id].rank)


def _archive(store: "Store") -> Iterator[Shown]:
    """Yield every paper in order of its id, a page at a time.

    Each page is a block of its own, so that a slow reader holds up nobody.
    """
    after = ""
    while True:
        with store.read() as work:
            papers = work.papers.page(after=after, limit=PAGE)
            shown = _with_sightings(papers, work)
        yield from shown
        if len(papers) < PAGE:
            return
        after = papers[-1].id


def _with_sightings(papers: Sequence[Paper], work: "Work") -> list[Shown]:
    seen = by_paper(work.papers.sightings([paper.id for paper in papers], until=date.max))
    return [(paper, seen.get(paper.id, [])) for paper in papers]


def _print(shown: Iterable[Shown], *, as_json: bool, nothing: str, dated: bool = True) -> None:
    if as_json:
        _stream_json(paper_record(paper, sightings) for paper, sightings in shown)
        return
    rows = Rows(dated=dated)
    for paper, sightings in shown:
        rows.add(paper, sightings)
    rows.flush()
    if not rows.count:
        note(nothing)


def _stream_json(records: Iterable[dict[str, Any]]) -> None:
    """Print one JSON object whose papers are written as they come, whatever their number."""
    before = '{"papers": ['
    # Nothing is printed before the first one is there, so that an error stands alone.
    for record in records:
        sys.stdout.write(before + json_text(record))
        before = ", "
    sys.stdout.write(("]}" if before == ", " else before + "]}") + "\n")
