"""``python -m hotline demo_people``: the people of the demonstration; running it again changes nothing."""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from roster import actions
from roster.models import Member, Organisation, Role

PASSWORD = "conversemos-2020"  # noqa: S105  of the demonstration, printed on purpose
ORGANISATIONS = ("DeMentes", "Dando+", "Sonqo & Maqui", "Fundación Calma")


class Person(NamedTuple):
    """One of the people below."""

    email: str
    alias: str
    full_name: str
    role: str
    organisation: str
    licence_number: str = ""
    checked: bool = False


PEOPLE = (
    Person("rosa@demo.pe", "Rosa", "Rosa Quispe Demo", Role.VOLUNTEER.value, "DeMentes", "18983", checked=True),
    Person("luis@demo.pe", "Luis", "Luis Salas Demo", Role.VOLUNTEER.value, "Dando+", "20417", checked=True),
    Person("nuevo@demo.pe", "Inés", "Inés Rojas Demo", Role.VOLUNTEER.value, "Sonqo & Maqui", "31002"),
    Person("supervisora@demo.pe", "Carmen", "Carmen Vega Demo", Role.SUPERVISOR.value, "Fundación Calma"),
    Person("coordinacion@demo.pe", "Julio", "Julio Ramos Demo", Role.COORDINATOR.value, "DeMentes"),
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
            for partner in ORGANISATIONS:
                Organisation.objects.get_or_create(name=partner)
            for person in PEOPLE:
                _make(person)
        self.stdout.write(f"Sign in at {settings.ORIGINS[0]}/equipo/entrar/")
        for person in PEOPLE:
            unchecked = ", licence not checked yet" if person.role == Role.VOLUNTEER and not person.checked else ""
            self.stdout.write(f"  {person.email:22}  {PASSWORD}  {person.role}{unchecked}")


def _make(person: Person) -> None:
    standing = Member.objects.filter(email=person.email).first()
    if standing is not None:
        if not standing.has_role:  # nobody of the demonstration waits half a year for somebody to confirm them
            actions.confirm_role(standing, None)
        return
    Member.objects.create_user(
        person.email,
        PASSWORD,
        alias=person.alias,
        full_name=person.full_name,
        role=person.role,
        organisation=Organisation.objects.get(name=person.organisation),
        licence_number=person.licence_number,
        licence_checked_on=timezone.localdate() if person.checked else None,
    )
