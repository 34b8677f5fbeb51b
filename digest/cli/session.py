"""The App that one command works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.bootstrap import App


@contextmanager
def opened() -> Iterator["App"]:
    """Give the App of this process's settings while the block lasts."""
    from digest.bootstrap import bootstrap
    from digest.settings import load

    app = bootstrap(load())
    try:
        yield app
    finally:
        app.close()
