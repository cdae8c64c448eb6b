"""What the coordination keeps in /admin/: opening hours, shifts beyond the limits, what a member can do."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from roster import shifts
from roster.errors import ShiftRefused
from roster.models import GivenBack, Member, OpeningSpan, Role, Shift
from roster.shift_rules import Rule
from tests.cast import browser_of, make_member
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

ADD = "/admin/roster/shift/add/"


@pytest.fixture
def window() -> Client:
    """Return the coordinator's browser."""
    return browser_of(make_member(Role.COORDINATOR))


def filled(member: Member, begin: str, end: str, beyond: str = "") -> dict[str, str]:
    """Return the form of a shift in the past: what breaks a limit on any day."""
    return {
        "member": str(member.pk),
        "starts_at_0": "2026-01-05",
        "starts_at_1": begin,
        "ends_at_0": "2026-01-05",
        "ends_at_1": end,
        "beyond": beyond,
    }


def test_beyond_the_limits_a_shift_needs_a_reason_which_is_kept(window: Client, rosa: Member) -> None:
    page = window.post(ADD, filled(rosa, "08:00", "10:00")).content.decode()
    assert "Ese turno ya empezó" in page
    assert "elige un motivo" in page
    assert not Shift.objects.exists()
    window.post(ADD, filled(rosa, "08:00", "10:00", "written_later"))
    assert Shift.objects.get().beyond == "written_later"
    assert Entry.objects.filter(act="shift.put", reason="written_later").exists()


@pytest.mark.parametrize(
    ("begin", "end", "words"), [("10:00", "08:00", "antes de empezar"), ("09:00", "11:00", "ya hay otro")]
)
def test_no_reason_is_enough_for_what_cannot_be(window: Client, rosa: Member, begin: str, end: str, words: str) -> None:
    window.post(ADD, filled(rosa, "08:00", "10:00", "written_later"))
    page = window.post(ADD, filled(rosa, begin, end, "written_later")).content.decode()
    assert words in page
    assert Shift.objects.count() == 1


def test_a_shift_may_be_stored_again_as_it_is(window: Client, rosa: Member) -> None:
    window.post(ADD, filled(rosa, "08:00", "10:00", "written_later"))
    shift = Shift.objects.get()
    path = f"/admin/roster/shift/{shift.pk}/change/"
    assert window.post(path, filled(rosa, "08:00", "10:00", "emergency")).status_code == 302
    assert Shift.objects.get().beyond == "emergency"


def test_what_came_in_between_is_said_and_nothing_is_stored(
    window: Client, rosa: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise ShiftRefused([Rule.OVERLAP])

    monkeypatch.setattr(shifts, "put", refuse)
    page = window.post(ADD, filled(rosa, "08:00", "10:00", "written_later"), follow=True).content.decode()
    assert "ya hay otro turno" in page
    assert not Shift.objects.exists()


def test_a_shift_taken_out_is_cancelled_in_its_member_s_calendar(window: Client, rosa: Member) -> None:
    for begin, end in (("08:00", "10:00"), ("12:00", "14:00")):
        window.post(ADD, filled(rosa, begin, end, "written_later"))
    one, other = Shift.objects.all()
    window.post(f"/admin/roster/shift/{one.pk}/delete/", {"post": "yes"})
    window.post(
        "/admin/roster/shift/", {"action": "delete_selected", "_selected_action": [str(other.pk)], "post": "yes"}
    )
    assert not Shift.objects.exists()
    assert {one.uid for one in GivenBack.objects.all()} == {one.uid, other.uid}


def test_half_a_span_is_refused_in_words(window: Client) -> None:
    data = {"day": "0", "opens": "08:00", "closes": "", "needed": "1"}
    assert "Pon las dos horas" in window.post("/admin/roster/openingspan/add/", data).content.decode()
    window.post("/admin/roster/openingspan/add/", data | {"closes": "02:00"})
    assert OpeningSpan.objects.count() == 1


@pytest.mark.parametrize("capacity", [0, 4])
def test_a_member_carries_one_to_three_conversations(rosa: Member, capacity: int) -> None:
    rosa.capacity = capacity
    with pytest.raises(ValidationError):
        rosa.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=rosa.pk).update(capacity=capacity)


def test_the_coordination_cannot_say_yes_for_a_member(window: Client, rosa: Member) -> None:
    data = {"email": rosa.email, "alias": "Rosa", "full_name": "Rosa", "role": "volunteer", "is_active": "on"}
    more = {"licence_number": rosa.licence_number, "capacity": "3", "trained_on": "2026-01-05", "above_limit": "on"}
    window.post(f"/admin/roster/member/{rosa.pk}/change/", data | more)
    rosa.refresh_from_db()
    assert (rosa.capacity, str(rosa.trained_on), rosa.above_limit) == (3, "2026-01-05", False)
    reasons = Entry.objects.filter(act="member.changed").values_list("reason", flat=True)
    assert {"capacity", "trained_on"} <= set(reasons)


def test_the_verbs_know_of_shifts_made_before(rosa: Member, window: Client) -> None:
    window.post(ADD, filled(rosa, "08:00", "10:00", "written_later"))
    assert shifts.rules_for(Shift.objects.get()) == [Rule.PAST]
