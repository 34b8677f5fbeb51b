"""From the bytes of a saved page to a listing."""

from datetime import date

from digest.errors import ListingUnreadable
from digest.models.papers import Listing
from digest.sources.saved_page import author, bibliography, daily
from digest.sources.saved_page.page import open_page


def parse(content: bytes, *, day: date) -> Listing:
    """Return the listing in *content*, a page saved as text; its looks say of which kind.

    A date without a year is the latest not after the page's own day, or after *day* where
    the page has none. What cannot be understood is in the listing's warnings. Raise
    ListingUnreadable where this is no such page.
    """
    page = open_page(content)
    if author.recognised(page):
        return author.read(page, day=day)
    if daily.recognised(page):
        return daily.read(page, day=day)
    if bibliography.recognised(page):
        return bibliography.read(page)
    if daily.recognised_by_day(page):
        return daily.read(page, day=day)
    raise ListingUnreadable(
        "This is no page of daily papers, of an author or of a bibliography that we know; "
        "save one of those as text."
    )
