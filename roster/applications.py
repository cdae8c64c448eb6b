"""Applications step by step: receive, interview, check, invite, decline, withdraw, join, forget; each with a trace."""

import dataclasses
import datetime
import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from roster import actions, application_mail
from roster.application_model import (
    SEALED_AS,
    UNDER_WAY,
    Applicant,
    Application,
    ApplicationLink,
    ApplicationState,
    MailKind,
    wiped,
)
from roster.errors import ApplicationMoved, InvitationGone
from roster.models import Invitation, Member, Organisation, Shift, Skill
from vault import actions as vault
from wire import pool

S = ApplicationState
APPLICANT, LINE = "applicant", "line"  # who acts, beside members
AGAIN_AFTER = 3600  # seconds in which an address that applies again and again gets one mail about it


def _record(actor: object, act: str, application: Application, reason: str = "") -> None:
    subject = str(application.pk)
    vault.record(actor=str(actor), act=act, subject_kind="application", subject=subject, reason=reason)


def found_by(email: str) -> str:
    """Return by what an address is found again: an HMAC, so that nobody without the master key can try addresses."""
    secret = vault.site_secrets(SEALED_AS)[-1]  # the oldest: no rotation changes it
    return salted_hmac("roster.applications", email.lower(), secret=secret, algorithm="sha256").hexdigest()


# The applicant --------------------------------------------------------------------------------------------------------


def receive(
    applicant: Applicant, *, hours_a_week: int, skills: Collection[Skill], organisation: Organisation | None
) -> None:
    """Take an application in and write to the applicant. Whoever has an account or one under way is told by mail alone.

    So nobody learns on the page whether somebody else has applied or is a member.
    """
    mark = found_by(applicant.email)
    if Member.objects.filter(email__iexact=applicant.email).exists():
        _tell_once(mark, application_mail.tell_member, applicant.email)
        return
    given = {"found_by": mark, "hours_a_week": hours_a_week, "organisation": organisation}
    try:
        with transaction.atomic():
            application = Application.objects.create(sealed=applicant.sealed(), **given)
            application.skills.set(skills)
            _record(APPLICANT, "application.received", application)
    except IntegrityError:
        standing = Application.objects.filter(found_by=mark, state__in=UNDER_WAY).first()
        if standing is not None:
            _tell_once(mark, _send_again, standing)
        return
    pool.later(application_mail.deliver, application.pk)


def _tell_once(mark: str, tell: Any, *told: object) -> None:
    if cache.add(f"applied-again:{mark}", 1, AGAIN_AFTER):
        pool.later(tell, *told)


def _send_again(application: Application) -> None:
    application_mail.deliver(application.pk, kind=MailKind.AGAIN)


def of_token(token: str) -> Application | None:
    """Return the application to which a mailed link leads, or None."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    link = ApplicationLink.objects.select_related("application").filter(digest=digest).first()
    return link.application if link else None


@transaction.atomic
def withdraw(application: Application) -> None:
    """Take an application back, at the applicant's wish: what they told us is erased at once. Raises ApplicationMoved.

    The row stays without them until its time is over, so that their link says what became of it.
    """
    _move(application, (*UNDER_WAY, S.DECLINED), S.WITHDRAWN, **wiped(), interview_at=None)
    _forget_choices(application)
    _record(APPLICANT, "application.withdrawn", application)


def _forget_choices(application: Application) -> None:
    application.skills.clear()
    if application.invitation_id is not None:
        Invitation.objects.filter(pk=application.invitation_id, used_at=None).delete()


def unanswered() -> int:
    """Return how many applications nobody has taken a step in yet."""
    return Application.objects.filter(state=S.RECEIVED).count()


# The coordination -----------------------------------------------------------------------------------------------------


def _move(application: Application, begins: Sequence[str], state: str, **values: Any) -> None:
    """Let an application take a step, if it is still as it was read and has no account. Raises ApplicationMoved."""
    standing = Application.objects.filter(pk=application.pk, state__in=begins, member=None, sealed=application.sealed)
    if not standing.update(state=state, changed_at=timezone.now(), **values):
        raise ApplicationMoved
    application.refresh_from_db()


def _step(application: Application, begins: Sequence[str], state: str, mail: MailKind, **values: Any) -> None:
    _move(application, begins, state, mail=mail, mail_sent_at=None, mail_failed_at=None, **values)


def _known(application: Application) -> Applicant:
    applicant = application.applicant
    if applicant is None:
        raise ApplicationMoved
    return applicant


def read(application: Application, by: Member) -> None:
    """Leave the trace of an application that somebody opened (DS 016-2024-JUS art. 46: views too)."""
    _record(by.pk, "application.read", application)


def agree_interview(application: Application, by: Member, *, at: datetime.datetime, where: str) -> None:
    """Set, or change, when and where the interview is, and write it to the applicant. Raises ApplicationMoved."""
    sealed = dataclasses.replace(_known(application), where=where).sealed()
    with transaction.atomic():
        begins = (S.RECEIVED, S.TO_INTERVIEW)
        _step(application, begins, S.TO_INTERVIEW, MailKind.INTERVIEW, interview_at=at, sealed=sealed)
        _record(by.pk, "application.to_interview", application)
    pool.later(application_mail.deliver, application.pk)


def note_interview(application: Application, by: Member) -> None:
    """Note that the interview was held. Raises ApplicationMoved, before its hour too."""
    if application.interview_at is None or application.interview_at > timezone.now():
        raise ApplicationMoved
    with transaction.atomic():
        _step(application, (S.TO_INTERVIEW,), S.INTERVIEWED, MailKind.INTERVIEWED)
        _record(by.pk, "application.interviewed", application)
    pool.later(application_mail.deliver, application.pk)


def check(
    application: Application,
    by: Member,
    *,
    licence_number: str,
    seen_on: datetime.date,
    course_on: datetime.date | None = None,
) -> None:
    """Note that somebody found the C.Ps.P. number in order (Ley 28369, art. 6). Raises ApplicationMoved."""
    sealed = dataclasses.replace(_known(application), licence_number=licence_number).sealed()
    with transaction.atomic():
        checked = {"checked_by": by, "checked_on": seen_on, "course_on": course_on, "sealed": sealed}
        _step(application, (S.INTERVIEWED,), S.CHECKED, MailKind.CHECKED, **checked)
        _record(by.pk, "application.checked", application)
    pool.later(application_mail.deliver, application.pk)


def invite(application: Application, by: Member) -> None:
    """Let the applicant make their account: the mail brings the invitation. Raises ApplicationMoved."""
    with transaction.atomic():
        _step(application, (S.CHECKED,), S.INVITED, MailKind.INVITED)
        _record(by.pk, "application.invited", application)
    pool.later(application_mail.deliver, application.pk, by=by)


def decline(application: Application, by: Member, reason: str) -> None:
    """Say no, kindly and by mail, for a ``DeclineReason``. Raises ApplicationMoved, once there is an account too."""
    with transaction.atomic():
        _step(application, UNDER_WAY, S.DECLINED, MailKind.DECLINED, interview_at=None)
        _forget_choices(application)
        _record(by.pk, "application.declined", application, reason)
    pool.later(application_mail.deliver, application.pk)


@transaction.atomic
def keep_note(application: Application, by: Member, note: str) -> None:
    """Keep the coordination's note, sealed, in place of the one before. Raises ApplicationMoved."""
    sealed = dataclasses.replace(_known(application), note=note).sealed()
    standing = Application.objects.filter(pk=application.pk, sealed=application.sealed)
    if not standing.update(sealed=sealed):
        raise ApplicationMoved
    application.refresh_from_db()
    _record(by.pk, "application.note", application)


def send_again(application: Application, by: Member) -> None:
    """Send the latest mail again; an invitation is made anew, and the one before ends. Raises ApplicationMoved."""
    _known(application)
    with transaction.atomic():
        Application.objects.filter(pk=application.pk).update(mail_sent_at=None, mail_failed_at=None)
        _record(by.pk, "application.mail_again", application)
    pool.later(application_mail.deliver, application.pk, by=by)


# The account ----------------------------------------------------------------------------------------------------------


def of_invitation(invitation: Invitation) -> Applicant | None:
    """Return who was invited, if the invitation comes from an application."""
    application = Application.objects.filter(invitation=invitation, state=S.INVITED, member=None).first()
    return application.applicant if application else None


@transaction.atomic
def take_invitation(token: str, *, email: str, alias: str, full_name: str, password: str) -> Member:
    """Make the member that was invited, with what their application says already; then that is wiped.

    Raises InvitationGone.
    """
    invitation = actions.open_invitation(token)
    application = Application.objects.filter(invitation=invitation, state=S.INVITED, member=None).first()
    member = actions.take_invitation(token, email=email, alias=alias, full_name=full_name, password=password)
    applicant = application.applicant if application else None
    if application is None or applicant is None:
        return member
    member.licence_number = applicant.licence_number
    member.licence_checked_by, member.licence_checked_on = application.checked_by, application.checked_on
    member.save(update_fields=["licence_number", "licence_checked_by", "licence_checked_on"])
    member.skills.set(application.skills.all())
    standing = Application.objects.filter(pk=application.pk, state=S.INVITED, member=None)
    if not standing.update(member=member, changed_at=timezone.now(), **wiped()):
        raise InvitationGone
    application.skills.clear()
    _record(member.pk, "application.joined", application)
    return member


# Periodic duties ------------------------------------------------------------------------------------------------------


def note_first_shifts(now: datetime.datetime) -> None:
    """Let the applications of those whose first shift has begun come to their end."""
    begun = Shift.objects.filter(member=OuterRef("member"), starts_at__lte=now)
    for application in Application.objects.filter(Exists(begun), state=S.INVITED):
        with transaction.atomic():
            standing = Application.objects.filter(pk=application.pk, state=S.INVITED)
            if standing.update(state=S.ON_FIRST_SHIFT, changed_at=now):
                _record(LINE, "application.on_first_shift", application)


def ends_at(application: Application) -> datetime.datetime:
    """Return when an application is deleted unless it takes a step before."""
    return max(application.changed_at, application.interview_at or application.changed_at) + _kept()


def _kept() -> datetime.timedelta:
    return datetime.timedelta(days=settings.APPLICATIONS_KEPT)


def forget_old(now: datetime.datetime) -> None:
    """Delete applications whose last step was too long ago; one whose account waits for its first shift stays."""
    before = now - _kept()
    old = Application.objects.filter(Q(interview_at=None) | Q(interview_at__lt=before), changed_at__lt=before)
    waits = Q(state=S.INVITED, member__isnull=False, member__is_active=True)
    for application in old.exclude(waits):
        with transaction.atomic():
            _record(LINE, "application.forgotten", application)
            _forget_choices(application)
            Application.objects.filter(pk=application.pk, changed_at=application.changed_at).delete()
