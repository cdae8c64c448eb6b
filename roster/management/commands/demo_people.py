"""``python -m hotline demo_people``: the people of the demonstration; running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from roster.models import Member, Organisation, Role

PASSWORD = "conversemos-2020"  # noqa: S105  of the demonstration, printed on purpose
ORGANISATIONS = ("DeMentes", "Dando+", "Sonqo & Maqui", "Fundación Calma")
#: address, alias, full name, role, organisation, licence number, checked
PEOPLE = (
    ("rosa@demo.pe", "Rosa", "Rosa Quispe Demo", Role.VOLUNTEER, "DeMentes", "18983", True),
    ("luis@demo.pe", "Luis", "Luis Salas Demo", Role.VOLUNTEER, "Dando+", "20417", True),
    ("nuevo@demo.pe", "Inés", "Inés Rojas Demo", Role.VOLUNTEER, "Sonqo & Maqui", "31002", False),
    ("supervisora@demo.pe", "Carmen", "Carmen Vega Demo", Role.SUPERVISOR, "Fundación Calma", "", False),
    ("coordinacion@demo.pe", "Julio", "Julio Ramos Demo", Role.COORDINATOR, "DeMentes", "", False),
)


class Command(BaseCommand):
    """Makes them where they are missing and prints how to sign in."""

    help = "Make the people of the demonstration (only with HOTLINE_DEMO=1)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them."""
        if not settings.DEMO:
            message = "demo_people needs HOTLINE_DEMO=1; their password is public."
            raise CommandError(message)
        with transaction.atomic():
            for person in PEOPLE:
                _make(*person)
        self.stdout.write(f"Sign in at {settings.ORIGINS[0]}/equipo/entrar/ with the password {PASSWORD}:")
        for email, _alias, _name, role, *_rest, checked in PEOPLE:
            unchecked = " (licence not checked yet)" if role == Role.VOLUNTEER and not checked else ""
            self.stdout.write(f"  {email:22} {role.value}{unchecked}")


def _make(email: str, alias: str, name: str, role: str, organisation: str, licence: str, checked: bool) -> None:  # noqa: FBT001, PLR0913, PLR0917  one row of the table above
    for partner in ORGANISATIONS:
        Organisation.objects.get_or_create(name=partner)
    if Member.objects.filter(email=email).exists():
        return
    Member.objects.create_user(
        email,
        PASSWORD,
        alias=alias,
        full_name=name,
        role=role,
        organisation=Organisation.objects.get(name=organisation),
        licence_number=licence,
        licence_checked_on=timezone.localdate() if checked else None,
    )
