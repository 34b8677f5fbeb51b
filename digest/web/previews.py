"""`/preview`: today's issue for what somebody typed, before they give an address."""

from collections import OrderedDict
from datetime import date, datetime, timedelta
from threading import Lock

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from digest.bootstrap import App
from digest.models.interests import Interest
from digest.models.issues import Pick
from digest.rendering.opening import long_date
from digest.rendering.reasons import summands, total
from digest.rendering.views import Card, card
from digest.services.glimpse import glimpse
from digest.services.plan import Morning, prepare
from digest.services.wishes import read_interest
from digest.web.forms import Fault, Fields, asked, fields
from digest.web.joining import Joining, filled, wrong_interests
from digest.web.network import Networks
from digest.web.pages import Pages

PAPERS = 8
"""Papers of a preview: fewer than an issue has, and enough to see what it would be."""

PER_MINUTE = 30
"""Previews that one network may ask for in a minute."""

FRESH = timedelta(minutes=1)
"""How long a preview is shown before it is made again."""

MORNING = timedelta(minutes=10)
"""How long what a day's previews are chosen from is used: reading it all takes seconds."""

KEPT = 256
"""Previews that are kept: the ones asked for last."""


class Previews:
    """Shows the issue that somebody would get; all share one morning, and nothing is kept."""

    def __init__(self, app: App, pages: Pages, networks: Networks, joining: Joining) -> None:
        self._app = app
        self._pages = pages
        self._networks = networks
        self._joining = joining
        self._mornings = Mornings(app)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = Lock()
        self._cards: tuple[Morning | None, dict[str, Card]] = (None, {})
        self._made: OrderedDict[tuple[date, Interest], tuple[datetime, Markup]] = OrderedDict()

    async def answer(self, request: Request) -> Response:
        """Answer with the preview; a POST keeps an address that was typed out of the URL."""
        said = await fields(request) if request.method == "POST" else asked(request)
        return await run_in_threadpool(self._show, request, said)

    def _show(self, request: Request, said: Fields) -> Response:
        network = self._networks.name(request)
        if not self._limiter.hit(_RATE, "preview", network):
            raise HTTPException(429, headers={"Retry-After": "60"})
        text = said.text("interests")
        if words := wrong_interests(text):
            form = filled(said, (Fault(name="interests", words=words),))
            context = self._joining.context(request, form)
            return self._pages.page("signup", status=422, **context)
        context = self._joining.context(request, filled(said))
        issue = self._issue(read_interest([text]))
        return self._pages.page("preview", issue=issue, **context)

    def _issue(self, interest: Interest) -> Markup:
        now, day = self._app.clock.now(), self._app.today
        with self._lock:
            made = self._made.get((day, interest))
            if made is not None and made[0] <= now < made[0] + FRESH:
                self._made.move_to_end((day, interest))
                return made[1]
        issue = self._print(interest, self._mornings.of(day, now))
        with self._lock:
            self._made[day, interest] = (now, issue)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return issue

    def _print(self, interest: Interest, morning: Morning) -> Markup:
        found = glimpse(interest, morning, papers=PAPERS, store=self._app.store)
        listed = len(morning.pool.papers)
        return self._pages.part(
            "_preview",
            day=long_date(morning.day),
            wished=interest != Interest(),
            matching=found.matching,
            listed=listed,
            nothing="" if listed else morning.why or NOTHING,
            picks=[self._shown(pick, morning) for pick in found.picks],
        )

    def _shown(self, pick: Pick, morning: Morning) -> dict[str, object]:
        made_for, cards = self._cards
        if made_for is not morning:
            cards = {}
            self._cards = (morning, cards)
        # A card is the same for all who see the paper on one morning, and takes a while to make.
        if pick.paper.id not in cards:
            cards[pick.paper.id] = card(pick)
        return {
            "rank": pick.rank,
            "card": cards[pick.paper.id],
            "why": summands(pick.score),
            "total": total(pick.score),
        }


_RATE = RateLimitItemPerMinute(PER_MINUTE)

NOTHING = (
    "No paper was listed in the last seven days, so there is nothing to show yet; your issues "
    "begin with the next listing."
)


class Mornings:
    """Keeps what the previews of a day are chosen from; one thread at a time makes it anew."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._making = Lock()
        self._kept: tuple[datetime, Morning] | None = None

    def of(self, day: date, now: datetime) -> Morning:
        """Return the morning of *day*, at most MORNING old unless another is being made."""
        kept = self._kept
        if kept is not None and kept[1].day == day:
            if kept[0] <= now < kept[0] + MORNING:
                return kept[1]
            if not self._making.acquire(blocking=False):
                # Who waits for a preview need not wait for that.
                return kept[1]
        else:
            self._making.acquire()
        try:
            if self._kept is not kept and self._kept is not None and self._kept[1].day == day:
                return self._kept[1]
            morning = prepare(day, store=self._app.store, now=now)
            self._kept = (now, morning)
            return morning
        finally:
            self._making.release()
