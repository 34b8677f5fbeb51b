"""Pages in the house style, from templates/pages."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse

from digest.rendering.environment import environment
from digest.rendering.imprint import Imprint


class Pages:
    """Prints the pages of the digest that *imprint* describes."""

    def __init__(self, imprint: Imprint) -> None:
        self._templates = environment()
        self._imprint = imprint

    def page(
        self,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,  # noqa: ANN401 - Jinja's
    ) -> HTMLResponse:
        """Return the page that the template *name* makes."""
        return HTMLResponse(self._print(name, context), status_code=status, headers=headers)

    def part(self, name: str, **context: Any) -> Markup:  # noqa: ANN401 - Jinja's
        """Return the part of a page that the template *name* makes, to be kept and used again."""
        return Markup(self._print(name, context))  # noqa: S704 - what it prints was escaped

    def _print(self, name: str, context: Mapping[str, Any]) -> str:
        template = self._templates.get_template(f"pages/{name}.html")
        return template.render(imprint=self._imprint, **context)
