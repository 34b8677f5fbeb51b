from pathlib import Path

import pytest
from jinja2 import UndefinedError

from digest.rendering import environment as module
from digest.rendering.colours import DARK, HOOKS, LIGHT
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


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "panel", "pill"])
@pytest.mark.parametrize("letters", ["ink", "body", "quiet", "accent"])
def test_letters_stand_out_from_their_ground(
    scheme: dict[str, str], ground: str, letters: str
) -> None:
    lighter, darker = sorted((luminance(scheme[ground]), luminance(scheme[letters])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_letters_of_a_button_stand_out() -> None:
    for scheme in (LIGHT, DARK):
        lighter, darker = sorted(
            (luminance(scheme["page"]), luminance(scheme["accent"])), reverse=True
        )
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_both_schemes_have_every_colour() -> None:
    assert LIGHT.keys() == DARK.keys() >= {hook.colour for hook in HOOKS}
