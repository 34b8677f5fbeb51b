"""The wheel carries all it needs, and works from any folder."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    [path] = folder.glob("*.whl")
    return path


def test_the_wheel_holds_templates_migrations_and_the_sample(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())

    assert {
        "digest/_templates/email/issue/subject.txt",
        "digest/_templates/email/issue/body.txt",
        "digest/_templates/email/issue/body.html",
        "digest/_templates/pages/_page.html",
        "digest/store/migrations/env.py",
        "digest/store/migrations/versions/0001_first_tables.py",
        "digest/sources/sample/papers.json",
        "digest/py.typed",
        "workers/tasks.py",
    } <= names
    assert not {name for name in names if name.startswith(("tests/", "templates/", "var/"))}


def test_the_demo_runs_from_an_unpacked_wheel_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    site, home, elsewhere = tmp_path / "site", tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    ZipFile(wheel).extractall(site)
    code = "import digest; print(digest.__file__); from digest.cli.main import main; main()"

    # Ahead of the checkout, which an editable install puts on the path.
    environment = {"PYTHONPATH": str(site), "HOME": str(home), "PATH": os.defpath}
    done = subprocess.run(
        [sys.executable, "-c", code, "demo"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    state = home / ".local" / "state" / "paper-digest"
    assert len(list((state / "outbox").glob("*.eml"))) == 3
    assert not list(elsewhere.iterdir())
