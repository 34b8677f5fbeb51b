"""What an interest may say."""

from dataclasses import replace
from typing import Any, cast

import pytest

from digest.errors import InterestInvalid
from digest.models.interests import MAX_LENGTH, Interest


@pytest.mark.parametrize("phrase", ["", "  ", "a\r\nb", "a\x00b", "x" * (MAX_LENGTH + 1)])
def test_a_phrase_is_printable_text_of_a_stated_length(phrase: str) -> None:
    with pytest.raises(InterestInvalid, match="give printable text of 1 to 200 characters"):
        Interest(phrases=(phrase,))


@pytest.mark.parametrize(
    "field", ["phrases", "categories", "authors", "organisations", "seeds", "exclusions", "unlike"]
)
def test_every_part_is_checked_and_named(field: str) -> None:
    with pytest.raises(InterestInvalid, match=field):
        replace(Interest(), **cast("dict[str, Any]", {field: ("",)}))


def test_words_in_any_script_are_fine() -> None:
    assert Interest(phrases=("大規模言語モデル", "réseaux", "שפה")).phrases
