"""The wall around what is a member's alone: no relation, no time and no line of a log leads from it to a caller."""

import datetime
import logging

import pytest
from django.db import models
from django.utils import timezone

from reflection.models import (
    CheckIn,
    Circle,
    FollowUp,
    FormWording,
    JournalPage,
    OwnSpace,
    TalkRequest,
    Thanks,
    TrendTally,
)
from reflection.space_models import OwnSpace as Space
from roster.models import Member, Shift
from tests.cast import browser_of, make_talking
from tests.reflection.listeners import with_space
from vault.models import DataKey, Entry

pytestmark = pytest.mark.django_db(databases="__all__")

OWN = (OwnSpace, JournalPage, CheckIn, Thanks, TalkRequest, FollowUp, TrendTally)


def test_they_refer_to_members_and_keys_alone() -> None:
    relations = {
        (model, field.related_model)
        for model in OWN
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    }
    talks = {(TalkRequest, Circle)}  # the room of two in which it is answered
    assert {other for _model, other in relations - talks} == {Member, DataKey, Space}


def test_no_column_holds_an_hour() -> None:
    fine = models.DateTimeField, models.TimeField
    hours = [field for model in OWN for field in model._meta.local_fields if isinstance(field, fine)]
    assert hours == []
    loaded = [field.name for field in FormWording._meta.local_fields if isinstance(field, fine)]
    assert loaded == ["loaded_at"]  # when the coordination loaded a text, and nothing else
    assert not isinstance(DataKey._meta.get_field("created_on"), fine)


def test_a_shift_with_a_conversation_leaves_nothing_that_joins_it_to_what_was_said_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    member, browser = with_space()
    begin = timezone.now() - datetime.timedelta(hours=2)
    Shift.objects.create(member=member, starts_at=begin, ends_at=timezone.now())
    contact = make_talking(member, "algo que duele")
    before = Entry.objects.count()
    with caplog.at_level(logging.DEBUG):
        for moment in ("heavy", "leave"):
            browser.post("/reflexion/como-estoy/ahora/", {"moment": moment, "value": "5"})
        for act in ("talk", "soon", "follow", "desk"):
            browser.post("/reflexion/despues/", {"do": act, "muerte": "si", "why": "yes"})
        browser.post("/reflexion/diario/", {"text": "de hoy"})
        browser_of(member).get("/reflexion/como-estoy/ahora/")
    ids = {str(contact.pk), str(contact.key_id)}
    kept = [str(value) for model in OWN for row in model._base_manager.values_list() for value in row]
    assert not [one for one in kept if any(known in one for known in ids)]
    own = {str(value) for model in OWN for value in model._base_manager.values_list("pk", flat=True)} - {"1"}
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in logged if any(known in line for known in own | ids)]
    assert Entry.objects.count() == before
