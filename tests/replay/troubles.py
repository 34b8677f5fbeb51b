"""What can go wrong with whom, how a visit ends then, and what is said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from digest.models.visits import VisitState
from tests.replay import faults
from tests.replay.server import Fault
from tests.replay.services import TODAY, YESTERDAY

DATA = Path(__file__).parents[1] / "data"
PARTIAL, LATE, UNREADABLE = VisitState.PARTIAL, VisitState.LATE, VisitState.UNREADABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked of a source, and at which path; *service* is whose pace it shares.

    *second* stands in the second of its papers, if there are two.
    """

    name: str
    day: date
    path: str
    service: str
    second: bytes


HUGGING_FACE = Target(
    name="huggingface",
    day=TODAY,
    path="/api/daily_papers",
    service="Hugging Face",
    second=b'"2611.10003"',
)
CATALOGUE = Target(
    name="arxiv", day=YESTERDAY, path="/oai", service="arXiv", second=b"<id>2601.00003"
)
FEED = Target(name="arxiv", day=TODAY, path="/rss/", service="arXiv", second=b"abs/2611.10002")
JOURNAL = Target(
    name="feeds", day=TODAY, path="/journal/", service="127.0.0.1", second=b"10.5555/moss.42"
)
TARGETS = (HUGGING_FACE, CATALOGUE, FEED, JOURNAL)
OF_XML = (CATALOGUE, FEED, JOURNAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A fault for some of the targets, how a visit ends with it, and what is said of it."""

    name: str
    fault: Callable[[Target], Fault]
    targets: Sequence[Target] = TARGETS
    state: VisitState = LATE
    entries: int = 0
    said: str
    silent: timedelta = timedelta(0)


def always(fault: Fault) -> Callable[[Target], Fault]:
    return lambda _target: fault


def instead(body: bytes) -> Callable[[Target], Fault]:
    return always(faults.instead(body))


ALL = (
    Trouble(
        name="429",
        fault=always(faults.status(429)),
        said="127.0.0.1 was asked too often; it may be asked again from",
        silent=timedelta(minutes=1),
    ),
    Trouble(
        name="429 for an hour",
        fault=always(faults.status(429, {"Retry-After": "3600"})),
        said="127.0.0.1 was asked too often; "
        "it may be asked again from 2026-11-18 13:00:00 UTC on.",
        silent=timedelta(hours=1),
    ),
    Trouble(
        name="503",
        fault=always(faults.status(503)),
        said="127.0.0.1 cannot answer now (503).",
    ),
    Trouble(
        name="503 for an hour",
        fault=always(faults.status(503, {"Retry-After": "3600"})),
        said="127.0.0.1 cannot answer now (503).",
        silent=timedelta(hours=1),
    ),
    Trouble(
        name="404",
        fault=always(faults.status(404)),
        state=UNREADABLE,
        said="(404); check its URL in the settings.",
    ),
    Trouble(
        name="endless",
        fault=always(faults.endless()),
        said="MiB and was not read to its end.",
    ),
    Trouble(
        name="hung up",
        fault=always(faults.closed),
        said="127.0.0.1 did not answer as a web server does.",
    ),
    Trouble(
        name="elsewhere",
        fault=always(faults.redirected("http://localhost:9/papers")),
        state=UNREADABLE,
        said="127.0.0.1 sends us to localhost, where we do not follow",
    ),
    Trouble(
        name="in circles",
        fault=always(faults.redirected("/rss/again")),
        targets=(FEED,),
        state=UNREADABLE,
        said="sends us from one page to the next without an end.",
    ),
    Trouble(
        name="not packed",
        fault=always(faults.packed_wrongly),
        said="127.0.0.1 cannot be unpacked.",
    ),
    Trouble(
        name="broken off",
        fault=lambda target: faults.broken_off(target.second),
        state=PARTIAL,
        entries=1,
        said="",
    ),
    Trouble(
        name="broken off at once",
        fault=always(faults.broken_off(b"<?xml")),
        targets=(CATALOGUE, FEED),
        said="broke off",
    ),
    Trouble(
        name="cut short",
        fault=lambda target: faults.cut_short(target.second),
        targets=(CATALOGUE, FEED),
        state=PARTIAL,
        entries=1,
        said="broke off in the middle; it is asked again later.",
    ),
    Trouble(
        name="cut short, JSON",
        fault=lambda target: faults.cut_short(target.second),
        targets=(HUGGING_FACE,),
        state=UNREADABLE,
        said="broken JSON, or a part of it",
    ),
    Trouble(
        name="misnamed encoding",
        fault=always(faults.misnamed("latin-1")),
        state=UNREADABLE,
        targets=(HUGGING_FACE, CATALOGUE, FEED),
        said="is not in ",
    ),
    Trouble(
        name="bomb",
        fault=instead(faults.bomb()),
        targets=OF_XML,
        state=UNREADABLE,
        said="entities",
    ),
    Trouble(
        name="a web page",
        fault=instead(b"<!doctype html><html><body><p>Back soon<br></body></html>"),
        state=UNREADABLE,
        said="",
    ),
    Trouble(
        name="nothing at all",
        fault=instead(b""),
        targets=(HUGGING_FACE, JOURNAL),
        state=UNREADABLE,
        said="",
    ),
    Trouble(
        name="nothing at all, XML",
        fault=instead(b""),
        targets=(CATALOGUE, FEED),
        said="arXiv's answer broke off at once; it is asked again later.",
    ),
    Trouble(
        name="JSON of another shape",
        fault=instead(b'{"papers": [{"paper": {"id": "2611.10001", "title": "Tides"}}]}'),
        state=UNREADABLE,
        said="",
    ),
    Trouble(
        name="rows of another shape",
        fault=instead(b'[{"id": "2611.10001", "title": "Tides"}, 7, null]'),
        targets=(HUGGING_FACE,),
        state=UNREADABLE,
        said="look for a newer version of this program.",
    ),
    Trouble(
        name="an error of arXiv",
        fault=instead((DATA / "arxiv/feed_error.xml").read_bytes()),
        targets=(FEED,),
        state=UNREADABLE,
        said="correct the categories in the settings.",
    ),
)
