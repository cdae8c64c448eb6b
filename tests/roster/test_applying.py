"""``/voluntariado/``: whoever may join can apply, whoever may not is told why, and nobody learns who applied before."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from roster import volunteering_views
from roster.application_model import NOTICE, Application, ApplicationState
from roster.models import Member, Organisation
from tests.house.source import read
from tests.roster.people_who_apply import EMAIL, FILLED, applied, apply, link_in
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

#: Version of the words that applicants agree to → their digest: changed words are a new version.
NOTICES = {"2026-1": "915aedffcdb162067f7215c1df6be6aaaae4a0d296dbdd8dc24e27f9a23ef12f"}


def test_an_application_arrives_sealed_with_its_trace_and_its_mail(mailoutbox: list[EmailMessage]) -> None:
    assert apply()["Location"] == "/voluntariado/recibida/"

    application = Application.objects.get()
    assert application.applicant is not None
    assert (application.applicant.full_name, application.applicant.licence_number) == ("Elsa Soto Ñahui", "18983")
    assert (application.state, application.hours_a_week, application.notice) == ("received", 4, NOTICE)
    assert [skill.code for skill in application.skills.all()] == ["quechua"]
    assert list(Entry.objects.filter(subject=application.pk).values_list("actor", "act")) == [
        ("applicant", "application.received")
    ]
    assert mailoutbox[0].to == [EMAIL]
    assert application.mail_sent_at is not None


def test_no_column_of_the_row_holds_a_word_of_the_applicant() -> None:
    apply()
    row = str(Application.objects.values().get()).lower()

    assert not [word for word in ("elsa", "ensayo.pe", "soto", "18983") if word in row]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"full_name": ""}, "Falta tu nombre."),
        ({"email": "elsa"}, "A ese correo le falta algo."),
        ({"adult": "no"}, "Cuando los cumplas, te esperamos."),
        ({"adult": None}, "Dinos si tienes 18 años o más."),
        ({"profession": "student"}, "Para atender, la ley pide el título y la colegiatura."),
        ({"profession": "unlicensed"}, "Cuando la tengas, escríbenos."),
        ({"profession": "other"}, "necesitan otras manos también"),
        ({"licence_number": ""}, "tiene solo cifras"),
        ({"licence_number": "una llama"}, "tiene solo cifras"),
        ({"licence_number": "1234567"}, "tiene solo cifras"),
        ({"licence_number": "٣٤٥"}, "tiene solo cifras"),
        ({"organisation": "999999"}, "Esa organización no está en la lista."),
        ({"organisation": "cualquiera"}, "Esa organización no está en la lista."),
        ({"skills": ["martian"]}, "Eso no está en la lista."),
        ({"hours_a_week": "40"}, "Elige un número de horas de la lista, de 2 a 12."),
        ({"hours_a_week": ""}, "Elige cuántas horas podrías dar."),
        ({"knows_weight": None}, "Léelo con calma"),
        ({"agrees": None}, "Sin tu acuerdo no podemos guardar tus datos."),
        ({"homepage": "https://spam.example"}, "No llegó bien."),
    ],
)
def test_what_is_not_right_is_said_beside_it_and_nothing_is_lost_or_kept(
    changed: dict[str, Any], words: str, mailoutbox: list[EmailMessage]
) -> None:
    answer = apply(**changed)
    page = answer.content.decode()

    assert answer.status_code == 400
    assert words in page
    for name in {"full_name", "email", "licence_number"} - set(changed):
        assert f'value="{FILLED[name]}"' in page
    assert (Application.objects.count(), len(mailoutbox)) == (0, 0)


@pytest.mark.parametrize("changed", [{"adult": "no"}, {"profession": "student"}])
def test_whoever_cannot_join_yet_is_not_asked_to_try_again(changed: dict[str, Any]) -> None:
    page = apply(**changed).content.decode()
    assert "Falta poco" not in page
    assert page.index("Gracias por querer") < page.index("Qué hace falta")


@pytest.mark.parametrize("typed", ["18983", "C.Ps.P. 18983", "cpsp 18983", " C.PS.P. N° 18983 "])
def test_a_licence_is_taken_however_it_is_written(typed: str) -> None:
    apply(licence_number=typed)
    applicant = Application.objects.get().applicant
    assert applicant is not None
    assert applicant.licence_number == "18983"


def test_a_second_application_of_the_same_address_joins_the_first_and_the_page_does_not_tell(
    mailoutbox: list[EmailMessage],
) -> None:
    first, second, third = apply(), apply(email=EMAIL.upper(), full_name="Otra"), apply()

    assert first["Location"] == second["Location"] == third["Location"]
    applicant = Application.objects.get().applicant
    assert applicant is not None
    assert applicant.full_name == "Elsa Soto Ñahui"
    assert ["Ya teníamos una" in mail.body for mail in mailoutbox] == [False, True]  # and once an hour at most


def test_a_member_who_applies_is_told_by_mail_alone(volunteer: Member, mailoutbox: list[EmailMessage]) -> None:
    assert apply(email=volunteer.email)["Location"] == "/voluntariado/recibida/"
    assert Application.objects.count() == 0
    assert "ya tienes una cuenta" in mailoutbox[0].body


def test_whoever_was_declined_may_apply_again(coordinator: Member) -> None:
    declined = applied(coordinator)
    Application.objects.filter(pk=declined.pk).update(state=ApplicationState.DECLINED)
    apply()
    assert Application.objects.count() == 2


def test_one_browser_sends_a_few_an_hour_and_then_waits_with_its_words() -> None:
    client = Client()
    answers = [apply(client, email=f"e{number}@ensayo.pe") for number in range(volunteering_views.AN_HOUR + 1)]

    assert [answer.status_code for answer in answers] == [302] * volunteering_views.AN_HOUR + [429]
    assert "lo que escribiste sigue aquí" in answers[-1].content.decode()
    assert 'value="Elsa Soto Ñahui"' in answers[-1].content.decode()


def test_all_browsers_together_keep_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volunteering_views, "A_MINUTE", 2)
    monkeypatch.setattr("roster.volunteering_views.time.time", lambda: 1_000_000_000.0)
    codes = [apply(email=f"e{number}@ensayo.pe").status_code for number in range(3)]
    assert codes == [302, 302, 429]


def test_where_nobody_is_responsible_no_application_is_taken(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    settings.CONTROLLER = dict.fromkeys(settings.CONTROLLER, "")
    assert (client.get("/voluntariado/").status_code, apply(client).status_code) == (503, 503)
    assert "<form" not in client.get("/voluntariado/").content.decode()


def test_the_page_says_who_keeps_what_for_how_long(client: Client, settings: Settings) -> None:
    settings.CONTROLLER = settings.CONTROLLER | {"name": "Asociación Ejemplo", "contact": "datos@ejemplo.pe"}
    settings.APPLICATIONS_KEPT = 61
    Organisation.objects.create(name="Fundación Calma")
    page = client.get("/voluntariado/").content.decode()

    for words in ("Asociación Ejemplo", "datos@ejemplo.pe", "a los 61 días", "Ley 29733", "Fundación Calma"):
        assert words in page


def test_the_words_one_agrees_to_are_those_of_their_version() -> None:
    text = read(Path("templates/roster/_application_notice.html")) + read(Path("templates/roster/_weight.html"))
    assert NOTICES[NOTICE] == hashlib.sha256(text.encode()).hexdigest()


# The applicant's own page ---------------------------------------------------------------------------------------------


def test_the_link_in_the_mail_shows_where_it_stands(client: Client, mailoutbox: list[EmailMessage]) -> None:
    apply()
    answer = client.get(link_in(mailoutbox[0]))

    assert "te escribimos para acordar una entrevista" in answer.content.decode()
    assert "Elsa Soto" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_link_that_nobody_was_given_leads_nowhere(client: Client) -> None:
    apply()
    assert client.get("/voluntariado/postulacion/unknown/").status_code == 404
    assert client.post("/voluntariado/postulacion/unknown/").status_code == 404


def test_withdrawing_erases_at_once_and_the_link_says_so(
    client: Client, coordinator: Member, mailoutbox: list[EmailMessage]
) -> None:
    application = applied(coordinator, ApplicationState.INVITED)
    invitation = link_in(mailoutbox[-1], "/equipo/invitacion/")
    link = link_in(mailoutbox[0])  # an earlier one goes on leading there
    client.post(link)

    application.refresh_from_db()
    assert (application.state, application.sealed, application.found_by) == ("withdrawn", "", "")
    assert application.skills.count() == 0
    assert client.get(invitation).status_code == 410
    assert "Ya borramos lo que nos dijiste" in client.get(link).content.decode()
    assert Entry.objects.filter(act="application.withdrawn", actor="applicant", subject=application.pk).exists()


def test_withdrawing_twice_does_nothing_more(client: Client, mailoutbox: list[EmailMessage]) -> None:
    apply()
    link = link_in(mailoutbox[0])
    assert [client.post(link).status_code for _time in range(2)] == [302, 409]
    assert Entry.objects.filter(act="application.withdrawn").count() == 1


def test_no_mail_names_the_applicant_and_all_have_one_subject(
    coordinator: Member, mailoutbox: list[EmailMessage]
) -> None:
    applied(coordinator, ApplicationState.INVITED)
    assert len(mailoutbox) == 5
    assert {mail.subject for mail in mailoutbox} == {"Tu postulación al voluntariado"}
    assert not [mail.body for mail in mailoutbox if "Elsa" in mail.body or "18983" in mail.body]
