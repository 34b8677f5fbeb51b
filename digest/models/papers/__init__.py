"""Papers: what listings announce, what a work is known by, and what many records make of it."""

from digest.models.papers.identity import bare_arxiv_id, identity_keys, same_work, title_key
from digest.models.papers.merging import TRUST, merge, new_paper
from digest.models.papers.values import (
    Announcement,
    AuthorFigures,
    Byline,
    Entry,
    Listing,
    ListingKind,
    ListingWarning,
    Origin,
    Paper,
    Sighting,
)

__all__ = [
    "TRUST",
    "Announcement",
    "AuthorFigures",
    "Byline",
    "Entry",
    "Listing",
    "ListingKind",
    "ListingWarning",
    "Origin",
    "Paper",
    "Sighting",
    "bare_arxiv_id",
    "identity_keys",
    "merge",
    "new_paper",
    "same_work",
    "title_key",
]
