import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.mojibake import mend


def as_thai(name: str) -> str:
    """Return what *name* looks like where its UTF-8 was read as Windows-874."""
    characters = []
    for byte in name.encode():
        try:
            characters.append(bytes([byte]).decode("cp874"))
        except UnicodeDecodeError:
            characters.append(chr(byte))
    return "".join(characters)


NAMES = (
    "Jürgen Gaël François Łukasz Şahin Čapek Antonín Dvořák Øystein Åse Émile Ángel Ñuñez"
    " Šime Erdős Nicolò Zoë Żak Ünal Straße Çelik İlker Ağaoğlu Ștefan Țîrlea Ý Ân Lê Žižek"
    " Miloš Jānis Bērziņš Þór Æsir Renée José Müller–López Šćepanović Šimon Šárka Séaghdha"
    " Trần Đặng Đỗ Nguyễn"
)


@pytest.mark.parametrize("name", NAMES.split(" "))
def test_a_misread_name_is_mended(name: str) -> None:
    assert mend(as_thai(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hà",
        "Ö. Y\N{LATIN SMALL LETTER DOTLESS I}lmaz",
        "Tomás Ó Máille",
        "Š. Novák",
        "Émile Šimek, Jürgen Lê",
        "O’Neill",
    ],
)
def test_a_misread_name_of_several_words_is_mended(name: str) -> None:
    assert mend(as_thai(name)) == name


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ("ล ime Vlaลกiฤ\x87", "Šime Vlašić"),
        ("ล รกrka", "Šárka"),
        ("Nguyแป…n Thแป\x8b Hร", "Nguyễn Thị Hà"),
        ("Hร  Nguyแป…n", "Hà Nguyễn"),
    ],
)
def test_a_no_break_space_that_became_plain_or_was_lost_is_mended(seen: str, name: str) -> None:
    assert mend(seen) == name


@pytest.mark.parametrize(
    "name",
    [
        "สมชาย ใจดี",
        "รถ",
        "แบบ",
        "A รถ B",
        "A รถB",
        "Bangkok กรุงเทพ",
        "น้ำ water",
        "การรถไฟ",
        "ภาษาไทย (Thai)",
        "รถยนต์ Toyota",
        "ดร. Somchai",
        "“ไทย”",
        "พ.ศ. ๒๕๖๐",
        "ร’",
    ],
)
def test_real_thai_is_left_alone(name: str) -> None:
    assert mend(name) == name


@pytest.mark.parametrize(
    ("seen", "name"),
    [("JÃ¼rgen", "Jürgen"), ("J&uuml;rgen", "Jürgen"), ("O’Brien–Ray", "O’Brien–Ray"), ("", "")],
)
def test_the_rest_is_for_ftfy_with_quotes_as_they_are(seen: str, name: str) -> None:
    assert mend(seen) == name


def test_text_that_is_right_stays() -> None:
    assert mend("Jürgen Schmidhuber, Gaël Le Lan, 李华") == "Jürgen Schmidhuber, Gaël Le Lan, 李华"


LATIN = [
    character
    for character in map(chr, [*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA)])
    if character.isalpha()
    and len(unicodedata.normalize("NFC", character)) == 1
    and unicodedata.normalize("NFC", character) == character
    and unicodedata.normalize("NFKC", character) == character
]


@given(st.lists(st.sampled_from(LATIN), min_size=1, max_size=6))
def test_any_letter_inside_a_word_is_mended(letters: list[str]) -> None:
    name = "n".join(["N", *letters, "n"])

    assert mend(as_thai(name)) == name


@given(st.text())
def test_mending_is_total_and_never_touches_plain_names(text: str) -> None:
    mend(text)
    plain = "".join(filter(str.isascii, text)).replace("&", "")
    assert mend(plain) == plain
