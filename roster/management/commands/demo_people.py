"""``python -m hotline demo_people``: the people of the demonstration; running it again changes nothing."""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from roster import actions
from roster.models import Member, Organisation, Role, Shift, Skill
from roster.shifts import hours_from
from wire import clock

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
    trained: bool = True
    skills: tuple[str, ...] = ()
    #: Hours from the present one at which a shift begins and ends; the second of two is up for a swap.
    shifts: tuple[tuple[int, int], ...] = ()


PEOPLE = (
    Person(
        "rosa@demo.pe",
        "Rosa",
        "Rosa Quispe Demo",
        Role.VOLUNTEER.value,
        "DeMentes",
        "18983",
        checked=True,
        skills=("quechua", "violence"),
        shifts=((0, 4),),
    ),
    Person(
        "luis@demo.pe",
        "Luis",
        "Luis Salas Demo",
        Role.VOLUNTEER.value,
        "Dando+",
        "20417",
        checked=True,
        skills=("grief", "minors"),
        shifts=((4, 6), (50, 52)),
    ),
    # In training: practises at /practica/, and no caller is ever offered to them.
    Person(
        "practica@demo.pe",
        "Diego",
        "Diego Mamani Demo",
        Role.VOLUNTEER.value,
        "Dando+",
        "27315",
        checked=True,
        trained=False,
    ),
    Person("nuevo@demo.pe", "Inés", "Inés Rojas Demo", Role.VOLUNTEER.value, "Sonqo & Maqui", "31002"),
    # On duty from tomorrow on: that two people open a case together can be tried today.
    Person(
        "supervisora@demo.pe",
        "Carmen",
        "Carmen Vega Demo",
        Role.SUPERVISOR.value,
        "Fundación Calma",
        shifts=((24, 28),),
    ),
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
                _give_shifts(person)
        self.stdout.write(f"Sign in at {settings.ORIGINS[0]}/equipo/entrar/")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:22}  {PASSWORD}  {person.role}{_lacks(person)}")


def _lacks(person: Person) -> str:
    if person.role != Role.VOLUNTEER:
        return ""
    if not person.checked:
        return ", licence not checked yet"
    return "" if person.trained else ", in training: try /practica/"


def _make(person: Person) -> None:
    standing = Member.objects.filter(email=person.email).first()
    if standing is not None:
        if not standing.has_role:  # nobody of the demonstration waits half a year for somebody to confirm them
            actions.confirm_role(standing, None)
        return
    member = Member.objects.create_user(
        person.email,
        PASSWORD,
        alias=person.alias,
        full_name=person.full_name,
        role=person.role,
        organisation=Organisation.objects.get(name=person.organisation),
        licence_number=person.licence_number,
        licence_checked_on=timezone.localdate() if person.checked else None,
        trained_on=timezone.localdate() if person.checked and person.trained else None,
    )
    member.skills.set(Skill.objects.filter(code__in=person.skills))


def _give_shifts(person: Person) -> None:
    """Put somebody whose shifts are all over on duty anew, as from this hour: the demonstration begins at any hour."""
    member, now = Member.objects.get(email=person.email), clock.now()
    if Shift.objects.filter(member=member, ends_at__gt=now).exists():
        return
    for number, (begin, end) in enumerate(person.shifts):
        hours = hours_from(now, end + 1)
        Shift.objects.create(
            member=member, starts_at=hours[begin], ends_at=hours[end], swap_since=now if number else None
        )
