import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from premailer import Premailer

from digest.errors import RenderingFailed
from digest.rendering.inlining import inlined


def page(style: str = "", body: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}<style>{style}</style></head><body>{body}</body></html>"
    )


def by_default(html: str, **options: Any) -> str:
    """What premailer makes of *html* when nobody holds it back."""
    made: str = Premailer(html, cssutils_logging_level="CRITICAL", **options).transform()
    return made


def ours(html: str) -> str:
    return inlined(html, hooks={"hook"})


PHONE = "@media (max-width: 480px) { .hook { color: red !important } }"


def test_rules_for_phones_keep_what_makes_them_win() -> None:
    kept = f'<style data-premailer="ignore">{PHONE}</style>'

    assert "!important" not in by_default(page(PHONE, "<p class=hook>x"))
    assert f"<style>{PHONE}</style>" in ours(page(".a { color: blue }", "<p>x", kept))


def test_what_is_important_inline_stays_so() -> None:
    html = page(".a { color: red !important }", "<p class=a>x")

    assert "!important" not in by_default(html)
    assert 'style="color:red !important"' in ours(html)


def test_rules_of_outlook_are_lost_unless_they_are_ignored() -> None:
    rule = "[data-ogsc] .hook { color: #ffffff !important }"
    kept = f'<style data-premailer="ignore">{rule}</style>'

    assert "data-ogsc" not in by_default(page(rule, "<p class=hook>x"))
    assert rule in ours(page("", "<p class=hook>x", kept))


def test_nested_rules_crash_premailer_and_pass_us_by() -> None:
    nested = "@media screen { @media (max-width: 480px) { .hook { color: red } } }"
    kept = f'<style data-premailer="ignore">{nested}</style>'

    with pytest.raises(RenderingFailed):
        ours(page(nested, "<p class=hook>x"))
    assert nested in ours(page("", "<p>x", kept))


def test_styles_make_no_attributes_that_elements_do_not_have() -> None:
    html = page(".a { width: 4px; height: 5px; background-color: #fefefe; text-align: left }")
    html = html.replace("<body>", "<body><div class=a>x</div>")

    assert "bgcolor" in by_default(html)
    assert 'width="4"' in by_default(html)
    assert re.search(r"<div style=[^>]*>", ours(html))
    assert not re.search(r"<div[^>]* (?:bgcolor|width|height|align|valign)=", ours(html))


def test_a_remote_sheet_is_never_fetched() -> None:
    link = '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">'

    assert link in ours(page("", "<p>x", link))


def test_colours_keep_their_six_digits() -> None:
    assert 'style="color:#ffffff"' in ours(page(".a { color: #ffffff }", "<p class=a>x"))


def test_the_doctype_is_there_once() -> None:
    assert ours(page("", "x")).startswith("<!doctype html>\n<html>")
    assert ours(page("", "x")).lower().count("doctype") == 1


def test_comments_for_outlook_survive() -> None:
    ghost = "<!--[if mso]><table><tr><td><![endif]-->"

    assert ghost in ours(page("", f"{ghost}<p>x</p>"))


def test_classes_go_unless_something_hooks_into_them() -> None:
    made = ours(page(".a { color: red }", '<p class="a hook">x</p><p class="a">y</p>'))

    assert re.findall(r'class="([^"]*)"', made) == ["hook"]


def test_a_class_that_text_speaks_of_is_left_alone() -> None:
    assert 'say class="a"' in ours(page("", 'say class="a"'))


def test_the_indents_of_templates_are_left_out_and_fixed_spaces_are_not() -> None:
    assert "<p>a\nb\xa0\n\xa0c</p>" in ours(page("", "<p>a   \n\n   b&nbsp;\n  &nbsp;c</p>"))


def test_what_cannot_be_read_is_an_error_of_ours() -> None:
    with pytest.raises(RenderingFailed):
        ours("")


@given(st.text(alphabet="<>&\"'={}%;:ä漢 abc/!-", max_size=60))
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    made = ours(page(".a { color: red }", f"<p class=a>{escaped}</p>"))
    inner = made.partition('<p style="color:red">')[2].partition("</p>")[0]

    unescaped = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert unescaped == text


def test_the_same_document_gives_the_same_bytes() -> None:
    html = page(".a { color: red } .b { margin: 0 } .a { margin: 1px }", '<p class="a b">x')

    assert ours(html) == ours(html)
