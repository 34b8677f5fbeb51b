import pytest

from digest.ranking.facets import (
    name,
    organisation,
    same_category,
    same_organisation,
    same_person,
)


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [
        ("Jürgen Schmidhuber", "Jurgen Schmidhuber"),
        ("Schmidhuber, Jürgen", "Jürgen Schmidhuber"),
        ("J. Schmidhuber", "Jürgen Schmidhuber"),
        ("Jürgen Schmidhuber", "J. Schmidhuber"),
        ("Schmidhuber", "Jürgen Schmidhuber"),
        ("Ada Okafor", "Ada B. Okafor"),
        ("Ada B. Okafor", "Ada Okafor"),
        ("A. B. Okafor", "Ada Beatrice Okafor"),
        ("Yu-Gang Jiang", "Yugang Jiang"),
        ("Søren Łukasz", "Soren Lukasz"),
        ("van den Berg, Jan", "Jan van den Berg"),
    ],
)
def test_one_person_printed_in_two_ways(wanted: str, printed: str) -> None:
    assert same_person(name(wanted), name(printed))


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [
        ("Jürgen Schmidhuber", "Jan Schmidhuber"),
        ("J. Schmidhuber", "A. Schmidhuber"),
        ("Jürgen Schmidhuber", "Schmidhuber"),
        ("Ada B. Okafor", "Ada C. Okafor"),
        ("Ada Okafor", "Okafor Ada"),
        ("Schmid", "Schmidhuber"),
        ("", ""),
        ("...", "Ada Okafor"),
    ],
)
def test_two_persons(wanted: str, printed: str) -> None:
    assert not same_person(name(wanted), name(printed))


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [("cs.CL", "cs.cl"), ("cs.CL", "CL"), ("CL", "cs.CL"), ("cs", "cs.CV"), ("hep-th", "hep-th")],
)
def test_one_category_printed_in_two_ways(wanted: str, printed: str) -> None:
    assert same_category(wanted, printed)


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [("cs.LG", "stat.LG"), ("cs", "csx.CL"), ("cs.CL", "cs"), ("CL", "cs.CV"), ("ML", "cs.XML")],
)
def test_two_categories(wanted: str, printed: str) -> None:
    assert not same_category(wanted, printed)


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [
        ("Allen AI", "allen-ai"),
        ("AllenAI", "allen-ai"),
        ("Google", "Google DeepMind"),
        ("deepmind", "Google DeepMind"),
    ],
)
def test_an_organisation_is_known_by_whole_words_of_its_name(wanted: str, printed: str) -> None:
    assert same_organisation(organisation(wanted), organisation(printed))


@pytest.mark.parametrize(
    ("wanted", "printed"), [("MIT", "Summit Labs"), ("Google Brain", "Google"), ("?", "Google")]
)
def test_two_organisations(wanted: str, printed: str) -> None:
    assert not same_organisation(organisation(wanted), organisation(printed))
