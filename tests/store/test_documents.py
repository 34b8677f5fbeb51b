"""Interests, picks, sources and secrets are read back from JSON as they were."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digest.models.interests import Interest
from digest.models.issues import Movement, Pick, Reason, Score, Signal, SourceState, Trend
from digest.models.signups import FormSecret
from digest.store.documents import (
    interests,
    interests_document,
    paper_ids,
    picks,
    picks_document,
    secrets,
    secrets_document,
    sources,
    sources_document,
)
from tests.factories import DAY, make_paper

NAMES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=9).map(str.strip)
SEVERAL = st.lists(NAMES.filter(bool), max_size=3).map(tuple)
COUNTS = st.none() | st.integers(min_value=0, max_value=10**6)
POINTS = st.floats(min_value=-100, max_value=100, allow_nan=False)
REASONS = st.lists(
    st.builds(Reason, signal=st.sampled_from(Signal), subject=NAMES, points=POINTS), max_size=4
).map(tuple)
SCORES = REASONS.map(
    lambda reasons: Score(value=sum(reason.points for reason in reasons), reasons=reasons)
)
TRENDS = st.builds(
    Trend,
    value=POINTS,
    reasons=REASONS,
    rank=st.integers(min_value=1),
    movement=st.sampled_from(Movement),
    moved=st.integers(),
    upvotes=COUNTS,
    growth=COUNTS,
    history=st.lists(st.integers(), max_size=14).map(tuple),
    stars=COUNTS,
    novelty=st.none() | POINTS,
)
PICKS = st.lists(
    st.builds(Pick, rank=st.integers(), paper=NAMES.map(make_paper), score=SCORES, trend=TRENDS),
    max_size=4,
).map(tuple)
INTERESTS = st.lists(
    st.builds(
        Interest,
        name=NAMES,
        phrases=SEVERAL,
        categories=SEVERAL,
        authors=SEVERAL,
        organisations=SEVERAL,
        seeds=SEVERAL,
        exclusions=SEVERAL,
        unlike=SEVERAL,
    ),
    max_size=3,
).map(tuple)
SOURCES = st.lists(
    st.builds(
        SourceState,
        name=NAMES,
        papers=st.integers(min_value=0),
        latest=st.none() | st.dates(),
        late=st.booleans(),
        why=NAMES,
    ),
    max_size=3,
).map(tuple)


def through_json(document: Any) -> Any:
    return json.loads(json.dumps(document, allow_nan=False))


@given(INTERESTS)
def test_interests_come_back(wanted: tuple[Interest, ...]) -> None:
    document = through_json(interests_document(wanted))

    assert document["version"] == 1
    assert interests(document) == wanted


@given(PICKS)
def test_picks_come_back_with_their_papers(chosen: tuple[Pick, ...]) -> None:
    document = through_json(picks_document(chosen))
    papers = {pick.paper.id: pick.paper for pick in chosen}

    assert document["version"] == 1
    assert paper_ids(document) == tuple(pick.paper.id for pick in chosen)
    assert picks(document, papers) == chosen


@given(SOURCES)
def test_sources_come_back(states: tuple[SourceState, ...]) -> None:
    assert sources(through_json(sources_document(states))) == states


def test_sources_that_were_kept_before_any_could_be_late_were_not() -> None:
    document = [{"name": "saved pages", "papers": 50, "latest": "2026-11-20"}]

    assert sources(document) == (SourceState(name="saved pages", papers=50, latest=DAY),)


MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(
    st.lists(
        st.builds(
            FormSecret,
            secret=NAMES,
            created_at=MOMENTS,
            retires_at=st.none() | MOMENTS,
            used_at=st.none() | MOMENTS,
        ),
        max_size=3,
    ).map(tuple)
)
def test_secrets_come_back_from_json(kept: tuple[FormSecret, ...]) -> None:
    assert secrets(json.loads(json.dumps(secrets_document(kept)))) == kept


def test_interests_from_before_there_was_an_unlike_have_none() -> None:
    document = interests_document((Interest(phrases=("whales",)),))
    del document["interests"][0]["unlike"]

    assert interests(document) == (Interest(phrases=("whales",)),)
