"""Members with a password, their browsers and their own spaces, for the tests of what is theirs alone."""

from django.test import Client

from roster.models import Member, Role
from tests.cast import browser_of, make_member

PASSWORD = "una frase larga para entrar"  # noqa: S105  of nobody


def listener(alias: str = "Luz", role: str = Role.VOLUNTEER, password: str = PASSWORD) -> Member:
    """Make a member who has a password."""
    member = make_member(role, alias)
    member.set_password(password)
    member.save()
    return member


def make_space(browser: Client, password: str = PASSWORD) -> str:
    """Let whoever is signed in make their space; return the code that was shown."""
    made = browser.post("/reflexion/espacio/", {"do": "make", "password": password, "known": "yes"})
    return made.content.decode().split('translate="no">')[1].split("<")[0]


def with_space(alias: str = "Luz", role: str = Role.VOLUNTEER) -> tuple[Member, Client]:
    """Make a member with a space that is open in their browser."""
    member = listener(alias, role)
    browser = browser_of(member)
    make_space(browser)
    return member, browser


def seen(browser: Client, path: str) -> str:
    """Return what a browser shows at an address, after wherever it leads."""
    return browser.get(path, follow=True).content.decode()
