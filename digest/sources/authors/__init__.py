"""Who knows the figures of authors: h-index, papers, citations.

Semantic Scholar knows a new preprint within a day and counts its citations well; OpenAlex
is for the papers that it did not know.
"""

from digest.sources.authors.openalex import OpenAlex
from digest.sources.authors.semantic_scholar import SemanticScholar

__all__ = ["OpenAlex", "SemanticScholar"]
