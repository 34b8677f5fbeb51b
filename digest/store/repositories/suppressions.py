"""Addresses that no mail goes to."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete, select

from digest.models.subscribers import SubscriberState, Suppression
from digest.store.bulk import is_among, lists_of
from digest.store.statements import chunks, insert_missing
from digest.store.tables import suppressions


class SqlSuppressions:
    """One row for each address, by its HMAC alone, with the first reason there was."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, added: Iterable[Suppression]) -> None:
        """Keep each that is not known; one that is keeps its first reason."""
        for chunk in chunks(added):
            insert_missing(
                self._connection,
                suppressions,
                [
                    {
                        "address_hmac": each.address_hmac,
                        "reason": each.reason,
                        "at": each.at,
                        "evidence": each.evidence,
                    }
                    for each in chunk
                ],
            )

    def among(self, address_hmacs: Collection[str]) -> Mapping[str, Suppression]:
        """Return the suppression of each of those addresses that has one."""
        found: dict[str, Suppression] = {}
        for some in lists_of(self._connection, address_hmacs):
            statement = select(suppressions).where(
                is_among(self._connection, suppressions.c.address_hmac, some)
            )
            found |= {
                row.address_hmac: Suppression(
                    address_hmac=row.address_hmac,
                    reason=SubscriberState(row.reason),
                    at=row.at,
                    evidence=row.evidence,
                )
                for row in self._connection.execute(statement)
            }
        return found

    def lift(self, address_hmac: str) -> bool:
        """Let mail go there again; return whether it was suppressed."""
        statement = delete(suppressions).where(suppressions.c.address_hmac == address_hmac)
        return self._connection.execute(statement).rowcount > 0
