"""Every table, its keys and its indexes; what each is for is told in docs/store.md."""

from digest.store.tables.collecting import notes, turns, visits
from digest.store.tables.keyring import keyring
from digest.store.tables.letters import events, forms, letters, signups
from digest.store.tables.metadata import metadata
from digest.store.tables.papers import (
    author_figures,
    bylines,
    paper_aliases,
    paper_keys,
    papers,
    sightings,
)
from digest.store.tables.people import (
    consents,
    feedbacks,
    subscribers,
    subscriptions,
    suppressions,
)
from digest.store.tables.sending import deliveries, issues, picks, runs

__all__ = [
    "author_figures",
    "bylines",
    "consents",
    "deliveries",
    "events",
    "feedbacks",
    "forms",
    "issues",
    "keyring",
    "letters",
    "metadata",
    "notes",
    "paper_aliases",
    "paper_keys",
    "papers",
    "picks",
    "runs",
    "sightings",
    "signups",
    "subscribers",
    "subscriptions",
    "suppressions",
    "turns",
    "visits",
]
