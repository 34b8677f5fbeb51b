"""What a work can be known by, and when two records are of one work."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from digest.models.notation import readable
from digest.models.papers.values import Entry, Paper


@lru_cache(maxsize=4096)
def title_key(title: str) -> str:
    """Return the normal form two printings of one title share: letters and digits alone.

    TeX and Unicode forms fall together, and so do case, hyphens, accents and line breaks.
    """
    plain = unicodedata.normalize("NFKD", readable(title)).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def bare_arxiv_id(text: str) -> str | None:
    """Return the version-less arXiv id in *text* (an id, a link or a DOI of one), else None.

    The class in an old id is no part of it: math.GT/0309136 is math/0309136.
    """
    match = _ARXIV_ID.search(text)
    if match is None:
        return None
    return match["id"] or f"{match['archive']}/{match['number']}".lower()


_ARXIV_ID = re.compile(
    r"""
    (?: ^ | [/:\s(\[] | (?<=arxiv) \. )
    (?: (?P<id> \d\d (?:0[1-9]|1[0-2]) \. \d{4,5} )
      | (?P<archive> [a-z][a-z-]+ ) (?:\.[A-Z]{2})? / (?P<number> \d{7} )
    )
    (?: v\d+ )? (?: \.pdf )?
    (?= $ | [\s?#/)\],;] | \.(?:\s|$) )
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)


def identity_keys(work: Entry | Paper) -> tuple[str, ...]:
    """Return the keys *work* can be known by, surest first: arXiv id, DOI, title.

    A shared arXiv id or DOI makes two records one; a shared title does where their
    authors do not speak against it: see `same_work`.
    """
    if isinstance(work, Paper) and work.known_as:
        return work.known_as
    keys = []
    doi = _bare_doi(work.doi or "")
    is_of_arxiv = doi.startswith(_ARXIV_DOI)
    arxiv_id = bare_arxiv_id(work.arxiv_id or "") or (bare_arxiv_id(doi) if is_of_arxiv else None)
    if arxiv_id:
        keys.append(f"arxiv:{arxiv_id}")
    if doi and not is_of_arxiv:
        keys.append(f"doi:{doi}")
    if title := title_key(work.title):
        keys.append(f"title:{title}")
    return tuple(keys)


def _bare_doi(text: str) -> str:
    """Return the DOI in *text*, which may be a link to it, in lower case."""
    return _DOI_PREFIX.sub("", text.strip().lower())


_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)")
# A preprint and its publication have different DOIs, and are one work all the same.
_ARXIV_DOI = "10.48550/arxiv."


def same_work(one: Entry | Paper, other: Entry | Paper) -> bool:
    """Return whether two records that share a key are of one work.

    A shared arXiv id or DOI says yes, different ones of one kind say no: a preprint's DOI
    and that of its publication are of two kinds. Else the title decides, unless both name
    authors and no family name is common to them.
    """
    mine, theirs = frozenset(identity_keys(one)), frozenset(identity_keys(other))
    shared = mine & theirs
    if any(key.startswith("arxiv:") for key in shared):
        return True
    if _both_have(_is_arxiv, mine, theirs):
        return False
    if any(key.startswith("doi:") for key in shared):
        return True
    if _both_have(_is_preprint, mine, theirs) or _both_have(_is_publication, mine, theirs):
        return False
    if not shared:
        return False
    left, right = family_names(_all_names(one)), family_names(_all_names(other))
    return not left or not right or not left.isdisjoint(right)


def _both_have(kind: Callable[[str], bool], mine: Collection[str], theirs: Collection[str]) -> bool:
    return any(map(kind, mine)) and any(map(kind, theirs))


def _is_arxiv(key: str) -> bool:
    return key.startswith("arxiv:")


def _is_preprint(key: str) -> bool:
    return key.startswith(_PREPRINT_KEYS)


def _is_publication(key: str) -> bool:
    return key.startswith("doi:") and not _is_preprint(key)


# Who registers the DOIs of preprints: bioRxiv and medRxiv (two prefixes), ChemRxiv, PsyArXiv
# and the others of OSF, Preprints.org, Research Square, SSRN, Zenodo.
_PREPRINT_KEYS = tuple(
    f"doi:{prefix}/"
    for prefix in (
        "10.1101",
        "10.64898",
        "10.26434",
        "10.31234",
        "10.31219",
        "10.20944",
        "10.21203",
        "10.2139",
        "10.5281",
    )
)


def _all_names(work: Entry | Paper) -> tuple[str, ...]:
    return work.authors + work.also_named if isinstance(work, Paper) else work.authors


def family_names(authors: Iterable[str]) -> frozenset[str]:
    """Return the family names of *authors*, in the normal form of `title_key`."""
    return frozenset(map(family_name, authors))


@lru_cache(maxsize=4096)
def family_name(author: str) -> str:
    """Return the last word of a name that is no suffix, in the normal form of `title_key`."""
    words = [title_key(word) for word in author.split()]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return words[-1] if words else ""


_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
