"""The App that one command works with."""

from collections.abc import Iterator
from contextlib import contextmanager

from digest.bootstrap import App, bootstrap
from digest.settings import load


@contextmanager
def opened() -> Iterator[App]:
    """Give the App of this process's settings while the block lasts."""
    app = bootstrap(load())
    try:
        yield app
    finally:
        app.close()
