import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.feeds.people import people


@pytest.mark.parametrize(
    ("creators", "expected"),
    [
        (["Smith, J., Doe, A. B."], ("J. Smith", "A. B. Doe")),
        (["Smith, John"], ("John Smith",)),
        (["Smith, John; Doe, Jane A."], ("John Smith", "Jane A. Doe")),
        (["Smith, John and Doe, Jane"], ("John Smith", "Jane Doe")),
        (["John Smith, Jane Doe, and Max Moe"], ("John Smith", "Jane Doe", "Max Moe")),
        (["John Smith (MIT, Boston), Jane Doe"], ("John Smith", "Jane Doe")),
        (["J. Smith, J. Doe, et al."], ("J. Smith", "J. Doe")),
        (["LI, X., WU, Y."], ("X. LI", "Y. WU")),
        (["Smith, J., Jr., Doe, K."], ("J. Smith Jr.", "K. Doe")),
        (["Deepti", "The Moth Collaboration"], ("Deepti", "The Moth Collaboration")),
        (["", " , ", "<b>Ada</b> Okafor", "Ada Okafor"], ("Ada Okafor",)),
    ],
)
def test_people_are_told_apart(creators: list[str], expected: tuple[str, ...]) -> None:
    assert people(creators) == expected


@given(st.lists(st.text(alphabet="AZaz. ,;&()<>é-'")))
def test_people_have_names(creators: list[str]) -> None:
    told = people(creators)

    assert len(set(told)) == len(told)
    assert all(name and name == " ".join(name.split()) for name in told)
