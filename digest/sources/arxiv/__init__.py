"""arXiv: what it announces, what its catalogue holds, and what it knows of single papers.

`parse_feed`, `parse_api` and `parse_oai` are pure; `Arxiv` and `ArxivDetails` ask.
"""

from digest.sources.arxiv.api import is_api_feed, parse_api
from digest.sources.arxiv.details import ArxivDetails
from digest.sources.arxiv.feed import is_arxiv_feed, parse_feed
from digest.sources.arxiv.oai import is_oai, parse_oai
from digest.sources.arxiv.source import Arxiv

__all__ = [
    "Arxiv",
    "ArxivDetails",
    "is_api_feed",
    "is_arxiv_feed",
    "is_oai",
    "parse_api",
    "parse_feed",
    "parse_oai",
]
