"""The coordination takes an application from step to step; each is decided once, leaves its trace and writes a mail."""

import datetime
import smtplib
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from hotline.sweeper import DUTIES
from roster import actions, applications
from roster.application_model import Application, ApplicationLink, ApplicationState, DeclineReason
from roster.errors import ApplicationMoved, InvitationGone
from roster.models import Invitation, Member, Role, Shift
from tests.cast import browser_of, make_member
from tests.roster.people_who_apply import EMAIL, applied, apply, link_in
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

S = ApplicationState
DAYS = datetime.timedelta(days=1)
PASSWORD = "una llama cruza el puente"  # noqa: S105  of tests only
SOON = (timezone.localtime() + 3 * DAYS).strftime("%Y-%m-%d")
INTERVIEW = {"interview-day": SOON, "interview-hour": "19:30", "interview-where": "https://sala.example/1"}
CHECK = {"check-licence_number": "18983", "check-found_valid": "on", "check-seen_on": ""}


@pytest.fixture
def julio() -> Member:
    """Return a coordinator who can sign in."""
    return make_member(Role.COORDINATOR)


def page_of(application: Application) -> str:
    return f"/equipo/postulaciones/{application.pk}/"


def do(by: Member, application: Application, act: str, **fields: str) -> Any:
    return browser_of(by).post(page_of(application), {"do": act, **fields}, follow=True)


def acts(application: Application) -> list[str]:
    found = Entry.objects.filter(subject_kind="application", subject=application.pk).order_by("seq")
    return [act.removeprefix("application.") for act in found.values_list("act", flat=True)]


def joined(by: Member, mailoutbox: list[EmailMessage]) -> tuple[Application, Member]:
    """Bring an application to an account."""
    application = applied(by, S.INVITED)
    given = {"alias": "Elsa", "full_name": "Elsa Soto", "password": PASSWORD}
    assert Client().post(link_in(mailoutbox[-1], "/equipo/invitacion/"), given).status_code == 302
    application.refresh_from_db()
    return application, Member.objects.get(email=EMAIL)


# Step by step ---------------------------------------------------------------------------------------------------------


def test_the_coordination_goes_the_whole_way_by_its_page(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    application = applied(julio)
    do(julio, application, "interview", **INTERVIEW)
    application.refresh_from_db()
    assert (application.state, "a las 19:30" in mailoutbox[-1].body) == (S.TO_INTERVIEW, True)
    Application.objects.filter(pk=application.pk).update(interview_at=timezone.now())
    do(julio, application, "interviewed")
    do(julio, application, "check", **CHECK | {"check-seen_on": timezone.localdate().isoformat()})
    application.refresh_from_db()
    assert (application.state, application.checked_by) == (S.CHECKED, julio)
    do(julio, application, "invite")
    application.refresh_from_db()
    assert application.state == S.INVITED
    steps = ["received", "read", "to_interview", "interviewed", "checked", "invited"]
    assert [act for act in acts(application) if act != "read"] == [act for act in steps if act != "read"]
    assert [mail.to for mail in mailoutbox] == [[EMAIL]] * 5


def test_looking_at_an_application_leaves_its_trace(julio: Member) -> None:
    application = applied(julio)
    browser_of(julio).get(page_of(application))
    assert Entry.objects.filter(act="application.read", actor=julio.pk, subject=application.pk).exists()


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SUPERVISOR])
def test_nobody_else_finds_applications_and_the_attempt_is_noted(role: str, julio: Member) -> None:
    application, browser = applied(julio), browser_of(make_member(role))
    assert browser.get("/equipo/postulaciones/").status_code == 404
    assert browser.post(page_of(application), {"do": "decline", "decline-reason": "no_hours"}).status_code == 404
    assert Entry.objects.filter(act="application.manage", result="refused").count() == 2
    application.refresh_from_db()
    assert application.state == S.RECEIVED


@pytest.mark.parametrize(
    ("state", "act", "fields", "words"),
    [
        (S.RECEIVED, "interview", INTERVIEW | {"interview-day": "31/02/2027"}, "Esa fecha no existe"),
        (S.RECEIVED, "interview", INTERVIEW | {"interview-day": ""}, "Falta la fecha."),
        (S.RECEIVED, "interview", INTERVIEW | {"interview-day": "2020-01-01"}, "que todavía no pasó"),
        (S.RECEIVED, "interview", INTERVIEW | {"interview-day": "2126-01-01"}, "dentro de los próximos 60 días"),
        (S.RECEIVED, "interview", INTERVIEW | {"interview-hour": "25:99"}, "Esa hora no existe"),
        (S.RECEIVED, "interview", INTERVIEW | {"interview-where": ""}, "Falta el lugar o el enlace."),
        (S.INTERVIEWED, "check", CHECK, "Falta la fecha."),
        (S.INTERVIEWED, "check", CHECK | {"check-seen_on": "2020-01-01"}, "un día de los últimos 30"),
        (S.INTERVIEWED, "check", CHECK | {"check-licence_number": "una llama"}, "tiene solo cifras"),
        (S.INTERVIEWED, "check", {"check-licence_number": "18983"}, "Marca la casilla cuando lo hayas visto."),
        (S.INTERVIEWED, "check", CHECK | {"check-course_on": "2126-01-01"}, "Ese día todavía no llega."),
        (S.RECEIVED, "decline", {"decline-reason": "porque sí"}, "Elige un motivo de la lista."),
        (S.RECEIVED, "note", {"note-note": "x" * 1001}, "Son 1000 letras como mucho."),
    ],
)
def test_what_a_step_lacks_is_said_and_the_application_stays_where_it_is(
    julio: Member, state: str, act: str, fields: dict[str, str], words: str
) -> None:
    application = applied(julio, state)
    answer = do(julio, application, act, **fields)

    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    application.refresh_from_db()
    assert application.state == state


def test_a_step_that_is_not_the_next_one_is_refused_in_words(julio: Member) -> None:
    application = applied(julio)
    for act in ("invite", "interviewed"):
        assert "cambió mientras tanto" in do(julio, application, act).content.decode()
    application.refresh_from_db()
    assert application.state == S.RECEIVED
    assert do(julio, application, "promote").status_code == 404


def test_an_interview_is_noted_only_after_its_hour(julio: Member) -> None:
    application = applied(julio, S.TO_INTERVIEW)
    with pytest.raises(ApplicationMoved):
        applications.note_interview(application, julio)


def test_of_two_who_decide_one_does(julio: Member) -> None:
    application = applied(julio, S.CHECKED)
    also_seen = Application.objects.get(pk=application.pk)
    applications.invite(application, julio)
    with pytest.raises(ApplicationMoved):
        applications.invite(also_seen, julio)
    assert acts(application).count("invited") == 1


def test_a_note_written_beside_another_is_not_lost_silently(julio: Member) -> None:
    application = applied(julio)
    also_seen = Application.objects.get(pk=application.pk)
    applications.keep_note(application, julio, "Puede los jueves.")
    with pytest.raises(ApplicationMoved):
        applications.keep_note(also_seen, julio, "Otra.")
    assert application.applicant is not None
    assert application.applicant.note == "Puede los jueves."


def test_a_no_is_kind_says_no_reason_and_ends_the_invitation(
    client: Client, julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    application = applied(julio, S.INVITED)
    invitation = link_in(mailoutbox[-1], "/equipo/invitacion/")
    do(julio, application, "decline", **{"decline-reason": DeclineReason.HOURS})

    assert "Gracias por ofrecerte" in mailoutbox[-1].body
    assert "horas" not in mailoutbox[-1].body
    assert client.get(invitation).status_code == 410
    assert Entry.objects.get(act="application.declined").reason == DeclineReason.HOURS
    client.post(link_in(mailoutbox[-1]))  # and they may have everything erased at once
    application.refresh_from_db()
    assert (application.state, application.sealed) == (S.WITHDRAWN, "")


# Mail -----------------------------------------------------------------------------------------------------------------


def test_a_mail_that_fails_loses_no_step_is_shown_and_sent_again(
    julio: Member, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_mail: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected

    application = applied(julio, S.CHECKED)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        applications.invite(application, julio)
    application.refresh_from_db()
    assert (application.state, application.mail_sent_at) == (S.INVITED, None)
    assert "El correo no salió" in browser_of(julio).get(page_of(application)).content.decode()
    assert "El correo no salió" in browser_of(julio).get("/equipo/postulaciones/").content.decode()
    assert EMAIL not in caplog.text

    do(julio, application, "again")
    application.refresh_from_db()
    assert application.mail_failed_at is None
    assert application.mail_sent_at is not None
    assert Client().get(link_in(mailoutbox[-1], "/equipo/invitacion/")).status_code == 200


def test_an_invitation_sent_again_ends_the_one_before(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    application = applied(julio, S.INVITED)
    do(julio, application, "again")
    before, after = (link_in(mail, "/equipo/invitacion/") for mail in mailoutbox[-2:])
    assert (Client().get(before).status_code, Client().get(after).status_code) == (410, 200)
    assert Invitation.objects.count() == 1


def test_no_token_of_a_link_is_stored(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    applied(julio)
    token = link_in(mailoutbox[0]).split("/")[-2]
    assert ApplicationLink.objects.exclude(digest=token).count() == 1
    assert Client().get(f"/voluntariado/postulacion/{ApplicationLink.objects.get().digest}/").status_code == 404


# The account ----------------------------------------------------------------------------------------------------------


def test_the_account_is_born_from_the_application_which_then_forgets(
    julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    application, member = joined(julio, mailoutbox)

    assert (member.role, member.licence_number) == (Role.VOLUNTEER, "18983")
    assert (member.licence_checked_by, member.licence_checked_on) == (julio, timezone.localdate())
    assert [skill.code for skill in member.skills.all()] == ["quechua"]
    assert member.trained_on is None  # the practice is asked of everybody
    assert (application.state, application.member, application.sealed) == (S.INVITED, member, "")
    assert application.skills.count() == 0
    assert acts(application)[-1] == "joined"


def test_the_invitation_has_name_and_address_filled_in(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    applied(julio, S.INVITED)
    page = Client().get(link_in(mailoutbox[-1], "/equipo/invitacion/")).content.decode()
    assert 'value="Elsa Soto Ñahui"' in page
    assert f'value="{EMAIL}"' in page


def test_whoever_has_an_account_is_neither_declined_nor_withdrawn_here(
    julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    application, _member = joined(julio, mailoutbox)
    with pytest.raises(ApplicationMoved):
        applications.decline(application, julio, DeclineReason.OTHER)
    assert Client().post(link_in(mailoutbox[0])).status_code == 409


def test_an_invitation_without_an_application_works_as_before(julio: Member) -> None:
    token = actions.invite(role=Role.SUPERVISOR, by=julio).split("/")[-2]
    given = {"email": "paz@ensayo.pe", "alias": "Paz", "full_name": "Paz", "password": PASSWORD}
    assert applications.take_invitation(token, **given).role == Role.SUPERVISOR
    with pytest.raises(InvitationGone):
        applications.take_invitation(token, **given | {"email": "otra@ensayo.pe"})


# The first shift ------------------------------------------------------------------------------------------------------


def shift_of(member: Member, begins: datetime.datetime) -> Shift:
    return Shift.objects.create(member=member, starts_at=begins, ends_at=begins + datetime.timedelta(hours=2))


def test_the_list_says_who_has_no_first_shift_and_whether_supervision_is_there(
    julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    applied(julio, S.INVITED, email="beto@ensayo.pe")
    _application, member = joined(julio, mailoutbox)

    def told() -> str:
        return str(browser_of(julio).get("/equipo/postulaciones/?estado=sin-primer-turno").content.decode())

    assert "Todavía no hizo su cuenta." in told()
    assert "está en formación; todavía no tiene su primer turno" in told()
    member.trained_on = timezone.localdate()
    member.save()
    assert "Terminó la formación y todavía no tiene su primer turno." in told()
    begins = timezone.now() + DAYS
    shift_of(member, begins)
    assert "A esa hora falta supervisión." in told()
    shift_of(make_member(Role.SUPERVISOR), begins + datetime.timedelta(hours=1))
    assert "Con supervisión a esa hora." in told()


def test_the_first_shift_ends_the_application_once_it_has_begun(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    application, member = joined(julio, mailoutbox)
    begins = timezone.now() + DAYS
    shift_of(member, begins)
    applications.note_first_shifts(begins - DAYS / 2)
    application.refresh_from_db()
    assert application.state == S.INVITED
    for _time in range(2):
        applications.note_first_shifts(begins)
    application.refresh_from_db()
    assert application.state == S.ON_FIRST_SHIFT
    assert acts(application).count("on_first_shift") == 1


def test_the_desk_of_a_new_volunteer_says_what_comes_next(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    application, member = joined(julio, mailoutbox)
    page = browser_of(member).get("/escritorio/").content.decode()
    assert "Tu colegiatura (C.Ps.P.): ✓ revisada." in page
    assert "después practicar en este escritorio" in page
    member.trained_on = timezone.localdate()
    member.save()
    assert "Lo que sigue es tu primer turno." in browser_of(member).get("/escritorio/").content.decode()
    Application.objects.filter(pk=application.pk).update(state=S.ON_FIRST_SHIFT)
    assert "Lo que sigue es tu primer turno." not in browser_of(member).get("/escritorio/").content.decode()


def test_a_volunteer_without_an_application_is_not_told_of_a_first_shift() -> None:
    assert "Lo que sigue es tu primer turno." not in browser_of(make_member()).get("/escritorio/").content.decode()


# Forgetting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.RECEIVED, S.TO_INTERVIEW, S.INTERVIEWED, S.CHECKED, S.INVITED, S.DECLINED])
def test_without_another_step_an_application_is_deleted_after_its_days_and_not_before(
    julio: Member, settings: Settings, state: str
) -> None:
    settings.APPLICATIONS_KEPT = 40
    application = applied(julio, S.RECEIVED if state == S.DECLINED else state)
    if state == S.DECLINED:
        applications.decline(application, julio, DeclineReason.NO_ANSWER)
    ends = applications.ends_at(application)
    assert ends >= application.changed_at + 40 * DAYS

    applications.forget_old(ends - DAYS / 24)
    assert Application.objects.count() == 1
    applications.forget_old(ends + DAYS / 24)
    assert (Application.objects.count(), ApplicationLink.objects.count(), Invitation.objects.count()) == (0, 0, 0)
    assert Entry.objects.get(act="application.forgotten").actor == "line"


def test_an_account_that_waits_for_its_first_shift_is_not_forgotten_until_it_is_closed(
    julio: Member, mailoutbox: list[EmailMessage]
) -> None:
    _application, member = joined(julio, mailoutbox)
    later = timezone.now() + 400 * DAYS
    applications.forget_old(later)
    assert Application.objects.count() == 1
    Member.objects.filter(pk=member.pk).update(is_active=False)
    applications.forget_old(later)
    assert Application.objects.count() == 0


def test_the_line_does_both_by_itself() -> None:
    assert {applications.forget_old, applications.note_first_shifts} <= {duty.act for duty in DUTIES}


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_state_and_counts_each(julio: Member) -> None:
    applied(julio, S.TO_INTERVIEW)
    applied(julio, email="beto@ensayo.pe", full_name="Beto Ruiz")
    browser = browser_of(julio)
    everything = browser.get("/equipo/postulaciones/").content.decode()
    received = browser.get("/equipo/postulaciones/?estado=recibidas").content.decode()

    assert ("Elsa Soto" in everything, "Beto Ruiz" in everything) == (True, True)
    assert ("Elsa Soto" in received, "Beto Ruiz" in received) == (False, True)
    assert browser.get("/equipo/postulaciones/?estado=todas").status_code == 404


def test_a_long_list_comes_in_pages(julio: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roster.application_views.ON_A_PAGE", 1)
    for name in ("Ana", "Beto"):
        apply(email=f"{name}@ensayo.pe", full_name=name)
    first = browser_of(julio).get("/equipo/postulaciones/").content.decode()
    second = browser_of(julio).get("/equipo/postulaciones/?pagina=2").content.decode()
    assert ("Ana" in first, "Beto" in first, "Beto" in second) == (True, False, True)


def test_the_page_leads_to_the_register_only_where_somebody_named_it(julio: Member, settings: Settings) -> None:
    application = applied(julio, S.INTERVIEWED)
    assert "Nadie anotó todavía la dirección" in browser_of(julio).get(page_of(application)).content.decode()
    settings.LICENCE_LOOKUP = "https://colegio.example/consulta"
    assert 'href="https://colegio.example/consulta"' in browser_of(julio).get(page_of(application)).content.decode()


def test_a_withdrawn_application_shows_nobody_any_more(julio: Member, mailoutbox: list[EmailMessage]) -> None:
    application = applied(julio)
    Client().post(link_in(mailoutbox[0]))
    page = browser_of(julio).get(page_of(application)).content.decode()
    assert ("Elsa" in page, EMAIL in page, "datos borrados" in page) == (False, False, True)
    assert "cambió mientras tanto" in do(julio, application, "note", **{"note-note": "x"}).content.decode()
