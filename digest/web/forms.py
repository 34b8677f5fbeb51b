"""What a form says: read without believing any of it, and shown again with what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

MOST_FIELDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The values of a form by name, in the order they came."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return the first value of *name*, with lines that end as ours do."""
        first = self.values.get(name, (default,))[0]
        return first.replace("\r\n", "\n").replace("\r", "\n")

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of *name*."""
        return self.values.get(name, ())

    def has(self, name: str) -> bool:
        """Return whether there is something in *name*."""
        return any(self.every(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with the field of that *name*, in a sentence."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it is shown: *values* by name, and the *faults* that keep it from being taken."""

    values: Mapping[str, object]
    faults: tuple[Fault, ...] = ()

    def fault(self, name: str) -> str:
        """Return what is wrong with the field of that name, "" where nothing is."""
        return next((one.words for one in self.faults if one.name == name), "")


async def fields(request: Request) -> Fields:
    """Return what the body of *request* says, nothing where it is no form.

    Raise HTTPException 400 where it cannot be read, has too many fields, or carries files.
    """
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        return _gathered((name, one) for name, one in form.multi_items())


def asked(request: Request) -> Fields:
    """Return what the query of *request* says."""
    return _gathered(request.query_params.multi_items()[:MOST_FIELDS])


def _gathered(pairs: Iterable[tuple[str, UploadFile | str]]) -> Fields:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value)
    return Fields(values=found)
