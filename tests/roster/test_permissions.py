"""The table of who may do what."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from roster.models import Member, Role
from roster.permissions import PERMISSIONS, may, requires
from tests.roster.conftest import MakeMember

pytestmark = pytest.mark.django_db(databases="__all__")


@requires("board.see")
def board(_request: HttpRequest) -> HttpResponse:
    """Stand for any guarded page."""
    return HttpResponse("board")


def test_an_act_outside_the_table_is_denied_to_every_role(make_member: MakeMember) -> None:
    assert not any(may(make_member(role), "case.erase_everything") for role in Role)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_exactly_what_its_rows_say(make_member: MakeMember, role: Role) -> None:
    member = make_member(role, licence_checked_on="2026-01-01", trained_on="2026-01-01")

    rows = {act for act, roles in PERMISSIONS.items() if role in roles}

    assert {act for act in PERMISSIONS if may(member, act)} == rows


def test_an_unchecked_volunteer_may_not_take_contacts(make_member: MakeMember) -> None:
    member = make_member()

    assert may(member, "desk.open")
    assert not may(member, "contact.take")


def test_a_closed_account_may_do_nothing_at_all(make_member: MakeMember) -> None:
    member = make_member(is_active=False, licence_checked_on="2026-01-01", trained_on="2026-01-01")

    assert not any(may(member, act) for act in PERMISSIONS)


def test_an_anonymous_visitor_is_led_to_the_door_and_back(rf: RequestFactory) -> None:
    request = rf.get("/supervision/")
    request.user = AnonymousUser()

    assert board(request)["Location"] == "/equipo/entrar/?next=/supervision/"


def test_who_may_not_see_a_page_finds_nothing_there(rf: RequestFactory, volunteer: Member) -> None:
    request = rf.get("/supervision/")
    request.user = volunteer

    with pytest.raises(Http404):
        board(request)


def test_who_may_see_a_page_sees_it(rf: RequestFactory, make_member: MakeMember) -> None:
    request = rf.get("/supervision/")
    request.user = make_member(Role.SUPERVISOR)

    assert board(request).status_code == HTTPStatus.OK


def test_the_administration_opens_reference_data_to_active_coordinators_only(
    make_member: MakeMember, coordinator: Member
) -> None:
    closed = make_member(Role.COORDINATOR, is_active=False)

    assert coordinator.has_perm("roster.change_skill")
    assert not coordinator.has_perm("triage.view_contact")
    assert not closed.has_perm("roster.change_skill")
    assert not make_member(Role.SUPERVISOR).has_perm("roster.change_skill")
