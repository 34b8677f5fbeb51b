"""The one polite client that every live source asks through."""

from digest.sources.http.client import Client
from digest.sources.http.manners import (
    ARXIV,
    HUGGING_FACE,
    OPENALEX,
    SEMANTIC_SCHOLAR,
    Manners,
    manners_of,
    user_agent,
)
from digest.sources.http.reading import Reply

__all__ = [
    "ARXIV",
    "HUGGING_FACE",
    "OPENALEX",
    "SEMANTIC_SCHOLAR",
    "Client",
    "Manners",
    "Reply",
    "manners_of",
    "user_agent",
]
