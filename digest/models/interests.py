"""What a reader wants to hear of, and what never to hear of."""

from dataclasses import dataclass

from digest.errors import InterestInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One thing a subscription wants.

    *phrases* are words or short phrases; *seeds* are ids of papers in the archive or arXiv
    ids; *exclusions* are phrases, categories or authors that win over everything else.
    *unlike* are ids of papers to be as little like as can be; no reader types them.
    """

    name: str = "main"
    phrases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for label in _TEXTS:
            for value in getattr(self, label):
                if not value.strip() or len(value) > MAX_LENGTH or not value.isprintable():
                    message = (
                        f"{label}: {value[:40]!r} cannot be used; give printable text "
                        f"of 1 to {MAX_LENGTH} characters."
                    )
                    raise InterestInvalid(message)


_TEXTS = ("phrases", "categories", "authors", "organisations", "seeds", "exclusions", "unlike")

LEARNED = "learned"
"""The name of the interest that a reader who asked for nothing gets by saying more or less."""

MAX_LENGTH = 200
"""Characters one phrase, name or id may have."""
