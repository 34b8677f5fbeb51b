import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.models.notation import readable

TEX = st.lists(
    st.sampled_from("$\\{}^_~%&#()[]\"'`abcAEox125 .,-αé\n")
    | st.sampled_from(["\\alpha", "\\textbf{", "\\bf ", "\\frac", "$x", "\\(", "\\)", '\\"'])
    | st.characters(),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"S$^{3}$: Increasing Use", "S³: Increasing Use"),
        ("Snail-$φ$: a model", "Snail-φ: a model"),
        (r"fell by 33.3\% and 15.4\%", "fell by 33.3% and 15.4%"),
        (r"needs 2-4$\times$ fewer", "needs 2-4× fewer"),
        (r"$1.8$-$3.8\times$ faster", "1.8-3.8× faster"),
        (r"with $\sim$1% of the snails", "with \N{TILDE OPERATOR}1% of the snails"),
        (r"over $200$ models", "over 200 models"),
        (r"$k$-means in $O(n\log n)$", "k-means in O(n log n)"),
        (r"$\log_2 n$ bits, $\log{n}$ steps", "log₂ n bits, log n steps"),
        (r"$<$5 ms and $\geq 3$", "<5 ms and ≥ 3"),
        (r"CO$_2$ at 60$^\circ$", "CO₂ at 60°"),
        (r"the $k^{th}$ of $x_{ij}$", "the kth of xᵢⱼ"),
        (r"$x^{abc}$ and $x_{max}$", "x^abc and x_max"),
        (r"$x^{a+b}$, $x^{ab}y$, $x^{-3}$", "x^(a+b), x^(ab)y, x⁻³"),
        (r"$\frac{a+b}{2}$, $1\frac{1}{2}$", "(a+b)/2, 1 1/2"),
        (r"$\sqrt{2}$, $\sqrt{a+b}$, $\hat{y}$", "√2, √(a+b), ŷ"),
        (r"$x \in \mathbb{R}^n$", "x ∈ ℝⁿ"),
        (r"$\left( x \right)$ and $\{a, b\}$", "( x ) and {a, b}"),
        (r"$W_{\text{out}}$, $\Lambda_{\rm s}$", "W_out, Λₛ"),
        (r"the state \( A \), and \[x^2\]", "the state A, and x²"),
        ("$$E=mc^2$$", "E=mc²"),
        (r"a $\, x$b", "a xb"),
    ],
)
def test_a_formula_becomes_unicode(raw: str, shown: str) -> None:
    assert readable(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"Schr\"odinger, G\"{o}del, {\"O}zg\"ur", "Schrödinger, Gödel, Özgür"),
        (r"Andr\'e, Pok\'{e}mon, \'{\i}", "André, Pokémon, í"),
        (r"a na\"\i ve Garc\'\i a", "a naïve García"),
        (r"\c{c} \v{s} \v s \k{a} \u{g} \r{a} \d{s} \H{o}", "ç š š ą ğ å ṣ ő"),
        (r"Erd\H os, \~n, \^{o}, \`a, \=a, \.z", "Erdős, ñ, ô, à, ā, ż"),
        (r"stra\ss e, S\o rensen, {\O}ystein, \L{}ukasz, \AA ngstr\"om", "straße, Sørensen,"),
    ],
)
def test_an_accent_becomes_a_letter(raw: str, shown: str) -> None:
    assert readable(raw).startswith(shown)


def test_a_letter_macro_takes_the_space_that_ends_it() -> None:
    assert readable(r"\AA ngstr\"om near Malm\o.") == "Ångström near Malmø."


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"Evo\textbf{Lved Moss}", "EvoLved Moss"),
        (r"\textbf{\emph{very} slow} snails", "very slow snails"),
        (r"{\bf Whales} count", "Whales count"),
        (r"see \url{https://example.org/a\_b}.", "see https://example.org/a_b."),
        (r"\href{https://example.org}{our page}", "our page (https://example.org)"),
        (r"snails\footnote{and slugs}", "snails (and slugs)"),
        (r"10\textsuperscript{2} of H\textsubscript{2}O", "10² of H₂O"),
        (r"O(1/{\alpha}^2) and \ldots then", "O(1/\N{GREEK SMALL LETTER ALPHA}^2) and … then"),
        (r"Test\_Meeting \& more \#1 \{x\}", "Test_Meeting & more #1 {x}"),
        (r"10 \msol\, yr", r"10 \msol yr"),
        (r"Prof.\ Okafor", "Prof. Okafor"),
    ],
)
def test_a_known_macro_becomes_its_text(raw: str, shown: str) -> None:
    assert readable(raw) == shown


@pytest.mark.parametrize(
    "raw",
    [
        "a bare 50% of it & more ~ less",
        "Sequence-to-Action~(S2A)",
        "from $5 to $10 and back",
        "costs $20/month or US$ 30",
        "a cost of 4-6$, we boost",
        "set $HOME and $PATH first",
        "% As a natural step we pivot",
        r"an \unknown{macro} stays",
        r"$\unknown x$ stays",
        r"\cite{okafor} and \ref{fig}",
        r"don\'t, it\'s, we\'re",
        r"they said \"an open sea\" once",
        r"a line\\break",
        r"$x^$ and $\frac{1}$",
        r"$\sqrt[3]{x}$",
        r"\emph word",
        "$$$",
        "\\",
        "{\\",
        "a {brace} and S^2",
    ],
)
def test_what_is_no_tex_stays_as_it_is(raw: str) -> None:
    assert readable(raw) == raw


def test_escaped_dollars_are_dollars() -> None:
    assert readable(r"between \$5 and \$6") == "between $5 and $6"


def test_a_formula_keeps_apart_what_its_spaces_kept_apart() -> None:
    assert readable(r"a$ \alpha $b") == "a \N{GREEK SMALL LETTER ALPHA} b"


def test_the_words_of_a_broken_formula_survive() -> None:
    raw = r"steps (s): $L(s) = L_0 + S_1^{-a} Where S_1 is forward area and S_2$ is learning"

    assert readable(raw).endswith("Where S₁ is forward area and S₂ is learning")


@pytest.mark.parametrize(
    "raw",
    [
        "\\textbf{" * 2000,
        "\\textbf{" * 2000 + "x" + "}" * 2000,
        "{\\bf " * 3000 + "x" + "}" * 3000,
        "$" + "\\hat" * 12 + " x$",
        "$" + "{" * 200 + "x_2" + "}" * 200 + "$",
        "$\\hat" * 400,
        "$x^{" * 2000,
    ],
)
def test_no_depth_is_too_deep(raw: str) -> None:
    assert readable(raw) == raw


@given(TEX)
@example(r"\$x\$")
@example(r"\textbf{\$}x$")
@example(r"$\$$x$")
def test_what_is_readable_stays_so(raw: str) -> None:
    assert readable(readable(raw)) == readable(raw)


@given(st.text(alphabet=st.characters(exclude_characters="$\\")))
def test_text_without_tex_is_untouched(raw: str) -> None:
    assert readable(raw) == raw


@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=6), TEX)
@example(["aa", "aa", "aa"], r"\)\(")
def test_words_beside_tex_are_all_kept_in_order(words: list[str], tex: str) -> None:
    told = readable("".join(f"{word} {tex.replace('$', '')} " for word in words))

    # Two formulas side by side, \( aa \)\( aa \), read as one, as they do in TeX.
    letters, place = "".join(re.findall(r"[a-z]+", told)), 0
    for word in words:
        found = letters.find(word, place)
        assert found >= 0, f"{word} is lost"
        place = found + len(word)


def test_no_real_abstract_loses_a_word(real_input: Path) -> None:
    lines = [
        line
        for page in sorted((real_input / "listings").glob("*.txt"))
        for line in page.read_text().split("\n")
    ]
    changed = [line for line in lines if readable(line) != line]

    assert len(changed) > 20
    for line in changed:
        told = readable(line)
        read = [macro for macro in re.findall(r"\\[A-Za-z]+", line) if macro not in told]
        without = re.sub("|".join(map(re.escape, read)) or "$^", "", line)
        assert re.findall(r"[A-Za-z]", told) == re.findall(r"[A-Za-z]", without)
        # Evo\textbf{Lved} is one word to a reader, and two to us
        assert len(re.findall(r"[A-Za-z]+", told)) >= len(re.findall(r"[A-Za-z]+", without)) - 1
