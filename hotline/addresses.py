"""Reads addresses that settings name: the pages' origins, the mail server, Redis; each problem is one sentence."""

import dataclasses
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

from hotline.environment import BadEnvironment

DEFAULT_PORTS = {"http": 80, "https": 443}
REDIS_KINDS = frozenset({"redis", "rediss", "unix"})
STARTTLS, TLS = 587, 465  # ports
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MAILBOX = re.compile(r"[^\s@,<>]+@[^\s@,<>]+")
PRINTABLE = re.compile(r"[!-~]+")


def split(address: str, *, name: str) -> SplitResult:
    """Return the parts of an address. Raises BadEnvironment, saying ``name``, when host or port cannot be read."""
    try:
        parts = urlsplit(address.strip())
        _ = parts.port  # raises ValueError
    except ValueError:
        message = f"{name} is not an address: its host or its port cannot be read."
        raise BadEnvironment(message) from None
    return parts


def origins(listed: str, *, name: str) -> list[str]:
    """Return origins as browsers write them: lower case, no path, no port that goes without saying.

    Raises BadEnvironment when there is none, or one is not scheme://host.
    """
    given = [one.strip() for one in listed.split(",") if one.strip()]
    if not given:
        message = f"{name} must name at least one origin, such as https://linea.example."
        raise BadEnvironment(message)
    return [_origin(one, name) for one in given]


def _origin(given: str, name: str) -> str:
    parts = split(given.removesuffix("/"), name=name)
    known = parts.scheme in DEFAULT_PORTS and parts.hostname
    if not known or parts.geturl() != f"{parts.scheme}://{parts.netloc}" or set("@*") & set(parts.netloc):
        message = f"{name}: {given} is not an origin; write it like https://linea.example, without a path."
        raise BadEnvironment(message)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    port = "" if parts.port in {None, DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def hosts_of(known: Iterable[str]) -> list[str]:
    """Return the hosts of these origins, each once, as Django's ALLOWED_HOSTS wants them."""
    netlocs = {urlsplit(origin).netloc for origin in known}
    return sorted({netloc if netloc.endswith("]") else netloc.rsplit(":", 1)[0] for netloc in netlocs})


def redis(address: str, *, name: str) -> str:
    """Return the address of a Redis, or nothing for nothing. Raises BadEnvironment."""
    if address and split(address, name=name).scheme not in REDIS_KINDS:
        message = f"{name} must be redis://host:port/number, rediss://… or unix://…."
        raise BadEnvironment(message)
    return address


@dataclasses.dataclass(frozen=True, slots=True)
class Mail:
    """How mails are sent, in the words of Django's settings; without a server they are printed on the console."""

    backend: str = "django.core.mail.backends.console.EmailBackend"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False
    starttls: bool = False
    sender: str = "linea@localhost"


def _sender(parts: SplitResult, name: str) -> str:
    sender = unquote(parts.query.removeprefix("from=") or parts.username or "")
    if "@" not in sender:
        message = f"{name} does not say who sends: end it with ?from=linea@your.domain."
        raise BadEnvironment(message)
    return sender


def mail(address: str, *, name: str) -> Mail:
    """Read ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://user:password@host:465``.

    The user is the sender, unless ``?from=address`` ends the address. Raises BadEnvironment.
    """
    if not address:
        return Mail()
    parts = split(address, name=name)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        message = f"{name} must be smtp://user:password@host:{STARTTLS} or smtps://user:password@host:{TLS}."
        raise BadEnvironment(message)
    at_once = parts.scheme == "smtps"
    return Mail(
        backend="django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname,
        port=parts.port or (TLS if at_once else STARTTLS),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=at_once,
        starttls=not at_once,
        sender=_sender(parts, name),
    )


def witnesses(listed: str, *, name: str) -> list[str]:
    """Return the witnesses of the trail: ``print``, ``folder:/path`` and ``mail:address``, each once.

    Raises BadEnvironment when there is none, or one is of no known form.
    """
    given = list(dict.fromkeys(one.strip() for one in listed.split(",") if one.strip()))
    for one in given:
        kind, _colon, rest = one.partition(":")
        good = {"print": not rest, "folder": rest.startswith("/"), "mail": "@" in rest}
        if not good.get(kind):
            message = f"{name}: {one} is no witness; write print, folder:/path or mail:somebody@example.org."
            raise BadEnvironment(message)
    if not given:
        message = f"{name} must name at least one witness: print, folder:/path or mail:somebody@example.org."
        raise BadEnvironment(message)
    return given


def mailboxes(listed: str, *, name: str) -> list[str]:
    """Return addresses of mail, each once, or none. Raises BadEnvironment when one is none."""
    given = list(dict.fromkeys(one.strip() for one in listed.split(",") if one.strip()))
    for one in given:
        if not MAILBOX.fullmatch(one):
            message = f"{name}: {one} is no address of mail; write somebody@example.org, comma-separated."
            raise BadEnvironment(message)
    return given


def page(address: str, *, name: str) -> str:
    """Return the address of a page that people open, or nothing for nothing. Raises BadEnvironment unless https."""
    if address and (split(address, name=name).scheme != "https" or not split(address, name=name).hostname):
        message = f"{name} must be https://host/path."
        raise BadEnvironment(message)
    return address.strip()


def hook(address: str, *, name: str, on_loopback: bool) -> str:
    """Return the address of a web hook, or nothing for nothing; ``on_loopback`` allows http to this machine itself.

    Raises BadEnvironment; its text does not repeat the address, which is often a secret.
    """
    if not address:
        return ""
    parts = split(address, name=name)
    here = on_loopback and parts.scheme == "http" and parts.hostname in LOOPBACK
    plain = not (parts.username or parts.password or parts.fragment) and PRINTABLE.fullmatch(address.strip())
    if not parts.hostname or not plain or not (here or parts.scheme == "https"):
        message = f"{name} must be https://host/path, without a user or a fragment."
        raise BadEnvironment(message)
    return address.strip()
