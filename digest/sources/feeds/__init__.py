"""Any RSS or Atom feed: of a journal, of a preprint server, of a laboratory.

`parse_feed` is pure; `Feed` asks for one over the network.
"""

from digest.sources.feeds.feed import Feed
from digest.sources.feeds.parsing import parse_feed

__all__ = ["Feed", "parse_feed"]
