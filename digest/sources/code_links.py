"""Links to code, found in running text."""

import re


def code_link(text: str) -> str | None:
    r"""Return the first link to a repository of code in *text*, None without one.

    Links lose the stop, brace or TeX around them and are given `https://`. Pages about a
    project, models, data and videos are no code; an owner without a repository is no link
    to it. Where no known host of code has a repository, the first link to another host is
    taken that follows the word "code", "codes" or "implementation" in its sentence.
    """
    return _repository(text) or _stated(text)


def _repository(text: str) -> str | None:
    for match in _LINK.finditer(text):
        path = _cleaned(_SPLIT.sub(r"\1", match["path"]))
        if not match["anonymous"] and (
            len([part for part in path.split("/") if part]) < _OWNER_AND_REPOSITORY
            or path.split("/")[0].lower() in _NO_OWNERS
        ):
            continue
        return f"https://{match['host'].lower()}/{path}"
    return None


def _stated(text: str) -> str | None:
    """Return the first link of which *text* itself says that it leads to code."""
    for match in _ANY_LINK.finditer(text):
        *_, sentence = _SENTENCE_END.split(text[: match.start()])
        if _LINK.match(match[0]) is None and _CODE.search(sentence):
            return f"https://{match['host'].lower()}{_cleaned(match['path'])}"
    return None


def _cleaned(path: str) -> str:
    """Return *path* without TeX, and without the stop behind it."""
    return path.replace("\\_", "_").replace("\\#", "#").rstrip(".,;:!?'\"*")


_OWNER_AND_REPOSITORY = 2
_NO_OWNERS = frozenset(("about", "collections", "features", "orgs", "sponsors", "topics"))
_SPLIT = re.compile(r"^([^/ ]+/) ")

_KNOWN_HOST = r"""
    github\.com | gist\.github\.com | gitlab\.[a-z0-9.-]+ | bitbucket\.org
    | codeberg\.org | gitee\.com | (?P<anonymous> anonymous\.4open\.science)
"""
_PLAIN = r"(?: [A-Za-z0-9._~/%#=?&+-] | \\[_\#] )"
_LINK = re.compile(
    rf"""
    (?: https?:// | (?<![\w./@-]) ) (?:www\.)?
    (?P<host> {_KNOWN_HOST} )
    /
    (?P<path>
        # a space after the owner is what a line break in the abstract left
        [A-Za-z0-9-]+/[ ][A-Za-z0-9._-]+/[A-Za-z0-9._/-]+
        | {_PLAIN}+
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ANY_LINK = re.compile(
    rf"""
    https?:// (?P<host> (?: [a-z0-9-]+ \. )+ [a-z]{{2,}} ) (?![\w@:-])
    (?P<path> (?: / {_PLAIN}* )? )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s+|$)")
_CODE = re.compile(r"(?<![\w-])(?:codes?|implementation)(?![\w-])", re.IGNORECASE)
