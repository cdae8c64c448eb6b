"""Somebody who applies, as the tests of applications know them: what they fill in, their mail, and each step."""

import datetime
import re
from typing import Any

from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from roster import applications
from roster.application_model import Application, ApplicationState
from roster.models import Member

EMAIL = "elsa@ensayo.pe"
FILLED = {
    "full_name": "Elsa Soto Ñahui",
    "email": EMAIL,
    "adult": "yes",
    "profession": "licensed",
    "licence_number": "C.Ps.P. 18983",
    "skills": ["quechua"],
    "hours_a_week": "4",
    "knows_weight": "on",
    "agrees": "on",
}


def apply(browser: Client | None = None, /, **changed: Any) -> Any:
    """Send the public form; fields that are None are left out."""
    given = {name: value for name, value in (FILLED | changed).items() if value is not None}
    return (browser or Client()).post("/voluntariado/", given)


def applied(by: Member, state: str = ApplicationState.RECEIVED, **changed: Any) -> Application:
    """Return an application that came by the form and was brought to a state by this coordinator."""
    assert apply(**changed).status_code == 302
    application = Application.objects.latest("created_at")
    for step, act in STEPS:
        if application.state == state:
            break
        act(application, by)
        assert application.state == step
    return application


def _interview(application: Application, by: Member) -> None:
    applications.agree_interview(application, by, at=timezone.now() + datetime.timedelta(days=1), where="Sala 1")


def _held(application: Application, by: Member) -> None:
    application.interview_at = timezone.now() - datetime.timedelta(hours=1)
    application.save(update_fields=["interview_at"])
    applications.note_interview(application, by)


def _check(application: Application, by: Member) -> None:
    applications.check(application, by, licence_number="18983", seen_on=timezone.localdate())


STEPS = (
    (ApplicationState.TO_INTERVIEW, _interview),
    (ApplicationState.INTERVIEWED, _held),
    (ApplicationState.CHECKED, _check),
    (ApplicationState.INVITED, applications.invite),
)


def link_in(mail: EmailMessage, of: str = "/voluntariado/postulacion/") -> str:
    """Return the path in a mail that begins so."""
    found = re.search(rf"https?://[^/\s]+({of}\S+)", str(mail.body))
    assert found is not None, mail.body
    return found[1]
