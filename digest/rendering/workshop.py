"""Templates made into fragments, each rendered and inlined once."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment

from digest.rendering.environment import hook_classes
from digest.rendering.fragments import Fragment, Slots, between, split
from digest.rendering.inlining import inlined


class Workshop:
    """Makes fragments from templates; every one is inlined once."""

    def __init__(self, templates: Environment) -> None:
        self._templates = templates
        self._hooks = hook_classes(templates)

    def document(self, name: str, **context: Any) -> Fragment:  # noqa: ANN401 - Jinja's
        """Return the whole HTML document that the template *name* makes."""
        slots, rendered = self._render(name, context)
        return split(inlined(rendered, hooks=self._hooks), slots)

    def html(self, name: str, **context: Any) -> Fragment:  # noqa: ANN401 - Jinja's
        """Return the piece of HTML that the template *name* makes."""
        slots, rendered = self._render(name, context)
        return split(between(inlined(rendered, hooks=self._hooks), "fragment"), slots)

    def text(self, name: str, **context: Any) -> Fragment:  # noqa: ANN401 - Jinja's
        """Return the text that the template *name* makes."""
        slots, rendered = self._render(name, context)
        return split(rendered, slots)

    def _render(self, name: str, context: Mapping[str, object]) -> tuple[Slots, str]:
        slots = Slots(repr(context))
        template = self._templates.get_template(f"email/{name}")
        return slots, template.render(slots=slots, **context)
