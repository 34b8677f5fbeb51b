"""Links to code, found in running text."""

import re


def code_link(text: str) -> str | None:
    r"""Return the first link to a repository of code in *text*, None without one.

    Links lose the stop, brace or TeX around them and are given `https://`. Pages about a
    project, models, data and videos are no code; an owner without a repository is no link
    to it.
    """
    for match in _LINK.finditer(text):
        path = _SPLIT.sub(r"\1", match["path"]).replace("\\_", "_").replace("\\#", "#")
        path = path.rstrip(".,;:!?'\"*")
        if not match["anonymous"] and (
            len([part for part in path.split("/") if part]) < _OWNER_AND_REPOSITORY
            or path.split("/")[0].lower() in _NO_OWNERS
        ):
            continue
        return f"https://{match['host'].lower()}/{path}"
    return None


_OWNER_AND_REPOSITORY = 2
_NO_OWNERS = frozenset(("about", "collections", "features", "orgs", "sponsors", "topics"))
_SPLIT = re.compile(r"^([^/ ]+/) ")

_LINK = re.compile(
    r"""
    (?: https?:// | (?<![\w./@-]) ) (?:www\.)?
    (?P<host> github\.com | gist\.github\.com | gitlab\.[a-z0-9.-]+ | bitbucket\.org
            | codeberg\.org | gitee\.com | (?P<anonymous> anonymous\.4open\.science) )
    /
    (?P<path>
        # a space after the owner is what a line break in the abstract left
        [A-Za-z0-9-]+/[ ][A-Za-z0-9._-]+/[A-Za-z0-9._/-]+
        | (?: [A-Za-z0-9._~/%#=?&+-] | \\[_\#] )+
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
