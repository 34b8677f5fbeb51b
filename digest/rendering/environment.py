"""The templates: where they are, and the one way they are read."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from digest.rendering.colours import DARK, HOOKS, LIGHT
from digest.rendering.words import wrapped

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_folder() -> Path:
    """Return the folder of templates: in the package where it was installed, else a checkout's."""
    installed = _PACKAGE / "_templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def environment() -> Environment:
    """Return the environment: an unknown name is an error, HTML is escaped, text is not."""
    made = Environment(
        loader=FileSystemLoader(templates_folder()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals |= {"light": LIGHT, "dark": DARK, "hooks": HOOKS}
    made.filters["wrapped"] = _wrapped
    made.filters["paragraph"] = _paragraph
    return made


def hook_classes(templates: Environment) -> frozenset[str]:
    """Return the classes that the sheets for phones and dark clients look for."""
    sheets = (templates.get_template(f"email/_base/{name}.css") for name in ("phone", "dark"))
    return frozenset(_CLASS.findall("\n".join(sheet.render() for sheet in sheets)))


# A class starts a selector here, so that no decimal of a length is one.
_CLASS = re.compile(r"(?:^|\s)\.([a-z][a-z-]*)")


def _wrapped(text: str, margin: int = 0) -> str:
    """Wrap *text* between a margin of spaces and the end of the line, its first line included."""
    return wrapped(text, indent=" " * margin)


def _paragraph(text: str) -> str:
    """Make *text*, however a template breaks it, one wrapped paragraph."""
    return wrapped(" ".join(text.split()))
