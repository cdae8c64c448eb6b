"""Sessions in the database under the SHA-256 of their key: a copied table signs nobody in."""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone


def row_key(session_key: str) -> str:
    """Return the key of the row of a session (40 hexadecimal digits, 160 bits of SHA-256)."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's database sessions; the cookie's value stands nowhere on the server."""

    def _get_session_from_db(self) -> Session | None:
        return Session.objects.filter(
            session_key=row_key(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()

    def exists(self, session_key: str) -> bool:
        """Say whether a session with this key is kept."""
        return Session.objects.filter(session_key=row_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row to be stored."""
        row: Any = super().create_model_instance(data)
        row.session_key = row_key(row.session_key)
        return row

    def load(self) -> dict[str, Any]:
        """Return the session's data; an unknown or expired key gives an empty session with no key."""
        row = self._get_session_from_db()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        return data

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=row_key(key)).delete()
