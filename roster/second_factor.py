"""The second cookie, the second factor, and whose session a set of cookies opens."""

import hashlib
import importlib
import secrets
import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare

from roster.models import Member, Role
from vault import actions as vault
from vault.errors import Damaged
from wire.language_paths import without_language

DIGEST = "sk"  # in the session: SHA-256 of the second cookie
TURN = "turn"  # in the session: the member's turn of sessions that it belongs to
KEYS = "keys"  # in the session: the member's private keys, sealed with the second cookie
NO_CODE = "no_code"  # in the session: the member has no recovery code yet, and is asked to make one
UNLOCKED = "unlocked"  # in the session, from the password to the second factor: the same, not sealed a second time
CALLERS_OWN = ("contact", "own")  # in the session: what a caller in the same browser keeps when a member signs out
UNTIL = "until"  # in the session: seconds since 1970 after which it signs nobody in
REHEARSAL_LASTS = 24 * 60 * 60  # seconds for which a made session signs in, also while nobody uses it
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: What somebody without a second factor may still open outside the demonstration.
ENROLMENT = tuple(f"/equipo/{page}/" for page in ("segundo-factor", "llavero", "confirmar", "salir", "entrar"))
#: What anybody may open, signed in or not.
PUBLIC = ("/hablar/", "/recursos/", "/campana/", "/healthz", "/readyz", "/metrics", "/static/", *ENROLMENT)


def digest_of(sk: str) -> str:
    """Return the digest of a second cookie's value."""
    return hashlib.sha256(sk.encode()).hexdigest()


def bind(session: SessionBase, member: Member, unlocked: str | None, lasts: int | None = None) -> str:
    """Bind a signed-in session to a fresh second cookie, for ``lasts`` seconds; return its value (256 bits).

    ``unlocked`` are the member's private keys: they are kept in the session, and open with that cookie alone.
    """
    sk = secrets.token_urlsafe(32)
    session.pop(KEYS, None)
    if unlocked:
        keep_keys(session, sk, unlocked)
        session[NO_CODE] = not (member.rehearsal or vault.keys_of(member.pk, member.role).has_code)
    session[DIGEST] = digest_of(sk)
    session[TURN] = member.session_turn
    session[UNTIL] = int(time.time()) + (lasts or settings.STAFF_SESSION_LASTS)
    return sk


def _fits(session: SessionBase, sk: str, member: Member) -> bool:
    """Say whether this second cookie belongs to the session, and neither its time is over nor the member's turn."""
    ours = bool(sk) and constant_time_compare(session.get(DIGEST, ""), digest_of(sk))
    return ours and session.get(UNTIL, 0) > time.time() and session.get(TURN) == member.session_turn


def keep_keys(session: SessionBase, sk: str, unlocked: str) -> None:
    """Keep a member's private keys in their session, sealed with the second cookie."""
    session[KEYS] = vault.seal_site_secret(KEYS, unlocked, passing=True, holder=sk)


def put_unlocked(session: SessionBase, member: Member, unlocked: str | None) -> None:
    """Let a member's keys wait for the second factor, in place of whoever's waited here before."""
    session.pop(UNLOCKED, None)
    if unlocked:
        session[UNLOCKED] = [str(member.pk), unlocked]


def taken_unlocked(session: SessionBase, member: Member) -> str | None:
    """Return the keys that wait here, if they are this member's; nobody's wait any more."""
    whose, unlocked = session.pop(UNLOCKED, None) or ("", None)
    return unlocked if whose == str(member.pk) else None


def holder_of(session: SessionBase, sk: str, member: Member) -> vault.Holder:
    """Return the member as one who opens keys, if their private keys are in the session; else as anybody."""
    kept = session.get(KEYS)
    try:
        return vault.person(member.pk, vault.open_site_secret(KEYS, kept, holder=sk)) if kept else vault.LINE
    except Damaged:
        return vault.LINE


def _touch(session: Any, seconds: int | None = None) -> None:
    """Note that the member is there: an open desk and each page put the idle end off, never the last one."""
    session.touch(seconds)


def has_second_factor(member: Member) -> bool:
    """Say whether the second factor is satisfied; the demonstration and rehearsal members need none."""
    return bool(settings.DEMO or member.rehearsal or is_mfa_enabled(member))


def _keys_are_shut(member: Member) -> bool:
    """Say whether a member who is here to open what is sealed has no keys open: they could read and write nothing."""
    return vault.only_people_open() and member.role != Role.COORDINATOR and member.holder.unlocked is None


def member_of(session: SessionBase, sk: str) -> Member | None:
    """Return the member, their role in force, whom these two cookies sign in, second factor included, or None."""
    member_id = session.get(SESSION_KEY)
    member = Member.objects.filter(pk=member_id).first() if member_id is not None and sk else None
    if member is None or not _fits(session, sk, member) or not _is_current(session, member):
        return None
    if not member.has_role or not has_second_factor(member):
        return None
    _touch(session)
    member.holder = holder_of(session, sk, member)
    return None if _keys_are_shut(member) else member


def _is_current(session: SessionBase, member: Member) -> bool:
    """Say whether the password is still the one signed in with, under this or a retired signing secret."""
    kept = session.get(HASH_SESSION_KEY, "")
    hashes = (member.get_session_auth_hash(), *member.get_session_auth_fallback_hash())
    return any(constant_time_compare(kept, one) for one in hashes)


def sign_out_quietly(request: HttpRequest) -> None:
    """End the staff session of this browser; a caller's contact in it stays."""
    kept = {name: request.session[name] for name in CALLERS_OWN if name in request.session}
    logout(request)
    if kept:
        request.session.update(kept)


def make_session(member: Member) -> str:
    """Sign a rehearsal member in directly; return the whole value of a Cookie header."""
    store: type[SessionBase] = importlib.import_module(settings.SESSION_ENGINE).SessionStore
    session = store()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    unlocked = member.holder.unlocked or vault.keys_for_rehearsal(member.pk, member.role)
    sk = bind(session, member, unlocked, REHEARSAL_LASTS)
    session.create()
    _touch(session, REHEARSAL_LASTS)
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.STAFF_COOKIE_NAME}={sk}"


class StaffGate:
    """Lets a signed-in member through only with the second cookie and, outside the demonstration, a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check before the view, set or clear the second cookie after it."""
        refusal = self._check(request)
        response = refusal or self.get_response(request)
        return self._with_cookie(request, response)

    def _check(self, request: HttpRequest) -> HttpResponse | None:
        member: Any = request.user
        if not member.is_authenticated:
            return None
        sk = request.COOKIES.get(settings.STAFF_COOKIE_NAME, "")
        if not _fits(request.session, sk, member):
            sign_out_quietly(request)  # half a sign-in is none
            return None
        _touch(request.session)
        member.holder = holder_of(request.session, sk, member)
        path = without_language(request.path)
        if path == "/" or path.startswith(PUBLIC):
            return None
        if not member.has_role:
            return render(request, "roster/role_lapsed.html", status=403)
        if not has_second_factor(member):
            return redirect("choose_second_factor")
        return redirect("keys") if _keys_are_shut(member) else None

    def _with_cookie(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        name = settings.STAFF_COOKIE_NAME
        fresh = getattr(request, "fresh_sk", None)
        if fresh is not None:
            response.set_cookie(
                name, fresh, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE, path="/"
            )
        elif name in request.COOKIES and SESSION_KEY not in request.session:
            response.delete_cookie(name, path="/", samesite="Strict")
        return response
