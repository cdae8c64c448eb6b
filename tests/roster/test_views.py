"""The pages under /equipo/ and the administration."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from roster import actions
from roster.models import Invitation, Member, Role
from tests.roster.conftest import PASSWORD, MakeMember, SignIn

pytestmark = pytest.mark.django_db(databases="__all__")

ANSWERS = {"email": "nueva@ensayo.pe", "full_name": "Nueva Persona", "alias": "Nueva", "password": PASSWORD}


def test_an_invited_person_becomes_a_member_and_is_led_to_the_door(client: Client, coordinator: Member) -> None:
    path = actions.invite(role=Role.VOLUNTEER, by=coordinator)
    response = client.post(path, ANSWERS)

    member = Member.objects.get(email="nueva@ensayo.pe")
    assert response["Location"] == "/equipo/entrar/"
    assert (member.alias, member.role, member.may_take_callers) == ("Nueva", Role.VOLUNTEER, False)


def test_an_invitation_to_an_address_is_for_that_address(client: Client, coordinator: Member) -> None:
    path = actions.invite(role=Role.VOLUNTEER, email="ana@ensayo.pe", by=coordinator)
    client.post(path, ANSWERS | {"email": "otra@ensayo.pe"})

    assert Member.objects.filter(email="ana@ensayo.pe").exists()
    assert not Member.objects.filter(email="otra@ensayo.pe").exists()


@pytest.mark.parametrize("password", ["corta", "password1234", "nueva@ensayo.pe"])
def test_a_short_common_or_similar_password_is_refused(client: Client, coordinator: Member, password: str) -> None:
    path = actions.invite(role=Role.VOLUNTEER, by=coordinator)
    response = client.post(path, ANSWERS | {"password": password})

    assert response.status_code == 400
    assert 'id="id_password_error"' in response.content.decode()


def test_a_taken_address_is_refused_in_words(client: Client, coordinator: Member) -> None:
    path = actions.invite(role=Role.VOLUNTEER, by=coordinator)
    response = client.post(path, ANSWERS | {"email": coordinator.email.upper()})

    assert "ya tiene una cuenta" in response.content.decode()


def test_an_unknown_invitation_says_that_it_is_gone(client: Client) -> None:
    assert client.get("/equipo/invitacion/unknown/").status_code == 410


def test_nobody_signs_up_without_an_invitation(client: Client) -> None:
    assert client.post("/equipo/registro/", {"email": "a@ensayo.pe", "password1": PASSWORD}).status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "/equipo/entrar/",
        "/equipo/inactiva/",
        "/equipo/contrasena/olvidada/",
        "/equipo/contrasena/enviada/",
        "/equipo/contrasena/lista/",
        "/equipo/contrasena/nueva/1-wrong/",
    ],
)
def test_each_page_before_the_door_opens_without_inline_code(client: Client, page: str) -> None:
    response = client.get(page)

    assert response.status_code == 200
    assert not re.search(r"<script(?![^>]*src=)|<style|style=| on\w+=", response.content.decode())


@pytest.mark.parametrize(
    "page", ["/equipo/salir/", "/equipo/contrasena/", "/equipo/segundo-factor/", "/equipo/confirmar/"]
)
def test_each_page_behind_the_door_opens_without_inline_code(
    client: Client, volunteer: Member, sign_in: SignIn, page: str
) -> None:
    sign_in(volunteer)
    response = client.get(page)

    assert response.status_code == 200
    assert not re.search(r"<script(?![^>]*src=)|<style|style=| on\w+=", response.content.decode())


def test_an_error_of_a_field_is_linked_to_its_input(client: Client) -> None:
    page = client.post("/equipo/entrar/", {"login": "", "password": "x"}).content.decode()

    assert 'aria-describedby="id_login_error"' in page
    assert 'id="id_login_error"' in page


def test_the_administration_has_the_same_door(client: Client) -> None:
    response = client.get("/admin/roster/member/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/equipo/entrar/?next=")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SUPERVISOR])
def test_the_administration_is_not_there_for_other_roles(
    client: Client, make_member: MakeMember, sign_in: SignIn, role: Role
) -> None:
    sign_in(make_member(role))

    assert client.get("/admin/", follow=True).status_code == 404


@pytest.mark.parametrize(
    "model", ["member", "organisation", "skill", "shift", "openingspan", "openingexception", "invitation"]
)
def test_a_coordinator_keeps_the_reference_data_of_the_team(
    client: Client, coordinator: Member, sign_in: SignIn, model: str
) -> None:
    sign_in(coordinator)

    assert client.get(f"/admin/roster/{model}/").status_code == 200


def test_a_coordinator_marks_a_licence_as_checked(
    client: Client, make_member: MakeMember, coordinator: Member, sign_in: SignIn
) -> None:
    member = make_member(licence_number="31002")
    sign_in(coordinator)
    client.post("/admin/roster/member/", {"action": "mark_licence_checked", "_selected_action": [str(member.pk)]})

    member.refresh_from_db()
    assert (member.licence_checked_by, member.licence_checked_on) == (coordinator, timezone.localdate())


def test_a_coordinator_sees_the_link_of_a_new_invitation_once(
    client: Client, coordinator: Member, sign_in: SignIn
) -> None:
    sign_in(coordinator)
    data = {"role": Role.VOLUNTEER, "email": "", "organisation": ""}
    page = client.post("/admin/roster/invitation/add/", data, follow=True).content.decode()

    assert Invitation.objects.count() == 1
    assert "/equipo/invitacion/" in page
    assert "/equipo/invitacion/" not in client.get("/admin/roster/invitation/").content.decode()


def test_editing_a_licence_number_in_the_administration_unchecks_it(
    client: Client, volunteer: Member, coordinator: Member, sign_in: SignIn
) -> None:
    sign_in(coordinator)
    data = {"email": volunteer.email, "alias": "Ana", "full_name": "Ana", "role": "volunteer", "is_active": "on"}
    client.post(f"/admin/roster/member/{volunteer.pk}/change/", data | {"licence_number": "99999", "capacity": "2"})

    volunteer.refresh_from_db()
    assert (volunteer.licence_number, volunteer.licence_checked_on) == ("99999", None)


def test_a_forgotten_password_is_replaced_through_the_link_in_the_mail(
    client: Client, volunteer: Member, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/equipo/contrasena/olvidada/", {"email": volunteer.email})
    link = re.search(r"https?://[^/]+(/\S+)", str(mailoutbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    new = {"password1": "otra frase bien larga", "password2": "otra frase bien larga"}
    client.post(form.redirect_chain[-1][0], new)

    volunteer.refresh_from_db()
    assert volunteer.check_password("otra frase bien larga")


def test_no_mail_goes_to_an_address_without_an_account(client: Client, mailoutbox: list[EmailMessage]) -> None:
    assert client.post("/equipo/contrasena/olvidada/", {"email": "nadie@ensayo.pe"}).status_code == 302
    assert not mailoutbox


def test_the_door_speaks_to_people_as_tu(client: Client, volunteer: Member) -> None:
    page = client.post("/equipo/entrar/", {"login": volunteer.email, "password": "x"}).content.decode()

    assert "no van juntos" in page
    assert "Ha olvidado" not in page
