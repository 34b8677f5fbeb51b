"""The line of authors on an author's page: names, "et al.", and institutions behind a dot."""

from digest.sources.mojibake import mend
from digest.sources.saved_page.names import looks_like_names, parts
from digest.sources.saved_page.page import Findings, Line

_INSTITUTIONS_FOLLOW = " · "
_AND_OTHERS = "et al."


def is_people(text: str) -> bool:
    """Return whether *text* can be a line of authors; one name is enough."""
    names = _names(text)
    return names.endswith(_AND_OTHERS) or looks_like_names(f"{names},")


def is_surely_people(text: str) -> bool:
    """Return whether *text* can be a line of authors and is no sentence of names."""
    return is_people(text) and (ends_in_others(text) or not text.endswith((".", "!", "?")))


def ends_in_others(text: str) -> bool:
    """Return whether *text* is a line of authors that leaves some of them out."""
    return _names(text).endswith(_AND_OTHERS)


def _names(text: str) -> str:
    return mend(text.partition(_INSTITUTIONS_FOLLOW)[0])


def people(line: Line | None, findings: Findings) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Return the names on *line*, whether these are all, and the institutions."""
    if line is None:
        return (), False, ()
    names, _, institutions = line.text.partition(_INSTITUTIONS_FOLLOW)
    listed = names.removesuffix(_AND_OTHERS).rstrip()
    return (
        tuple(findings.plain(name, line.number) for name in parts(listed)),
        listed == names.rstrip(),
        tuple(findings.plain(place, line.number) for place in parts(institutions)),
    )
