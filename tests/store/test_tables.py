"""The page on the store tells of every table."""

import re
from pathlib import Path

from digest.store.tables import metadata


def test_every_table_is_on_the_page_and_no_other() -> None:
    page = Path(__file__).parents[2] / "docs" / "store.md"
    told = re.findall(r"^\| `(\w+)` \|", page.read_text("utf-8"), re.MULTILINE)

    assert sorted(told) == sorted([*metadata.tables, "alembic_version"])
