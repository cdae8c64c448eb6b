"""What the coordination sees of an application beside its steps, and what the applicant holds in hand."""

import datetime
import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from roster import applications
from roster.application_model import Application, ApplicationState
from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.roster.people_who_apply import applied, apply, link_in

pytestmark = pytest.mark.django_db(databases="__all__")

S = ApplicationState


@pytest.fixture
def julio() -> Member:
    """Return a coordinator."""
    return make_member(Role.COORDINATOR)


def page_of(application: Application) -> str:
    """Return the address of an application."""
    return f"/equipo/postulaciones/{application.pk}/"


# What the coordination should see -------------------------------------------------------------------------------------


def seen(by: Member, application: Application) -> str:
    """Return the page of an application."""
    return str(browser_of(by).get(page_of(application)).content.decode())


TWICE = "el mismo número C.Ps.P., o el mismo correo, está también aquí"


def test_a_number_that_a_member_or_somebody_else_gave_too_is_shown_before_the_next_step(
    julio: Member, rosa: Member
) -> None:
    Member.objects.filter(pk=rosa.pk).update(licence_number="018983", full_name="Rosa Díaz")
    first = applied(julio)
    second = applied(julio, email="otro@ensayo.pe", full_name="Otro Nombre")
    alone = applied(julio, email="beto@ensayo.pe", licence_number="28983")

    page = seen(julio, second)
    assert TWICE in page
    assert "Rosa Díaz, que ya tiene una cuenta" in page
    assert f'href="/equipo/postulaciones/{first.pk}/">Elsa Soto' in page
    assert TWICE not in seen(julio, alone)


def test_whoever_got_a_no_and_applies_again_is_known(julio: Member) -> None:
    before = applied(julio)
    applications.decline(before, julio, "no_licence")
    again = applied(julio, licence_number="55555")

    assert f'href="/equipo/postulaciones/{before.pk}/">Elsa Soto Ñahui</a>: esta vez no' in seen(julio, again)


def test_changing_an_interview_begins_from_what_was_agreed(julio: Member) -> None:
    application = applied(julio, S.TO_INTERVIEW)
    at = timezone.localtime(application.interview_at)

    assert f'value="{at:%Y-%m-%d}"' in seen(julio, application)
    assert f'value="{at:%H:%M}"' in seen(julio, application)


def test_every_page_of_the_coordination_says_how_many_nobody_has_answered(julio: Member, rosa: Member) -> None:
    one, _other = applied(julio), applied(julio, email="otro@ensayo.pe")
    told = re.compile(r'Postulaciones <span class="tabs__count">(\d+ nuevas?)<')

    assert told.findall(browser_of(julio).get("/equipo/idiomas/").content.decode()) == ["2 nuevas"]
    applications.decline(one, julio, "no_hours")
    assert told.findall(browser_of(julio).get("/equipo/idiomas/").content.decode()) == ["1 nueva"]
    assert not told.search(browser_of(rosa).get("/equipo/turnos/").content.decode())


# What the applicant gets ----------------------------------------------------------------------------------------------


def test_each_mail_says_whose_it_is_and_can_be_answered(
    julio: Member, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.PRESS_CONTACT = "voluntariado@linea.example"
    applied(julio, S.INVITED)

    assert len(mailoutbox) == 5
    for mail in mailoutbox:
        assert mail.reply_to == ["voluntariado@linea.example"]
        assert "alianza Juntos Nos Hacemos Cargo" in mail.body
        assert f"{settings.ORIGINS[0]}/\n" in mail.body


@pytest.mark.parametrize("contact", ["", "01 234 5678", "https://linea.example/contacto"])
def test_a_contact_that_is_no_mail_box_is_told_and_not_answered_to(
    julio: Member, mailoutbox: list[EmailMessage], settings: Settings, contact: str
) -> None:
    settings.PRESS_CONTACT = contact
    applied(julio)

    assert mailoutbox[0].reply_to == []
    assert contact in mailoutbox[0].body


def test_the_place_of_an_interview_is_a_link_on_the_own_page_if_it_is_one(
    julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    application = applied(julio)
    at = timezone.now() + datetime.timedelta(days=1)
    applications.agree_interview(application, julio, at=at, where="https://sala.example/abc")

    assert '<a href="https://sala.example/abc"' in Client().get(link_in(mailoutbox[-1])).content.decode()


def test_an_invitation_that_ended_says_whom_to_ask(settings: Settings) -> None:
    settings.PRESS_CONTACT = "voluntariado@linea.example"
    page = Client().get("/equipo/invitacion/no-hay/").content.decode()

    assert "mailto:voluntariado@linea.example" in page


def test_whoever_cannot_join_yet_is_told_where_to_write(settings: Settings) -> None:
    settings.PRESS_CONTACT = "voluntariado@linea.example"
    page = apply(profession="student").content.decode()

    assert "mailto:voluntariado@linea.example" in page
