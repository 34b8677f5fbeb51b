import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.feeds.text import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<i>E. coli</i> and CO<sub>2</sub>", "E. coli and CO2"),
        ("a<b and c>d, $x < y$ & 3 > 2", "a<b and c>d, $x < y$ & 3 > 2"),
        ("<i>a</i> < b, $x<y$ and $z<w>v$", "a < b, $x<y$ and $z<w>v$"),
        ("<p>One.</p><p>Two.<br/>Three.</p>", "One. Two. Three."),
        ("&lt;p&gt;AT&amp;amp;T&lt;/p&gt;", "AT&T"),
        ("<jats:title>Aim</jats:title><jats:p>To see.</jats:p>", "Aim To see."),
        ("x<script>alert(1)</script>y<!-- no -->z<style>p{}</style>", "xyz"),
        ("<a href='https://x.example'>a link</a>", "a link"),
        ("\x00 a\ud800b \n\t c", "a b c"),
        ("<math><mi>x</mi><annotation>$x$</annotation></math> is", "x is"),
        ("<b", "<b"),
    ],
)
def test_html_becomes_plain_text(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_plain_text_has_single_spaces_and_can_be_stored(text: str) -> None:
    told = plain(text)

    assert told == " ".join(told.split())
    assert "\0" not in told
    assert told.encode().decode() == told
