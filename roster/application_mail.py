"""The mails to applicants: each says the next step and brings a link; one that fails is shown and can be sent again."""

import hashlib
import logging
import re
import secrets
import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from roster import actions
from roster.application_model import Applicant, Application, ApplicationLink, ApplicationState, MailKind
from roster.models import Invitation, Member, Role

#: A contact to which a mail can be answered; some are a telephone or a page.
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")

logger = logging.getLogger(__name__)


def deliver(application_id: uuid.UUID, *, kind: str = "", by: Member | None = None) -> None:
    """Send an application's latest mail, or one of this ``kind`` beside it, and note whether it went out.

    A mail server that fails changes nothing of the application: the coordination sees it and sends again. ``by`` is
    who invites.
    """
    application = Application.objects.filter(pk=application_id).first()
    applicant = application.applicant if application else None
    if application is None or applicant is None:
        return  # withdrawn, or joined, meanwhile
    told = kind or application.mail
    standing = Application.objects.filter(pk=application_id, mail=told)
    try:
        context = _links(application, applicant, told, by)
        _send(applicant.email, told, context | {"applicant": applicant, "application": application})
    except OSError as error:  # what SMTP says is one, too
        logger.error("a mail to an applicant did not get out (%s)", type(error).__name__)
        standing.update(mail_failed_at=timezone.now())
    else:
        standing.update(mail_sent_at=timezone.now(), mail_failed_at=None)


@transaction.atomic
def _links(application: Application, applicant: Applicant, kind: str, by: Member | None) -> dict[str, str]:
    """Make what the mail brings: a fresh link to the application, and the invitation where it is its turn."""
    token = secrets.token_urlsafe(32)
    ApplicationLink.objects.create(application=application, digest=hashlib.sha256(token.encode()).hexdigest())
    links = {"link": _absolute(reverse("own_application", args=[token]))}
    if kind == MailKind.INVITED and application.state == ApplicationState.INVITED:
        links["invitation"] = _absolute(_invitation(application, applicant, by))
    return links


def _invitation(application: Application, applicant: Applicant, by: Member | None) -> str:
    before = application.invitation_id
    row, path = actions.new_invitation(
        role=Role.VOLUNTEER, email=applicant.email, organisation=application.organisation, by=by
    )
    Application.objects.filter(pk=application.pk).update(invitation=row)
    if before is not None:
        Invitation.objects.filter(pk=before, used_at=None).delete()
    return path


def tell_member(email: str) -> None:
    """Tell a member who applied that they have an account already."""
    try:
        _send(email, "account", {"link": _absolute(reverse("account_login"))})
    except OSError as error:
        logger.error("a mail to a member did not get out (%s)", type(error).__name__)


def _absolute(path: str) -> str:
    return f"{settings.ORIGINS[0]}{path}"


def _send(email: str, kind: str, context: dict[str, object]) -> None:
    """Send one mail, which says whose it is and can be answered. Raises OSError.

    The subject is the same for all, as others may see it on a screen.
    """
    known = {"days": settings.APPLICATIONS_KEPT, "contact": settings.PRESS_CONTACT, "home": _absolute("/")}
    words = render_to_string(f"roster/mail/{kind}.txt", context | known)
    EmailMessage(
        _("Tu postulación al voluntariado"),
        f"{words.rstrip()}\n\n{render_to_string('roster/mail/_from.txt', known)}",
        to=[email],
        reply_to=[settings.PRESS_CONTACT] if ADDRESS.fullmatch(settings.PRESS_CONTACT) else None,
        headers={"Auto-Submitted": "auto-generated"},
    ).send()
