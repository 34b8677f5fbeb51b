"""The colours of mails and pages, light and dark, in one table from which every style is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "page": "#ffffff",
        "panel": "#f2f6f5",
        "ink": "#15191c",
        "body": "#2f363b",
        "quiet": "#5b656c",
        "accent": "#0b6b57",
        "pill": "#edf1f2",
        "rule": "#dfe4e6",
        "bar": "#b3bdc2",
        "edge": "#78838a",
        "wrong": "#a3231b",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "page": "#101416",
        "panel": "#182124",
        "ink": "#f0f3f4",
        "body": "#ccd4d7",
        "quiet": "#9fabb1",
        "accent": "#6fd3b8",
        "pill": "#263035",
        "rule": "#2c363a",
        "bar": "#55636a",
        "edge": "#7d8a91",
        "wrong": "#ffb4a8",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A class by which a sheet *paints* a property in the *colour* of that name.

    Outlook.com marks text it recoloured with data-ogsc and grounds with data-ogsb.
    """

    name: str
    paints: str
    colour: str

    @property
    def outlook(self) -> str:
        """The attribute under which Outlook.com lets us have our own dark colour."""
        return "data-ogsb" if self.paints == "background-color" else "data-ogsc"


HOOKS = (
    Hook(name="page", paints="background-color", colour="page"),
    Hook(name="panel", paints="background-color", colour="panel"),
    Hook(name="pill", paints="background-color", colour="pill"),
    Hook(name="fill", paints="background-color", colour="accent"),
    Hook(name="ink", paints="color", colour="ink"),
    Hook(name="text", paints="color", colour="body"),
    Hook(name="quiet", paints="color", colour="quiet"),
    Hook(name="accent", paints="color", colour="accent"),
    Hook(name="onfill", paints="color", colour="page"),
    Hook(name="rule", paints="border-top-color", colour="rule"),
    Hook(name="under", paints="text-decoration-color", colour="rule"),
    Hook(name="bar", paints="border-bottom-color", colour="bar"),
    Hook(name="peak", paints="border-bottom-color", colour="accent"),
)
"""Every class that changes with the scheme; the dark dialects are made from this alone."""
