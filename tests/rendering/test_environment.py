from pathlib import Path

import pytest
from jinja2 import UndefinedError

from digest.rendering import environment as module
from digest.rendering.colours import HOOKS
from digest.rendering.environment import environment, hook_classes, templates_folder


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()


def test_html_is_escaped_and_text_is_not() -> None:
    made = environment()

    assert made.get_template("email/issue/label.html").render(slots={"words": "<b>"}).count("&lt;b")
    assert "<b>" in made.get_template("email/issue/label.txt").render(slots={"words": "<b>"})


def test_a_checkout_reads_its_own_templates_and_a_wheel_those_it_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "digest")
    assert templates_folder() == tmp_path / "templates"

    (tmp_path / "digest" / "_templates").mkdir(parents=True)
    assert templates_folder() == tmp_path / "digest" / "_templates"


def test_every_hook_of_the_sheets_is_kept() -> None:
    hooks = hook_classes(environment())

    assert {hook.name for hook in HOOKS} <= hooks
    assert {"sides", "headline", "lead", "title-lead"} <= hooks
    assert "gist" not in hooks
