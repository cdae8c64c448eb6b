"""Who sits at a circle's socket: the member of the cookies of a handshake."""

import importlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import parse_cookie

from roster.models import Member
from roster.permissions import may
from roster.second_factor import member_of


def cookies_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return the cookies of a handshake, read as Django reads those of a request."""
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(sent))


def member_at(cookies: Mapping[str, str]) -> Member | None:
    """Return the member whom these cookies sign in and who may be in these rooms, or None."""
    store: type[SessionBase] = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    session = store(cookies.get(settings.SESSION_COOKIE_NAME) or None)
    member = member_of(session, cookies.get(settings.STAFF_COOKIE_NAME, ""))
    return member if member is not None and may(member, "reflection.enter") else None
