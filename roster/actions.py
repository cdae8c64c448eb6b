"""The verbs of the roster: be ready, be away, check a licence, invite, let go; each ringing and leaving its trace."""

import datetime
import hashlib
import secrets
import uuid
from collections.abc import Collection, Iterable

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils import timezone

from roster import breaks, shifts
from roster.circles import keep_circles
from roster.errors import InvitationGone, MayNotTakeCallers, NotByThemselves
from roster.models import Invitation, Member, Organisation, Presence, PresenceState, Role
from vault import actions as vault
from wire import clock, doorbell

LEASE = 60  # seconds after the last frame for which a volunteer counts as there
INVITATION_LASTS = datetime.timedelta(days=7)
#: Edits of a member that the trail names.
NOTED = frozenset({"email", "is_active", "licence_number", "role", "capacity", "skills", "trained_on"})
MISSED_MOST = 2  # expired offers in a row that make somebody away


def room_of(member_id: uuid.UUID) -> str:
    """Return the room in which a member's sockets wait."""
    return f"member:{member_id}"


def _ring(member_id: uuid.UUID) -> None:
    doorbell.ring(room_of(member_id), "board")


def _record(actor: object, act: str, member_id: object, reason: str = "") -> None:
    vault.record(actor=str(actor), act=act, subject_kind="member", subject=str(member_id), reason=reason)


# Presence -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_ready(member: Member) -> None:
    """Take contacts from now on. Raises MayNotTakeCallers."""
    fresh = Member.objects.get(pk=member.pk)
    if not fresh.may_take_callers:
        raise MayNotTakeCallers
    now = clock.now()
    row = Presence.objects.filter(member=fresh).first()
    values = {"state": PresenceState.READY, "reason": "", "since": now, "missed_offers": 0}
    values |= breaks.begin_counting(row, now)
    lease = {"lease_until": now + datetime.timedelta(seconds=LEASE)}
    Presence.objects.update_or_create(member=fresh, defaults=values | lease)
    _ring(member.pk)


@transaction.atomic
def set_away(member: Member, reason: str) -> None:
    """Take no new contacts; conversations go on."""
    now = clock.now()
    values = {"state": PresenceState.AWAY, "reason": reason, "since": now}
    Presence.objects.update_or_create(member=member, defaults=values, create_defaults=values | {"lease_until": now})
    _ring(member.pk)


def renew_lease(member_id: uuid.UUID, seconds: float = LEASE) -> None:
    """Note that a member counts as there for so long; as ``renew_leases``."""
    renew_leases([(member_id, seconds)])


@transaction.atomic
def renew_leases(signs: list[tuple[uuid.UUID, float]]) -> list[None]:
    """Note, in one transaction, for how many seconds each of these members counts as there.

    Of several pages the one heard last decides. A lease longer than any page gives is one that a rehearsal began with:
    the first frame ends it.
    """
    now, lasts = clock.now(), dict[uuid.UUID, float]()
    for member_id, seconds in signs:
        lasts[member_id] = max(seconds, lasts.get(member_id, 0.0))
    until = {member_id: now + datetime.timedelta(seconds=seconds) for member_id, seconds in lasts.items()}
    longest = now + datetime.timedelta(seconds=max(LEASE, *lasts.values()))
    # Locked in the same order on every node, then changed by one statement: desks are many, and this is each second.
    rows = Presence.objects.filter(member_id__in=until).order_by("pk").select_for_update(no_key=True)
    standing = dict(rows.values_list("member_id", "lease_until"))
    due = [one for one, lease in standing.items() if lease < until[one] or lease > longest]
    new = Case(*(When(member_id=one, then=Value(until[one])) for one in due), output_field=DateTimeField())
    if due:
        Presence.objects.filter(member_id__in=due).update(lease_until=new)
    for member_id in until.keys() - standing.keys():
        values = {"lease_until": until[member_id], "since": now}
        Presence.objects.get_or_create(member_id=member_id, defaults=values)
    return [None] * len(signs)


def note_here(member: Member) -> None:
    """Note that a supervisor is there: they have no desk, but their board asks for what is new each second."""
    soon = clock.now() + datetime.timedelta(seconds=LEASE / 2)
    if not Presence.objects.filter(member=member, lease_until__gt=soon).exists():  # so it is written twice a minute
        renew_lease(member.pk)


@transaction.atomic
def count_missed_offer(member: Member) -> None:
    """Note an offer that expired; two in a row set the volunteer to away, without blame."""
    Presence.objects.filter(member=member).update(missed_offers=F("missed_offers") + 1)
    row = Presence.objects.filter(member=member).first()
    if row is not None and row.missed_offers >= MISSED_MOST and row.state == PresenceState.READY:
        set_away(member, "missed_offers")


def note_assigned(members: Collection[uuid.UUID]) -> None:
    """Note that members have just taken a contact: the longest idle comes next, and missed offers are forgotten."""
    rows = Presence.objects.filter(member_id__in=members)
    if len(members) > 1:  # locked in the order of ``renew_leases``: no two nodes wait for each other
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows.update(last_assigned_at=clock.now(), missed_offers=0, asks=False)


def forget_missed_offers(member_id: uuid.UUID) -> None:
    """Begin counting anew: an answer of any kind ends a row of missed offers."""
    Presence.objects.filter(member_id=member_id).update(missed_offers=0)


# Licence, account ---------------------------------------------------------------------------------------------------


@transaction.atomic
def check_licence(member: Member, by: Member) -> None:
    """Note that somebody looked the C.Ps.P. number up and found it in order (Ley 28369, art. 6)."""
    member.licence_checked_by, member.licence_checked_on = by, timezone.localdate()
    member.save(update_fields=["licence_checked_by", "licence_checked_on"])
    _record(by.pk, "member.licence_checked", member.pk)
    keep_circles()
    _ring(member.pk)


@transaction.atomic
def finish_training(member: Member, by: Member) -> bool:
    """Note that somebody finished their training today; say whether it was new. Who asks whether it is so: training."""
    if not Member.objects.filter(pk=member.pk, trained_on=None).exists():
        return False
    member.trained_on = timezone.localdate()
    member.save(update_fields=["trained_on"])
    _record(by.pk, "member.trained", member.pk)
    keep_circles()
    _ring(member.pk)
    return True


@transaction.atomic
def note_changed(member: Member, by: Member, fields: Iterable[str]) -> None:
    """Draw the consequences of an edit: a new C.Ps.P. number is unchecked, a closed account is away, sockets look."""
    changed = set(fields)
    if "role" in changed:  # a new grant, which somebody just gave
        member.role_confirmed_at = timezone.now()
        member.save(update_fields=["role_confirmed_at"])
    if "licence_number" in changed:
        member.licence_checked_by = member.licence_checked_on = None
        member.save(update_fields=["licence_checked_by", "licence_checked_on"])
    if not member.may_take_callers:
        set_away(member, "inactive")
    _keep_keys(member)
    for field in sorted(changed & NOTED):
        _record(by.pk, "member.changed", member.pk, field)
    _ring(member.pk)


def _keep_keys(member: Member) -> None:
    """Let a member's keys follow their account and role, and the circles' keys follow them; who goes frees shifts."""
    if member.is_active:
        vault.note_role(member.pk, member.role)
        vault.expect_staff_key(member.pk, member.role)
    else:
        vault.let_go(member.pk)
        shifts.release(member)
    keep_circles()


@transaction.atomic
def expect_keys() -> None:
    """At the first start in stage B, hold a place free for the keys of everybody who is a member already.

    Later a place comes from an invitation or the coordination alone: a row put in by hand never gets keys.
    """
    if vault.only_people_open() and not vault.has_expected_keys():
        for member in Member.objects.filter(is_active=True, rehearsal=False):
            vault.expect_staff_key(member.pk, member.role)
            _record("line", "member.keys_expected", member.pk)
        _record("line", "keys.expected", "all")


@transaction.atomic
def confirm_role(member: Member, by: Member | None) -> None:
    """Let a role go on for another half year; ``by`` is None for whoever runs the server. Raises NotByThemselves."""
    if by is not None and by.pk == member.pk:
        raise NotByThemselves
    member.role_confirmed_at = timezone.now()
    member.save(update_fields=["role_confirmed_at"])
    _record(by.pk if by else "operator", "member.role_confirmed", member.pk, member.role)
    _ring(member.pk)


@transaction.atomic
def deactivate(member: Member, by: Member) -> None:
    """Close an account: its sockets close, its conversations go back to the queue."""
    member.is_active = False
    member.save(update_fields=["is_active"])
    set_away(member, "inactive")
    _keep_keys(member)
    _record(by.pk, "member.deactivated", member.pk)


@transaction.atomic
def remove_second_factor(member: Member, by: Member) -> None:
    """Let somebody who lost their phone enrol anew; the trail names who decided it."""
    Authenticator.objects.filter(user=member).delete()
    _record(by.pk, "member.factor_removed", member.pk)
    _ring(member.pk)


@transaction.atomic
def note_password_changed(member: Member) -> None:
    """Leave the trace of a new password, and have the member's sockets look: those signed in with the old one close."""
    _record(member.pk, "member.password_changed", member.pk)
    _ring(member.pk)


def note_refused(act: str, *, member: Member | None = None, reason: str = "") -> None:
    """Leave the trace of an attempt that failed, on its own; what was typed stands nowhere, known or not.

    Raises RuntimeError inside a transaction.
    """
    who = str(member.pk) if member else "unknown"
    vault.record_separately(actor=who, act=act, subject_kind="member", subject=who, result="refused", reason=reason)


def note_signed_in(member: Member) -> None:
    """Leave the trace of a sign-in (DS 016-2024-JUS art. 46: at least two years).

    In stage B the member's keys may be new: the circles take them in, and what the member holds of the circles'
    earlier keys goes to whoever came since.
    """
    _record(member.pk, "sign_in", member.pk)
    keep_circles()
    member.holder.carry()


@transaction.atomic
def note_signed_out(member: Member) -> None:
    """Leave the trace of a sign-out, close the member's sockets, and count them as gone at once."""
    set_away(member, "signed_out")
    Presence.objects.filter(member=member).update(lease_until=clock.now())
    _record(member.pk, "sign_out", member.pk)


@transaction.atomic
def new_recovery_code(member: Member) -> str:
    """Make a code that opens the member's keys, in place of the one before; it is shown once and kept nowhere."""
    code = vault.new_recovery_code(member.holder)  # before the trail is locked: it may wait for its turn
    _record(member.pk, "keys.code_made", member.pk)
    return code


def note_keys_opened(member: Member) -> None:
    """Leave the trace of keys that a recovery code opened; they are of use to who came to a circle since, too."""
    _record(member.pk, "keys.open", member.pk)
    member.holder.carry()


@transaction.atomic
def renew_keys(member: Member, by: Member) -> None:
    """Let a member whose keys do not open any more have new ones at their next sign-in. Raises NotByThemselves.

    What was sealed to the old ones stays shut to them until somebody who can open it passes it on.
    """
    if by.pk == member.pk:
        raise NotByThemselves
    vault.retire_staff_key(member.pk)
    vault.expect_staff_key(member.pk, member.role)
    _record(by.pk, "member.keys_renewed", member.pk)
    keep_circles()
    _ring(member.pk)


@transaction.atomic
def sign_out_everywhere(member: Member) -> None:
    """End all sessions of a member, on every device and node, this one too; their sockets close."""
    Member.objects.filter(pk=member.pk).update(session_turn=F("session_turn") + 1)
    set_away(member, "signed_out")
    Presence.objects.filter(member=member).update(lease_until=clock.now())
    _record(member.pk, "sign_out_everywhere", member.pk)


@transaction.atomic
def accept_above_limit(member: Member, *, yes: bool) -> None:
    """Keep a member's own word on whether an emergency may be offered to them beyond their conversations."""
    member.above_limit = yes
    member.save(update_fields=["above_limit"])
    _record(member.pk, "member.above_limit", member.pk, "yes" if yes else "no")
    _ring(member.pk)


# Invitations --------------------------------------------------------------------------------------------------------


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(*, role: str, email: str = "", organisation: Organisation | None = None, by: Member | None = None) -> str:
    """Make a one-time invitation of seven days; return the path that leads in (the token is kept nowhere)."""
    return new_invitation(role=role, email=email, organisation=organisation, by=by)[1]


@transaction.atomic
def new_invitation(
    *, role: str, email: str, organisation: Organisation | None, by: Member | None
) -> tuple[Invitation, str]:
    """Make a one-time invitation, as ``invite``; return its row, and the path that leads in."""
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        digest=_digest(token),
        email=email,
        role=role,
        organisation=organisation,
        invited_by=by,
        expires_at=timezone.now() + INVITATION_LASTS,
    )
    _record(by.pk if by else "operator", "member.invited", role)
    return row, f"/equipo/invitacion/{token}/"


@transaction.atomic
def first_invitation() -> str | None:
    """Return a fresh invitation for the first coordinator, or None when there is one; older such ones stop working."""
    if Member.objects.filter(role=Role.COORDINATOR, is_active=True, rehearsal=False).exists():
        return None
    Invitation.objects.filter(invited_by=None, role=Role.COORDINATOR, used_at=None).delete()
    return invite(role=Role.COORDINATOR)


def open_invitation(token: str) -> Invitation:
    """Return the invitation of this token. Raises InvitationGone."""
    row = Invitation.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now()).first()
    if row is None:
        raise InvitationGone
    return row


@transaction.atomic
def take_invitation(token: str, *, email: str, alias: str, full_name: str, password: str) -> Member:
    """Make the member that was invited; each invitation works once. Raises InvitationGone."""
    row = open_invitation(token)
    if not Invitation.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise InvitationGone
    member = Member.objects.create_user(
        email, password, alias=alias, full_name=full_name, role=row.role, organisation=row.organisation
    )
    vault.expect_staff_key(member.pk, member.role)
    _record(member.pk, "member.joined", member.pk)
    return member


def remove_rehearsal_members() -> None:
    """Remove the members that ``rehearse`` made, their history and their keys."""
    vault.forget_staff_keys(Member.objects.filter(rehearsal=True).values_list("pk", flat=True))
    Member.objects.filter(rehearsal=True).delete()
    Member.history.filter(rehearsal=True).delete()
