"""Pages in the house style, from templates/pages."""

from collections.abc import Mapping
from typing import Any

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
        template = self._templates.get_template(f"pages/{name}.html")
        html = template.render(imprint=self._imprint, **context)
        return HTMLResponse(html, status_code=status, headers=headers)
