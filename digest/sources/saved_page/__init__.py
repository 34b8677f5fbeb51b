"""Listing pages that somebody saved as text: daily papers, an author, a bibliography.

`parse` is pure; `SavedPages` and `read_page` touch files.
"""

from digest.sources.saved_page.files import MAX_BYTES, SavedPages, read_page, read_stream
from digest.sources.saved_page.parsing import parse

__all__ = ["MAX_BYTES", "SavedPages", "parse", "read_page", "read_stream"]
