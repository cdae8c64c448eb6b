"""The line's own keys: asked of where they are kept, and what is sealed under them directly."""

import functools
from pathlib import Path

from django.conf import settings

from vault import key_sources, keyring
from vault.errors import Damaged, KeyProblem
from vault.sealing import Context, Sealer, authenticate, derive, verifies

VOUCHING = "vouching"


@functools.lru_cache(maxsize=4)  # asked several times for each grant
def _source(keys: str, command: str, file: Path) -> key_sources.Source:
    if keys:
        return key_sources.Given(keys)
    return key_sources.Command(command) if command else key_sources.KeyFile(file)


def source() -> key_sources.Source:
    """Return where this line's master keys come from (HOTLINE_KEYS, HOTLINE_KEY_COMMAND or HOTLINE_KEY_FILE)."""
    return _source(settings.MASTER_KEYS, settings.KEY_COMMAND, settings.KEY_FILE)


def ring() -> keyring.Keyring:
    """Return the master keys in force. Raises KeyProblem."""
    return key_sources.current(source())


def unseal(context: Context, sealed: bytes) -> bytes:
    """Open what a master key sealed, one included that was put in force elsewhere a moment ago. Raises Damaged."""
    try:
        return ring().unseal(context, sealed)
    except keyring.UnknownKey:
        return key_sources.asked_again(source()).unseal(context, sealed)


def make(*, something_is_sealed: bool) -> None:
    """Make the master key file on the very first start. Raises KeyProblem when keys should be there and are not."""
    place = source()
    if place.stands():
        ring()
        return
    if something_is_sealed:
        place.load()  # says that it is missing: a new one would open nothing
    try:
        place.make()
    except KeyProblem:
        if not place.stands():  # else another node that starts at once was first
            raise
    ring()


# Secrets of the line itself -----------------------------------------------------------------------------------------


def site_secrets(purpose: str) -> list[str]:
    """Return the line's secret for ``purpose`` in hexadecimal, the one in force first, then the retired ones."""
    return [secret.hex() for secret in ring().secrets_for(purpose)]


def site_context(purpose: str) -> Context:
    """Return what a secret of the line is bound to."""
    return Context(purpose="site", table="", column=purpose, record="")


def seal_site_secret(purpose: str, text: str, *, passing: bool = False, holder: str = "") -> str:
    """Seal a small secret of the line itself (such as a member's TOTP seed); return hexadecimal.

    ``passing`` is for what each request writes anew, a session: it is sealed under the oldest master key, so that a
    node which has not been given a rotated key file yet opens it too. ``holder`` is a secret of somebody outside, a
    cookie's value: without it the master keys open nothing.
    """
    context, plain = site_context(purpose), text.encode()
    if holder:
        plain = _of_holder(purpose, holder).seal(context, plain)
    return ring().seal(context, plain, oldest=passing).hex()


def open_site_secret(purpose: str, sealed: str, *, holder: str = "") -> str:
    """Open what ``seal_site_secret`` sealed. Raises Damaged."""
    context = site_context(purpose)
    try:
        raw = bytes.fromhex(sealed)
    except ValueError:
        raise Damaged from None
    plain = unseal(context, raw)
    return (_of_holder(purpose, holder).unseal(context, plain) if holder else plain).decode()


def sealed_anew(purpose: str, sealed: str) -> str:
    """Return what ``seal_site_secret`` sealed, under the primary master key; the same if it is so already.

    Raises Damaged.
    """
    try:
        raw = bytes.fromhex(sealed)
    except ValueError:
        raise Damaged from None
    context = site_context(purpose)
    return sealed if ring().is_primary(raw) else ring().seal(context, unseal(context, raw)).hex()


def _of_holder(purpose: str, holder: str) -> Sealer:
    return Sealer(derive(holder.encode(), f"pmpt/v1/holder|{purpose}"))


# What the line vouches for ------------------------------------------------------------------------------------------


def vouch(*told: str) -> bytes:
    """Return 32 bytes by which the line knows a row of its own again (HMAC-SHA-256): no hand in the database makes it.

    ``told`` begins with what kind of row it is.
    """
    return authenticate(ring().secrets_for(VOUCHING)[0], *told)


def vouches(voucher: bytes | memoryview, *told: str) -> bool:
    """Say whether the line vouched for just this, under a master key in force, a retired or an announced one."""
    return _vouches(ring(), voucher, told) or _vouches(key_sources.looked_at(source()), voucher, told)


def _vouches(keys: keyring.Keyring, voucher: bytes | memoryview, told: tuple[str, ...]) -> bool:
    return any(verifies(secret, bytes(voucher), *told) for secret in keys.known_secrets_for(VOUCHING))
