from digest.models.papers import ListingWarning


def test_a_warning_says_its_line() -> None:
    assert str(ListingWarning(line=7, message="no day.")) == "line 7: no day."
