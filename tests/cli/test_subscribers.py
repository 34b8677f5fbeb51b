"""`digest subscribers`."""

import json

from tests.cli.conftest import Run


def test_adding_a_reader_says_what_to_do_next(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "ada@example.org", "--interest", "whales")

    assert result.code == 0
    assert result.out == (
        "ada@example.org is subscribed. See their issue: digest preview ada@example.org\n"
    )


def test_every_interest_is_kept(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest(
        "subscribers", "add", "ada@example.org",
        "--interest", "whales", "--interest", "base eight", "--author", "Bo Lindqvist",
        "--category", "cs.CL", "--organisation", "MIT", "--seed", "arXiv:2611.00001v3",
        "--exclude", "squid", "--json",
    )  # fmt: skip

    added = json.loads(result.out)
    assert added["state"] == "active"
    [interest] = added["interests"]
    assert interest == {
        "name": "main",
        "phrases": ["whales", "base eight"],
        "categories": ["cs.CL"],
        "authors": ["Bo Lindqvist"],
        "organisations": ["MIT"],
        "seeds": ["2611.00001"],
        "exclusions": ["squid"],
    }


def test_an_address_is_added_once(digest: Run) -> None:
    digest("db", "upgrade")
    digest("subscribers", "add", "ada@example.org")

    result = digest("subscribers", "add", "Ada@Example.org")

    assert result.code == 1
    assert result.err == "digest: Ada@example.org is subscribed already; nothing was changed.\n"


def test_a_bad_address_is_one_sentence(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "not an address")

    assert result.code == 1
    assert len(result.err.splitlines()) == 1
    assert "is not an e-mail address" in result.err


def test_an_empty_interest_is_one_sentence(digest: Run) -> None:
    digest("db", "upgrade")

    result = digest("subscribers", "add", "ada@example.org", "--interest", " ")

    assert result.code == 1
    assert "give printable text" in result.err
