"""The keys that are made with the tables."""

from sqlalchemy import Column, LargeBinary, Named, Table, TypedColumns

from digest.store.columns import Words
from digest.store.tables.metadata import metadata


class KeyringColumns(TypedColumns):
    """Keys made once, with the tables."""

    name: Named[str] = Column(Words, primary_key=True)
    value: Named[bytes] = Column(LargeBinary)


keyring = Table("keyring", metadata, KeyringColumns)
