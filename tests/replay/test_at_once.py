"""Several who take papers in at the same time leave what one after the other would."""

from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Thread

from digest.models.papers import Entry, Listing, ListingKind
from digest.services.ingest import ingest
from digest.store.sql import SqlStore
from tests.factories import DAY, NOON
from tests.replay.archives import Contents, contents

PAPERS = 25


def listings(number: int) -> list[Listing]:
    """Return what three sources say of one paper, each in its own words."""
    title, arxiv_id, doi = f"Moss {number}", f"2611.{number:05}", f"10.5555/moss.{number}"
    every = {
        "arXiv": Entry(title=title, arxiv_id=arxiv_id, categories=("cs.LG",), authors=("Ada Ok",)),
        "Hugging Face": Entry(title=title, arxiv_id=arxiv_id, summary="Moss.", upvotes=number),
        "Moss Letters": Entry(title=title.upper(), doi=doi, authors=("A. Ok",), journal="Letters"),
    }
    return [
        Listing(kind=ListingKind.FEED, source=name, day=DAY, entries=(entry,), seen_at=NOON)
        for name, entry in every.items()
    ]


def taken(url: str, worker: Callable[[int], None]) -> Contents:
    threads = [Thread(target=worker, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return contents(url)


def test_three_sources_at_once_make_one_paper_of_all_they_know(url: str) -> None:
    together = Barrier(3)

    def take_in(source: int) -> None:
        with closing(SqlStore(url)) as store:
            for number in range(PAPERS):
                together.wait()
                ingest([listings(number)[source]], DAY, store=store)

    found = taken(url, take_in)

    assert len(found["papers"]) == PAPERS
    assert len(found["sightings"]) == 3 * PAPERS
    with closing(SqlStore(url)) as store, store.read() as work:
        for paper in work.papers.archive(PAPERS):
            assert (paper.summary, paper.categories, paper.journal) == (
                "Moss.",
                ("cs.LG",),
                "Letters",
            )
