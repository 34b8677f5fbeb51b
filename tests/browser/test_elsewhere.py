"""The form that docs/forms.md has people paste, on a page of another site."""

from pathlib import Path

from digest.models.signups import FormKind, Signup
from digest.services.forms import FormWish, add_form
from digest.web.app import build
from tests.browser.chromium import Chromium, Visit
from tests.browser.faults import barriers
from tests.fakes import MemoryStore
from tests.web.conftest import make_app, served

GUIDE = Path(__file__).parents[2] / "docs" / "forms.md"
SITE = "http://library.example.net/join"
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Join</title></head>
<body><main><h1>Join</h1>{form}</main></body>
</html>
"""


def test_the_form_signs_up_without_scripts_and_ends_on_our_page(chromium: Chromium) -> None:
    app = make_app(MemoryStore())
    wish = FormWish(name="lab", kind=FormKind.HTML)
    add_form(wish, store=app.store, clock=app.clock, tokens=app.tokens)
    form = GUIDE.read_text(encoding="utf-8").partition("```html\n")[2].partition("```")[0]

    def fill_in(visit: Visit) -> tuple[str, str]:
        visit.page.unroute("**/*")
        visit.page.get_by_label("E-mail address").fill("ada@example.org")
        visit.page.get_by_label("Words to look for").fill("whale song, squid")
        visit.page.get_by_role("button", name="Sign up").click()
        visit.page.wait_for_url("**/webhooks/signup/lab")
        return visit.page.title(), visit.page.inner_text("h1")

    with served(build(app)) as client:
        html = PAGE.format(
            form=form.replace(
                "https://papers.example.org", f"http://{client.base_url.netloc.decode()}"
            )
        )
        title, heading = chromium.visit(SITE, fill_in, html=html, scripts=False)

    assert heading == "Check your mail"
    assert title.startswith("Check your mail")
    with app.store.begin() as work:
        [signup] = work.signups.waiting(limit=9)
    assert isinstance(signup, Signup)
    assert (signup.address, signup.interests) == ("ada@example.org", ("whale song", "squid"))
    assert chromium.visit(SITE, lambda visit: barriers(visit.page), html=html) == []
