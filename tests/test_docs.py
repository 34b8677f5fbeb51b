"""What the documents list is what there is."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from digest.cli.main import app
from digest.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TESTED_ELSEWHERE = {
    "digest/__main__.py": "tests/cli/test_main.py",
    "digest/bootstrap/live.py": "tests/replay/test_sources.py",
    "digest/cli/session.py": "tests/cli/test_main.py",
    "digest/cli/terminal.py": "tests/cli/test_papers.py",
    "digest/errors.py": "tests/mailers/test_contract.py",
    "digest/models/consent.py": "tests/store/repositories/test_consents.py",
    "digest/models/deliveries.py": "tests/store/repositories/test_deliveries.py",
    "digest/models/feedback.py": "tests/services/test_feedback.py",
    "digest/models/issues.py": "tests/store/repositories/test_issues.py",
    "digest/models/letters.py": "tests/services/test_post.py",
    "digest/models/signups.py": "tests/services/test_sign_up.py",
    "digest/models/subscribers.py": "tests/services/test_subscribe.py",
    "digest/models/visits.py": "tests/services/test_collect.py",
    "digest/ports/outside.py": "tests/services/test_collect.py",
    "digest/ports/papers.py": "tests/store/repositories/test_papers.py",
    "digest/ports/people.py": "tests/store/repositories/test_subscribers.py",
    "digest/ports/sending.py": "tests/store/repositories/test_deliveries.py",
    "digest/ports/store.py": "tests/store/test_sql.py",
    "digest/ranking/tastes.py": "tests/ranking/test_profiles.py",
    "digest/rendering/actions.py": "tests/rendering/test_emails.py",
    "digest/rendering/headers.py": "tests/rendering/test_letters.py",
    "digest/rendering/imprint.py": "tests/rendering/test_emails.py",
    "digest/rendering/workshop.py": "tests/rendering/test_emails.py",
    "digest/sources/authors/answers.py": "tests/sources/authors/test_semantic_scholar.py",
    "digest/sources/feeds/mending.py": "tests/sources/feeds/test_parsing.py",
    "digest/sources/http/failures.py": "tests/sources/http/test_faults.py",
    "digest/store/repositories/reader_rows.py": "tests/store/repositories/test_subscribers.py",
    "workers/tasks.py": "tests/workers/test_embedded.py",
}


def test_every_setting_is_explained() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")

    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or f"DIGEST_{name.upper()}")
        assert f"| `{variable}` | {field.description} |" in text


def test_no_setting_is_explained_that_does_not_exist() -> None:
    known = {
        str(field.validation_alias or f"DIGEST_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }

    for page in [*DOCS.rglob("*.md"), ROOT / "README.md"]:
        assert set(
            re.findall(r"DIGEST_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))
        ) <= known | {
            "DIGEST_REAL_INPUT",
            "DIGEST_TEST_POSTGRES_URL",
        }, page


def _commands() -> set[str]:
    found = set()
    for name, command in getattr(get_command(app), "commands", {}).items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {verb}" for verb in inner} if inner else {name}
    return found


def test_every_command_is_in_the_operations_page() -> None:
    listed = re.findall(
        r"^\| `digest ([a-z ]+?)(?: [A-Z].*?)?` \|",
        (DOCS / "operations.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )

    assert set(listed) == _commands()


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def _own_test(module: Path) -> Path:
    """Return where the test of digest/a/b.py, or of workers/b.py, is by the mirror rule."""
    inside = module.relative_to("digest") if module.parts[0] == "digest" else module
    return ROOT / "tests" / inside.parent / f"test_{inside.name}"


@pytest.mark.parametrize(
    "module",
    [
        path.relative_to(ROOT)
        for top in ("digest", "workers")
        for path in sorted((ROOT / top).rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ],
    ids=str,
)
def test_every_module_has_its_test(module: Path) -> None:
    own = _own_test(module)
    # A module that became a package may be tested as the one it was.
    whole = _own_test(module.parent.with_suffix(".py"))
    elsewhere = ROOT / TESTED_ELSEWHERE.get(str(module), "nowhere")

    assert own.is_file() or whole.is_file() or elsewhere.is_file(), f"{module} has no {own}"


def test_no_module_is_said_to_be_tested_elsewhere_that_has_its_own() -> None:
    for module in map(Path, TESTED_ELSEWHERE):
        assert (ROOT / module).is_file()
        assert not _own_test(module).is_file(), module
