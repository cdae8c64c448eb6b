"""Sessions in the database under the SHA-256 of their key, sealed with that key too: no copy of ours opens one."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.middleware.csrf import CSRF_SESSION_KEY

from triage.access import OWN
from vault import actions as vault
from vault.errors import CannotOpen
from wire import clock

OLD_KEY_LASTS = datetime.timedelta(minutes=1)
TOUCHED_EVERY = datetime.timedelta(minutes=1)


def row_key(session_key: str) -> str:
    """Return the key of the row of a session (40 hexadecimal digits, 160 bits of SHA-256)."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


def _sealed(content: dict[str, Any], session_key: str) -> str:
    text = json.dumps(content, separators=(",", ":"))
    return vault.seal_site_secret("session", text, passing=True, holder=session_key)


def _living() -> QuerySet[Session]:
    """Return the rows of sessions that are not over; a clock that jumps forward signs nobody out."""
    return Session.objects.filter(expire_date__gt=clock.now() - clock.LINE.leeway())


class SessionStore(DatabaseStore):
    """Django's database sessions; the cookie's value stands nowhere on the server, and the rows tell nothing."""

    _ends_at: datetime.datetime | None = None

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the session's content as it is stored: it opens with the cookie's value alone."""
        return _sealed(session_dict, self._get_or_create_session_key())  # type: ignore[attr-defined]

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the content of a row; one that cannot be opened is an empty session."""
        try:
            opened = vault.open_site_secret("session", str(session_data), holder=self.session_key or "")
            content: dict[str, Any] = json.loads(opened)
        except CannotOpen:
            return {}
        return content

    def get_session_cookie_age(self) -> int:
        """Return after how many seconds without a sign of life the session ends: sooner for staff."""
        return int(settings.STAFF_IDLE_AFTER if SESSION_KEY in self else settings.SESSION_COOKIE_AGE)

    def get_expiry_date(self, **given: Any) -> datetime.datetime:
        """Return until when the session lasts if nobody touches it, by the line's clock."""
        return super().get_expiry_date(**{"modification": clock.now(), **given})

    @classmethod
    def clear_expired(cls) -> None:
        """Remove the sessions that are over, by the line's clock."""
        Session.objects.filter(expire_date__lt=clock.now()).delete()

    def touch(self, seconds: int | None = None) -> None:
        """Note a sign of life, at most once a minute, without rewriting what another request may have changed."""
        ends_at = clock.now() + datetime.timedelta(seconds=seconds or self.get_session_cookie_age())
        if self.session_key and (self._ends_at is None or ends_at - self._ends_at > TOUCHED_EVERY):
            self._ends_at = ends_at
            rows = Session.objects.filter(session_key=row_key(self.session_key), expire_date__lt=ends_at)
            rows.update(expire_date=ends_at)

    def cycle_key(self) -> None:
        """Go on under a new key. For a minute the old one still proves where a form came from, and leads nowhere.

        Who taps twice on a slow line sends the second form with the cookie of the first; it must not be refused.
        """
        content, old = dict(self.items()), self.session_key
        self.create()
        self.update(content)
        if old:  # changed in place, as another tap may be reading it
            proof = {name: content[name] for name in (CSRF_SESSION_KEY, OWN) if name in content}
            rows = Session.objects.filter(session_key=row_key(old))
            rows.update(session_data=_sealed(proof, old), expire_date=clock.now() + OLD_KEY_LASTS)

    @classmethod
    def of_many(cls, session_keys: Sequence[str | None]) -> "list[SessionStore]":
        """Return the sessions with these keys, in order and read by one question; an unknown key's is empty."""
        rows = _living().filter(session_key__in={row_key(key) for key in session_keys if key})
        found = {row.session_key: row for row in rows}
        return [cls(key)._filled(found.get(row_key(key or ""))) for key in session_keys]  # noqa: SLF001  ours

    def _filled(self, row: Session | None) -> "SessionStore":
        self._session_cache = self._taken_from(row)  # where Django keeps what was loaded
        return self

    def _taken_from(self, row: Session | None) -> dict[str, Any]:
        """Return the content of the row of this session; without one it has no key."""
        if row is None:
            self._session_key = None
            return {}
        self._ends_at = row.expire_date
        return self.decode(row.session_data)

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
        return self._taken_from(_living().filter(session_key=row_key(self.session_key or "")).first())

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=row_key(key)).delete()
