"""Sign-up forms elsewhere, and the secrets that prove their requests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from digest.models.signups import Form, FormKind
from digest.store.documents import secrets, secrets_document
from digest.store.statements import insert_or_replace
from digest.store.tables import forms


class SqlForms:
    """One row for each form, by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, form: Form) -> None:
        """Keep *form*, over the one of that name if there is one."""
        record = {
            "name": form.name,
            "kind": form.kind,
            "secrets": secrets_document(form.secrets),
            "created_at": form.created_at,
            "fields": dict(form.fields),
            "origins": form.origins,
            "confirmed": form.confirmed,
            "evidence": form.evidence,
        }
        insert_or_replace(self._connection, forms, [record], key=["name"])

    def get(self, name: str) -> Form | None:
        """Return the form of that name, None where there is none."""
        row = self._connection.execute(select(forms).where(forms.c.name == name)).first()
        return _form(row) if row else None

    def names(self) -> Sequence[str]:
        """Return the names of all forms, in order."""
        return self._connection.scalars(select(forms.c.name).order_by(forms.c.name)).all()

    def used(self, name: str, secret: str, *, at: datetime) -> None:
        """Note that the form's *secret* proved a request."""
        mine = forms.c.name == name
        # Locked, so that a rotation at the same time keeps its new secret.
        document = self._connection.scalar(select(forms.c.secrets).where(mine).with_for_update())
        if document is None:
            return
        known = tuple(
            replace(each, used_at=at) if each.secret == secret else each
            for each in secrets(document)
        )
        self._connection.execute(update(forms).where(mine).values(secrets=secrets_document(known)))

    def remove(self, name: str) -> bool:
        """Delete the form of that name; return whether there was one."""
        return self._connection.execute(delete(forms).where(forms.c.name == name)).rowcount > 0


def _form(row: Row[*tuple[Any, ...]]) -> Form:
    return Form(
        name=row.name,
        kind=FormKind(row.kind),
        secrets=secrets(row.secrets),
        created_at=row.created_at,
        fields=row.fields,
        origins=tuple(row.origins),
        confirmed=row.confirmed,
        evidence=row.evidence,
    )
