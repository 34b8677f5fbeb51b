"""Small worlds for the ranking: papers made of few words, readers who want some of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.papers import Paper, Sighting
from digest.models.subscribers import Subscription
from digest.ranking.pool import Pool
from tests.factories import DAY, NOON

WORDS = (
    *("whale", "code", "click", "graph", "neural", "network", "diffusion", "model", "video"),
    *("robot", "policy", "protein", "speech", "quantum", "qubit", "retrieval", "memory"),
)
PEOPLE = ("Ada Okafor", "Bo Lindqvist", "Jürgen Schmidhuber", "Wei Zhang", "J. Smith")
FIELDS = ("cs.CL", "cs.CV", "CL", "stat.ML")
HOUSES = ("allen-ai", "Google DeepMind")


def make_pool(
    *papers: Paper, sightings: Sequence[Sighting] = (), archive: Sequence[Paper] | None = None
) -> Pool:
    return Pool.prepare(papers, sightings, day=DAY, archive=papers if archive is None else archive)


def make_subscription(*interests: Interest, **changes: Any) -> Subscription:
    defaults: dict[str, Any] = {"id": "reader", "subscriber_id": "person", "interests": interests}
    return Subscription(**defaults | changes)


def make_text_paper(paper_id: str, title: str, abstract: str = "", **changes: Any) -> Paper:
    return Paper(id=paper_id, title=title, abstract=abstract, **changes)


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)


@st.composite
def papers(draw: st.DrawFn, *, least: int = 0, most: int = 8) -> list[Paper]:
    count = draw(st.integers(least, most))
    return [
        Paper(
            id=f"paper{number}",
            title=draw(texts),
            abstract=draw(texts),
            authors=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True))),
            categories=tuple(draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))),
            institutions=tuple(draw(st.lists(st.sampled_from(HOUSES), max_size=1))),
            arxiv_id=f"2601.0000{number}",
        )
        for number in range(count)
    ]


phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@st.composite
def interests(draw: st.DrawFn) -> Interest:
    return Interest(
        phrases=tuple(draw(st.lists(phrases, max_size=4))),
        categories=tuple(draw(st.lists(st.sampled_from((*FIELDS, "cs")), max_size=2))),
        authors=tuple(draw(st.lists(st.sampled_from((*PEOPLE, "Zhang, W.")), max_size=2))),
        organisations=tuple(draw(st.lists(st.sampled_from(HOUSES), max_size=1))),
        seeds=tuple(draw(st.lists(st.sampled_from(("paper0", "2601.00001v2", "?")), max_size=2))),
        exclusions=tuple(draw(st.lists(st.one_of(phrases, st.sampled_from(PEOPLE)), max_size=1))),
    )


@st.composite
def subscriptions(draw: st.DrawFn, *, reader: str = "reader") -> Subscription:
    return make_subscription(
        *draw(st.lists(interests(), max_size=3)),
        id=reader,
        paper_limit=draw(st.integers(1, 7)),
        dial=draw(st.sampled_from((0.0, 0.3, 0.5, 1.0))),
    )


@st.composite
def sightings(draw: st.DrawFn, of: Sequence[Paper]) -> list[Sighting]:
    if not of:
        return []
    counts = st.one_of(st.none(), st.integers(0, 500))
    found = []
    for _ in range(draw(st.integers(0, 12))):
        listed = DAY - timedelta(days=draw(st.integers(0, 6)))
        found.append(
            Sighting(
                paper_id=draw(st.sampled_from(of)).id,
                source=draw(st.sampled_from(("hub", "pages"))),
                listed_on=listed,
                seen_at=NOON - timedelta(days=draw(st.integers(0, (DAY - listed).days))),
                position=draw(st.one_of(st.none(), st.integers(1, 30))),
                upvotes=draw(counts),
                comments=draw(counts),
                stars=draw(counts),
                score=draw(st.one_of(st.none(), st.floats(0, 100))),
            )
        )
    return found
