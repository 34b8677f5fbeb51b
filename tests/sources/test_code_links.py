import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.code_links import code_link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Code: https://github.com/okafor/moss.", "https://github.com/okafor/moss"),
        ("at github.com/okafor/moss and", "https://github.com/okafor/moss"),
        ("(http://www.github.com/okafor/moss)", "https://github.com/okafor/moss"),
        ("on GitHub.com/okafor/Moss!", "https://github.com/okafor/Moss"),
        ("https://github.com/okafor/moss{Moss Repo}", "https://github.com/okafor/moss"),
        (
            "https://github.com/okafor/moss{https://github.com/okafor/moss}.",
            "https://github.com/okafor/moss",
        ),
        (r"\url{https://github.com/okafor/my\_moss}", "https://github.com/okafor/my_moss"),
        ("page.https://github.com/okafor/moss2.", "https://github.com/okafor/moss2"),
        (
            "https://github.com/okafor/ moss/tree/main/x",
            "https://github.com/okafor/moss/tree/main/x",
        ),
        ("https://github.com/okafor/moss .", "https://github.com/okafor/moss"),
        ("https://gist.github.com/okafor/12ab", "https://gist.github.com/okafor/12ab"),
        ("https://gitlab.com/group/sub/moss", "https://gitlab.com/group/sub/moss"),
        ("https://gitlab.inria.fr/okafor/moss", "https://gitlab.inria.fr/okafor/moss"),
        ("https://bitbucket.org/okafor/moss", "https://bitbucket.org/okafor/moss"),
        ("https://codeberg.org/okafor/moss", "https://codeberg.org/okafor/moss"),
        (
            "https://anonymous.4open.science/r/moss-5B/.",
            "https://anonymous.4open.science/r/moss-5B/",
        ),
        (
            "on https://github.com/tide and https://github.com/okafor/moss",
            "https://github.com/okafor/moss",
        ),
    ],
)
def test_a_link_to_code_is_found_and_cleaned(text: str, link: str) -> None:
    assert code_link(text) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Our source code is at https://okafor.github.io/moss/.", "https://okafor.github.io/moss/"),
        ("Code and data: https://okafor.github.io/", "https://okafor.github.io/"),
        ("Moss. Dataset and code at https://Moss.example.edu/", "https://moss.example.edu/"),
        ("All codes: (http://www.example.org/a\\_b)", "https://www.example.org/a_b"),
        ("An implementation is at https://moss.example.org.", "https://moss.example.org"),
        (
            "Demo at https://example.org/demo, code at https://example.org/code",
            "https://example.org/code",
        ),
        (
            "Code at https://example.org/moss and https://github.com/okafor/moss",
            "https://github.com/okafor/moss",
        ),
    ],
)
def test_a_sentence_that_speaks_of_code_makes_any_host_one_of_code(text: str, link: str) -> None:
    assert code_link(text) == link


@pytest.mark.parametrize(
    "text",
    [
        "Code will be released on GitHub.",
        "see https://github.com/okafor.",
        "see https://github.com/okafor/ and more",
        "see https://github.com/topics/moss",
        "weights at https://huggingface.co/okafor/moss",
        "page: https://okafor.github.io/moss",
        "https://github.com.example.org/okafor/moss",
        "https://example.org/github.com/okafor/moss",
        "notgithub.com/okafor/moss",
        "mail okafor@github.com/okafor/moss",
        "Code will follow. A demo is at https://example.org/moss",
        "Code will follow! https://example.org/moss",
        "See https://example.org/moss for the code.",
        "We decode moss: https://example.org/moss",
        "A code-switching corpus: https://example.org/moss",
        "Code at https://github.com/okafor",
        "Code at https://localhost/moss",
        "Code at https://okafor@example.org/moss",
        "",
    ],
)
def test_what_is_no_repository_is_no_link(text: str) -> None:
    assert code_link(text) is None


@given(st.text(alphabet=" abz./:{}\\_-github.com", max_size=80))
def test_a_link_is_one_word_of_plain_characters(text: str) -> None:
    link = code_link(f"{text} https://github.com/okafor/{text}")

    assert link is None or (link.startswith("https://") and link.isprintable() and " " not in link)
