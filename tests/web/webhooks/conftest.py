"""A desk: an installation that is posted to, and what its inbox then holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from digest.bootstrap import App
from digest.models.signups import Form, FormKind, Signup
from digest.services.forms import FormWish, add_form
from digest.web.app import build
from tests.fakes import MemoryStore, StoppedClock
from tests.web.conftest import make_app, served
from tests.web.webhooks.vendors import Post, Vendor, submission_id


@dataclass(slots=True, kw_only=True)
class Desk:
    """What is posted to, and what it kept."""

    app: App
    client: httpx.Client = field(repr=False)

    @property
    def clock(self) -> StoppedClock:
        assert isinstance(self.app.clock, StoppedClock)
        return self.app.clock

    def add(self, kind: FormKind, *, name: str = "lab", **wishes: Any) -> Form:
        wish = FormWish(name=name, kind=kind, **wishes)
        return add_form(wish, store=self.app.store, clock=self.app.clock, tokens=self.app.tokens)

    def form(self, name: str = "lab") -> Form:
        with self.app.store.read() as work:
            form = work.forms.get(name)
        assert form is not None
        return form

    def secret(self, name: str = "lab") -> str:
        form = self.form(name)
        return form.secrets[0].secret if form.secrets else ""

    def kept(self) -> Sequence[Signup]:
        with self.app.store.begin() as work:
            return work.signups.waiting(limit=1000)

    def write(
        self,
        vendor: Vendor,
        *,
        email: str = "ada@example.org",
        submission: str = "first",
        secret: str | None = None,
        at: datetime | None = None,
    ) -> Post:
        """Return a submission that *vendor* signed, with the form's secret unless told."""
        return vendor.post(
            self.secret() if secret is None else secret,
            email=email,
            submission=submission_id(submission),
            at=at or self.clock.now(),
        )

    def send(self, post: Post, name: str = "lab", **headers: str) -> httpx.Response:
        return self.client.post(
            f"/webhooks/signup/{name}{post.suffix}",
            content=post.body,
            headers={**post.headers, **headers},
        )

    def post(self, vendor: Vendor, **wishes: Any) -> httpx.Response:
        return self.send(self.write(vendor, **wishes))

    def json(self, sent: Any, *, name: str = "lab", **headers: str) -> httpx.Response:
        """Post to a form of kind bearer."""
        bearer = {"Authorization": f"Bearer {self.secret(name)}"}
        given = {"Content-Type": "application/json"} | bearer | headers
        path = f"/webhooks/signup/{name}"
        if isinstance(sent, bytes):
            return self.client.post(path, content=sent, headers=given)
        return self.client.post(path, json=sent, headers=given)


def changed(post: Post, **changes: Any) -> Post:
    return replace(post, **changes)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An installation in memory, served."""
    app = make_app(MemoryStore())
    with served(build(app)) as client:
        yield Desk(app=app, client=client)
