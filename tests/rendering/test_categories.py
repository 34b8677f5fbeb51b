import pytest

from digest.rendering.categories import category_name


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "Language"),
        ("CL", "Language"),
        ("LG", "Machine learning"),
        ("stat.ML", "Statistical learning"),
        ("math.CO", "Mathematics"),
        ("quant-ph", "Quantum physics"),
        ("astro-ph.GA", "Astrophysics"),
        ("Whale studies", "Whale studies"),
        ("x" * 99, "x" * 39 + "…"),
    ],
)
def test_a_category_has_a_name_for_people(category: str, name: str) -> None:
    assert category_name(category) == name
