"""A space that is open in a browser: its seed, sealed with the second cookie, for half an hour after its last use."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from reflection.models import OwnSpace
from reflection.spaces import Opened
from vault import actions as vault
from vault.errors import Damaged

SPACE = "space"  # in the session: id and seed of a space, which open with the member's second cookie alone
UNTIL = "space_until"  # in the session: seconds since 1970 after which it is shut
LASTS = 30 * 60  # seconds after the last page of it


def _second_cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.STAFF_COOKIE_NAME, "")


def keep_open(request: HttpRequest, opened: Opened) -> None:
    """Keep a space open in this browser, until half an hour has passed without it."""
    told = f"{opened.space.pk}:{opened.pair.seed.hex()}"
    request.session[SPACE] = vault.seal_site_secret(SPACE, told, passing=True, holder=_second_cookie(request))
    request.session[UNTIL] = int(time.time()) + LASTS


def shut(request: HttpRequest) -> None:
    """Shut whatever space is open in this browser."""
    for name in (SPACE, UNTIL):
        request.session.pop(name, None)


def opened_in(request: HttpRequest) -> Opened | None:
    """Return the space of the member who is signed in, if it is open here; looking keeps it open."""
    kept: Any = request.session.get(SPACE)
    if not kept or request.session.get(UNTIL, 0) < time.time():
        shut(request)
        return None
    try:
        told = vault.open_site_secret(SPACE, kept, holder=_second_cookie(request))
    except Damaged:
        shut(request)
        return None
    space_id, seed = told.split(":")
    space = OwnSpace.objects.select_related("key").filter(pk=uuid.UUID(space_id), member=request.user.pk).first()
    if space is None:
        shut(request)
        return None
    request.session[UNTIL] = int(time.time()) + LASTS
    return Opened(space, vault.OwnPair(bytes.fromhex(seed)))
