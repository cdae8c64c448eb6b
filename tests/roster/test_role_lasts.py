"""A role that nobody confirms lapses after half a year, gently, and another person's yes brings it back."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from roster import actions, presence
from roster.errors import NotByThemselves
from roster.models import ROLE_LASTS, Member, Role
from roster.permissions import PERMISSIONS, may
from roster.second_factor import make_session, member_of
from tests.cast import browser_of, make_member
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")


def age(member: Member, days: int) -> Member:
    """Let the last confirmation lie so many days back."""
    member.role_confirmed_at = timezone.now() - datetime.timedelta(days=days)
    member.save(update_fields=["role_confirmed_at"])
    return member


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_nobody_confirmed_for_half_a_year_may_do_nothing_any_more(role: Role) -> None:
    member = age(make_member(role), ROLE_LASTS.days + 1)

    assert not any(may(member, act) for act in PERMISSIONS)
    assert not member.is_staff
    assert not member.may_take_callers


def test_a_volunteer_whose_role_lapsed_is_offered_nobody() -> None:
    member = make_member(ready=True)
    assert presence.ready().filter(member=member).exists()
    age(member, ROLE_LASTS.days + 1)
    assert not presence.ready().filter(member=member).exists()


def test_whoever_signs_in_with_a_lapsed_role_reads_why_and_what_to_do_and_no_more() -> None:
    member = make_member(Role.SUPERVISOR, is_active=True)
    window = browser_of(member)
    assert window.get("/supervision/").status_code == 200
    age(member, ROLE_LASTS.days + 1)

    page = window.get("/supervision/")
    assert page.status_code == 403
    assert "Tu rol venció" in page.content.decode()
    assert "No es por algo que hiciste" in page.content.decode()
    assert window.get("/equipo/salir/").status_code == 200
    assert window.get("/").status_code == 200


def test_its_sockets_close_as_those_of_whoever_was_signed_out() -> None:
    member = make_member()
    session_cookie, second = (pair.split("=", 1)[1] for pair in make_session(member).split("; "))
    from_cookie = browser_of(member).session.__class__(session_cookie)
    assert member_of(from_cookie, second) == member
    age(member, ROLE_LASTS.days + 1)
    assert member_of(from_cookie, second) is None


def test_a_month_before_the_end_it_is_announced() -> None:
    member = make_member(Role.SUPERVISOR)
    window = browser_of(member)
    words = "Pide a tu coordinación que lo confirme"
    assert words not in window.get("/supervision/").content.decode()
    age(member, ROLE_LASTS.days - 20)
    assert words in window.get("/supervision/").content.decode()


def test_the_desk_announces_it_on_a_telephone_too() -> None:
    rosa = age(make_member(), ROLE_LASTS.days - 20)
    assert "demo-note--role" in browser_of(rosa).get("/escritorio/").content.decode()


def test_another_member_of_the_coordination_confirms_it_and_the_trail_says_who() -> None:
    julio, rosa = make_member(Role.COORDINATOR, "Julio"), age(make_member(alias="Rosa"), ROLE_LASTS.days + 1)
    window = browser_of(julio)
    listed = window.get("/admin/roster/member/").content.decode()
    assert "venció el" in listed
    window.post("/admin/roster/member/", {"action": "confirm_roles", "_selected_action": str(rosa.pk)})

    rosa.refresh_from_db()
    assert may(rosa, "desk.open")
    entry = Entry.objects.get(act="member.role_confirmed")
    assert (entry.actor, entry.subject, entry.reason) == (str(julio.pk), str(rosa.pk), "volunteer")


def test_nobody_confirms_their_own_role() -> None:
    julio = make_member(Role.COORDINATOR, "Julio")
    before = julio.role_confirmed_at
    with pytest.raises(NotByThemselves):
        actions.confirm_role(julio, julio)
    page = browser_of(julio).post(
        "/admin/roster/member/", {"action": "confirm_roles", "_selected_action": str(julio.pk)}, follow=True
    )

    assert "lo confirma otra persona de coordinación" in page.content.decode()
    julio.refresh_from_db()
    assert julio.role_confirmed_at == before
    assert not Entry.objects.filter(act="member.role_confirmed").exists()


def test_a_role_that_was_changed_is_a_new_one() -> None:
    julio, rosa = make_member(Role.COORDINATOR, "Julio"), age(make_member(alias="Rosa"), ROLE_LASTS.days - 1)
    rosa.role = Role.SUPERVISOR
    rosa.save()
    actions.note_changed(rosa, julio, ["role"])
    rosa.refresh_from_db()
    assert rosa.role_ends_at > timezone.now() + ROLE_LASTS - datetime.timedelta(days=1)


def test_whoever_runs_the_server_can_confirm_the_last_coordinator() -> None:
    julio = age(make_member(Role.COORDINATOR, "Julio"), ROLE_LASTS.days + 1)
    said = StringIO()
    call_command("confirm_role", julio.email.upper(), stdout=said)

    assert said.getvalue().startswith("The role (coordinator) is in force until ")
    assert Entry.objects.get(act="member.role_confirmed").actor == "operator"
    with pytest.raises(CommandError, match="no active account"):
        call_command("confirm_role", "nobody@example.org")
