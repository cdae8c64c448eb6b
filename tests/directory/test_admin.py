"""The administration of places."""

import datetime as dt

import pytest
from django.contrib.admin import site
from django.test import RequestFactory
from django.utils import timezone

from directory.admin import PlaceAdmin
from directory.models import Place
from roster.models import Member

pytestmark = pytest.mark.django_db(databases="__all__")

TODAY = dt.date(2026, 3, 1)


def test_marking_a_place_notes_who_called_and_when_it_runs_out() -> None:
    place = Place.objects.create(code="x", name="Centro")
    request = RequestFactory().post("/admin/")
    request.user = Member(email="julio@ensayo.pe", alias="Julio")
    PlaceAdmin(Place, site).mark_checked(request, Place.objects.all())

    place.refresh_from_db()
    assert place.checked_by == str(request.user)
    assert place.checked_on == timezone.localdate()
    assert place.expires_on == timezone.localdate() + dt.timedelta(days=90)


def test_only_the_end_of_the_check_of_a_national_line_is_edited() -> None:
    closed = PlaceAdmin(Place, site).get_readonly_fields(RequestFactory().get("/"), Place(national=True))

    assert {"tel", "number", "say", "hours", "national", "checked_by"} <= set(closed)
    assert "expires_on" not in closed


@pytest.mark.parametrize(
    ("checked_on", "expires_on", "counts"),
    [(None, None, False), (TODAY, None, True), (TODAY, TODAY, True), (TODAY, TODAY - dt.timedelta(days=1), False)],
)
def test_the_list_tells_which_places_need_a_call(
    monkeypatch: pytest.MonkeyPatch, checked_on: dt.date | None, expires_on: dt.date | None, *, counts: bool
) -> None:
    monkeypatch.setattr(PlaceAdmin, "today", staticmethod(lambda: TODAY))

    place = Place(checked_on=checked_on, expires_on=expires_on)
    assert PlaceAdmin(Place, site).is_in_date(place) is counts


def test_what_a_place_helps_with_is_ticked_and_kept_as_codes() -> None:
    kind = PlaceAdmin(Place, site).get_form(RequestFactory().get("/"))
    facts = {"code": "x", "name": "Centro", "kind": "centre", "channel": "visit", "order": "9"}
    form = kind(facts | {"needs": ["treatment", "children"]})
    assert form.is_valid(), form.errors
    place = form.save()

    assert place.needs == "treatment children"
    assert kind(instance=place).initial["needs"] == ["treatment", "children"]
    assert not kind(facts | {"needs": ["magic"]}).is_valid()
