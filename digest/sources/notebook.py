"""What sources remember from one fetch to the next, kept in the store."""

from collections.abc import Mapping

from digest.ports import Store


class StoreNotebook:
    """A notebook kept in *store*; each step is one short transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, key: str) -> Mapping[str, str]:
        """Return what was written under *key*, empty where nothing was."""
        with self._store.read() as work:
            return work.notes.read(key)

    def write(self, key: str, note: Mapping[str, str]) -> None:
        """Write *note* over what was known under *key*."""
        with self._store.begin() as work:
            work.notes.write(key, note)
