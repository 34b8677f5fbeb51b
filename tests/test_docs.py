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
    "digest/__main__.py": "tests/cli",
    "digest/errors.py": "it has no behaviour",
    "digest/ports.py": "it has no behaviour",
    "digest/bootstrap.py": "every test of the shells goes through it",
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


@pytest.mark.parametrize(
    "module",
    [
        str(path.relative_to(ROOT))
        for top in ("digest", "workers")
        for path in sorted((ROOT / top).rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ],
)
def test_every_module_has_its_test(module: str) -> None:
    if module in TESTED_ELSEWHERE:
        return
    path = Path(module)
    folders = path.parent.parts[1:] if path.parts[0] == "digest" else path.parent.parts
    here = ROOT / "tests" / Path(*folders) / f"test_{path.name}"
    # A module that became a package may be tested whole.
    whole = ROOT / "tests" / Path(*folders[:-1]) / f"test_{folders[-1]}.py" if folders else here

    assert here.is_file() or whole.is_file(), f"{module} has no {here.relative_to(ROOT)}"
