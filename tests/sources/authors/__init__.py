"""Directories over answers of our own."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st

from digest.models.papers import Paper
from digest.sources.http import Client
from tests.factories import make_paper
from tests.fakes import CountingTokens, StoppedClock
from tests.fakes.turns import MemoryTurns

KEY = "s3cret-key"
MOTHS = make_paper("Moths", id="moths", arxiv_id="2611.04001", known_as=())
STONES = make_paper("Stones", id="stones", arxiv_id="2611.04002", known_as=())
LAMPS = make_paper("Lamps", id="lamps", doi="10.5555/quiet.17", known_as=())
NAMELESS = make_paper("A title alone", id="nameless", known_as=())

_ANSWERS = Path(__file__).parents[2] / "data" / "authors"

FIELDS = (
    "authors",
    "authorId",
    "name",
    "hIndex",
    "externalIds",
    "ArXiv",
    "results",
    "doi",
    "authorships",
    "author",
    "id",
    "display_name",
    "summary_stats",
    "h_index",
    "works_count",
    "error",
    "message",
)
# Numbers as wild as JSON allows, among the fields that answers have.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            children,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def answer(name: str) -> Any:
    return json.loads((_ANSWERS / f"{name}.json").read_text(encoding="utf-8"))


def asking(reply: Callable[[httpx.Request], httpx.Response]) -> Client:
    return Client(
        user_agent="digest-tests",
        turns=MemoryTurns(),
        clock=StoppedClock(),
        tokens=CountingTokens(),
        pause=timedelta(0),
        sleep=lambda _: None,
        transport=httpx.MockTransport(reply),
    )


def papers(count: int) -> list[Paper]:
    return [
        make_paper(f"Paper {number}", id=f"{number}", arxiv_id=f"2611.{number:05}", known_as=())
        for number in range(count)
    ]
