"""The verbs of the roster."""

import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from roster import actions
from roster.errors import InvitationGone, MayNotTakeCallers
from roster.models import Invitation, Member, Presence, Role
from roster.presence import ready
from tests.roster.conftest import PASSWORD, MakeMember
from vault.models import Entry
from wire import clock, doorbell

pytestmark = pytest.mark.django_db(databases="__all__")


def token_of(path: str | None) -> str:
    """Return the token at the end of an invitation's path."""
    return str(path).rstrip("/").rsplit("/", 1)[-1]


def accept(token: str, email: str = "nueva@ensayo.pe") -> Member:
    """Take an invitation with ordinary answers."""
    return actions.take_invitation(token, email=email, alias="Nueva", full_name="Nueva", password=PASSWORD)


@pytest.mark.parametrize(
    "fields", [{"licence_checked_on": None}, {"trained_on": None}, {"is_active": False}, {"role": Role.SUPERVISOR}]
)
def test_only_a_checked_trained_active_volunteer_can_be_ready(
    make_member: MakeMember, fields: dict[str, object]
) -> None:
    prepared = {"licence_checked_on": timezone.localdate(), "trained_on": timezone.localdate()}
    member = make_member(**prepared | fields)

    with pytest.raises(MayNotTakeCallers):
        actions.set_ready(member)
    assert not Presence.objects.exists()


def test_ready_lists_whoever_said_so_while_the_lease_lasts(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    now = timezone.now()

    assert [row.member for row in ready(now)] == [volunteer]
    assert not ready(now + datetime.timedelta(seconds=61)).exists()


def test_ready_leaves_out_a_volunteer_whose_account_was_closed(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    Member.objects.update(is_active=False)

    assert not ready(timezone.now()).exists()


def test_a_lease_is_renewed_and_an_older_sign_of_life_does_not_shorten_it(volunteer: Member) -> None:
    actions.renew_lease(volunteer.pk)
    fresh = Presence.objects.get().lease_until
    actions.renew_lease(volunteer.pk, seconds=30)

    assert Presence.objects.get().lease_until == fresh
    assert Presence.objects.get().state == "away"


def test_many_desks_are_one_question_and_one_change(make_member: MakeMember, django_assert_num_queries: Any) -> None:
    members = [make_member() for _number in range(12)]
    signs = [(member.pk, 60.0 - number) for number, member in enumerate(members)]
    actions.renew_leases([*signs, (members[0].pk, 5.0)])  # an older page of the first
    later = [(member_id, seconds + 10) for member_id, seconds in signs]
    with django_assert_num_queries(4):  # with the two ends of a transaction inside another
        actions.renew_leases(later)
    left = [(row.lease_until - clock.now()).total_seconds() for row in Presence.objects.order_by("-lease_until")]
    assert left == pytest.approx([70.0 - number for number in range(12)], abs=2)


def test_the_first_frame_ends_the_long_lease_that_a_rehearsal_began_with(volunteer: Member) -> None:
    actions.renew_lease(volunteer.pk, seconds=3_600)
    actions.renew_lease(volunteer.pk)

    assert Presence.objects.get().lease_until - timezone.now() <= datetime.timedelta(seconds=actions.LEASE)


def test_who_signs_out_counts_as_gone_at_once(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    actions.note_signed_out(volunteer)

    row = Presence.objects.get()
    assert (row.state, row.reason) == ("away", "signed_out")
    assert row.lease_until <= timezone.now()


def test_two_missed_offers_in_a_row_make_somebody_away(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    actions.count_missed_offer(volunteer)
    assert Presence.objects.get().state == "ready"

    actions.count_missed_offer(volunteer)
    assert (Presence.objects.get().state, Presence.objects.get().reason) == ("away", "missed_offers")


def test_an_answer_between_two_missed_offers_keeps_somebody_ready(volunteer: Member) -> None:
    actions.set_ready(volunteer)
    actions.count_missed_offer(volunteer)
    actions.forget_missed_offers(volunteer.pk)
    actions.count_missed_offer(volunteer)

    assert Presence.objects.get().state == "ready"


def test_a_licence_check_names_who_did_it_here_and_in_the_trail(make_member: MakeMember, coordinator: Member) -> None:
    member = make_member(licence_number="31002", trained_on=timezone.localdate())
    actions.check_licence(member, by=coordinator)

    member.refresh_from_db()
    assert (member.licence_checked_by, member.may_take_callers) == (coordinator, True)
    entry = Entry.objects.get(act="member.licence_checked")
    assert (entry.actor, entry.subject) == (str(coordinator.pk), str(member.pk))


def test_a_new_licence_number_has_to_be_checked_again(volunteer: Member, coordinator: Member) -> None:
    actions.set_ready(volunteer)
    actions.note_changed(volunteer, coordinator, ["licence_number", "alias"])

    assert not Member.objects.get(pk=volunteer.pk).may_take_callers
    assert Presence.objects.get().state == "away"
    assert [entry.reason for entry in Entry.objects.filter(act="member.changed")] == ["licence_number"]


def test_the_first_invitation_makes_the_first_coordinator() -> None:
    member = accept(token_of(actions.first_invitation()))

    assert member.role == Role.COORDINATOR
    assert member.check_password(PASSWORD)
    assert actions.first_invitation() is None


def test_a_new_first_invitation_replaces_the_one_before() -> None:
    old = token_of(actions.first_invitation())
    new = token_of(actions.first_invitation())

    with pytest.raises(InvitationGone):
        actions.open_invitation(old)
    assert actions.open_invitation(new).role == Role.COORDINATOR


def test_an_invitation_works_once_only(coordinator: Member) -> None:
    token = token_of(actions.invite(role=Role.VOLUNTEER, by=coordinator))
    accept(token)

    with pytest.raises(InvitationGone):
        accept(token, "otra@ensayo.pe")


def test_an_invitation_ends_after_seven_days(coordinator: Member) -> None:
    token = token_of(actions.invite(role=Role.VOLUNTEER, by=coordinator))
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))

    with pytest.raises(InvitationGone):
        actions.open_invitation(token)


def test_the_token_of_an_invitation_is_stored_nowhere(coordinator: Member) -> None:
    token = token_of(actions.invite(role=Role.VOLUNTEER, by=coordinator))

    assert token not in str(list(Invitation.objects.values()))


def test_rehearsal_members_go_and_leave_no_history(make_member: MakeMember, volunteer: Member) -> None:
    make_member(rehearsal=True)
    actions.remove_rehearsal_members()

    assert list(Member.objects.all()) == [volunteer]
    assert not Member.history.filter(rehearsal=True).exists()


def test_the_history_of_members_keeps_no_password(volunteer: Member) -> None:
    kept = {field.name for field in volunteer.history.model._meta.get_fields()}

    assert not kept & {"password", "last_login", "totp_last_step"}


@pytest.mark.parametrize("change", ["set_ready", "set_away", "deactivate"])
def test_each_change_of_presence_rings_the_member_and_the_board(
    volunteer: Member, coordinator: Member, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(doorbell, "ring", lambda *rooms: rung.append(rooms))
    further: dict[str, tuple[object, ...]] = {"set_away": ("own",), "deactivate": (coordinator,)}
    getattr(actions, change)(volunteer, *further.get(change, ()))

    assert rung == [(f"member:{volunteer.pk}", "board")]


def test_removing_a_lost_second_factor_names_who_decided_it(volunteer: Member, coordinator: Member) -> None:
    TOTP.activate(volunteer, generate_totp_secret())
    actions.remove_second_factor(volunteer, coordinator)

    assert not Authenticator.objects.exists()
    assert Entry.objects.get(act="member.factor_removed").actor == str(coordinator.pk)
