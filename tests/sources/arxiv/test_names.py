import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.arxiv.names import people, readable_name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"Paulo Andr\'e", "Paulo André"),
        (r"P\'al Erd\H{o}s", "Pál Erdős"),
        (r"Erd\H os", "Erdős"),
        (r"Garc\'\i a-Portugu\'es", "García-Portugués"),
        (r"Garc\'{\i}a", "García"),
        (r"{\O}yvind K{\aa}re S\o ren", "Øyvind Kåre Søren"),
        (r"\L ukasz {\'S}wi\k{a}tek", "Łukasz Świątek"),
        (r"Fran\c{c}ois \c Sahin", "François Şahin"),
        (r"Kova\v{c}evi\'c", "Kovačević"),
        (r"Nguy\~{\^e}n", "Nguyễn"),
        (r"Ng\d{\^o}", "Ngộ"),
        ("Andre\u0301", "Andr\u00e9"),
        (r"{\"O}zt{\"u}rk", "Öztürk"),
        (r"Stra\ss e Wei{\ss}", "Straße Weiß"),
        (r"M\' elanie", "Mélanie"),
        (r"J.~Doe", "J. Doe"),
        (r"{Ada} \textit{Okafor}", "Ada Okafor"),
        (r"Max 50% Moss \& Co", "Max 50% Moss & Co"),
        ("Moss & Rain~Lab", "Moss & Rain Lab"),
        ("d'Amico O’Neil Ñandú", "d'Amico O’Neil Ñandú"),
        ("Ada\n  Okafor", "Ada Okafor"),
        ("{" * 500 + "Ada", "{" * 500 + "Ada"),
    ],
)
def test_tex_in_names_is_read(written: str, read: str) -> None:
    assert readable_name(written) == read


@pytest.mark.parametrize(
    ("words", "names", "places"),
    [
        ("Ada Okafor", ["Ada Okafor"], []),
        ("A. Öst, B. Li and C. Rive", ["A. Öst", "B. Li", "C. Rive"], []),
        ("A. Öst, B. Li, and C. Rive", ["A. Öst", "B. Li", "C. Rive"], []),
        ("Ada Anderson and Andy Sand", ["Ada Anderson", "Andy Sand"], []),
        (r"A. Öst \& B. Li; C. Rive", ["A. Öst", "B. Li", "C. Rive"], []),
        (
            "The Moss Collaboration: A. Öst, B. Li",
            ["The Moss Collaboration", "A. Öst", "B. Li"],
            [],
        ),
        ("B. Li Jr, C. Rive, Jr., D. Moss, III", ["B. Li Jr", "C. Rive Jr.", "D. Moss III"], []),
        ("A. Öst, B. Li et al.", ["A. Öst", "B. Li"], []),
        ("A. Öst, B. Li, and others", ["A. Öst", "B. Li"], []),
        (
            "A. Öst (Moss Institute, Bergen), B. Li (Moss & Rain Lab)",
            ["A. Öst", "B. Li"],
            ["Moss Institute, Bergen", "Moss & Rain Lab"],
        ),
        (
            r"A. Öst (1), B. Li (1, 2), C. Rive (1 and 2) ((1) Moss Institute, (2) Universit\"at)",
            ["A. Öst", "B. Li", "C. Rive"],
            ["Moss Institute", "Universität"],
        ),
        ("A. Öst (for the Moss Collaboration)", ["A. Öst"], []),
        ("A. Öst (Moss (Institute)), B. Li", ["A. Öst", "B. Li"], ["Moss (Institute)"]),
        ("A. Öst (Moss Institute, B. Li", ["A. Öst"], ["Moss Institute, B. Li"]),
        ("A. Öst$^{1,2}$, B. Li", ["A. Öst", "B. Li"], []),
        ("A. Öst), B. Li", ["A. Öst", "B. Li"], []),
        ("A. Öst, , :, A. Öst", ["A. Öst"], []),
        ("", [], []),
    ],
)
def test_an_author_string_is_names_and_affiliations(
    words: str, names: list[str], places: list[str]
) -> None:
    assert people(words) == (tuple(names), tuple(places))


PLAIN = st.text(string.ascii_letters + "äøéłñ", min_size=2, max_size=12).map(str.capitalize)


@given(st.lists(st.tuples(PLAIN, PLAIN).map(" ".join), min_size=1, max_size=8, unique=True))
def test_every_name_of_a_list_comes_back(names: list[str]) -> None:
    names = [name for name in names if name.split()[1].lower() not in {"al", "others", "and"}]

    assert people(", ".join(names))[0] == tuple(names)


@given(st.text("\\{}()'\"`^~=.,;:&%$ aeicHvuLO12\n") | st.text())
def test_no_author_string_is_too_strange(words: str) -> None:
    names, places = people(words)

    assert all(name == " ".join(name.split()) != "" for name in names + places)
