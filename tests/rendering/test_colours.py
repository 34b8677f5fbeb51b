import pytest

from digest.rendering.colours import DARK, HOOKS, LIGHT


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
