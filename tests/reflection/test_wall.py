"""The wall: nothing said in these rooms can be joined to a caller, by a table, a column, a time or a log line."""

import datetime
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from pytest_django import Settings

from chat.models import Message
from reflection import live, own_notes, peers
from reflection.models import Circle, Gathering
from roster.models import Member, Role
from tests.cast import browser_of, make_ended, make_member
from tests.reflection.people import begin, found, join, say
from triage.models import Contact
from vault.models import DataKey, Entry, ShareWrap

pytestmark = pytest.mark.django_db(databases="__all__")
OURS = [model for model in apps.get_models() if model._meta.app_label == "reflection"]
#: The tables that these rows may point at: who somebody is, and which key opens it.
MAY_POINT_AT = {Member, DataKey}
WORDS = "Me quedé pensando en lo que me contó."


@pytest.fixture(params=["A", "B"], autouse=True)
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


@pytest.fixture
def lived() -> Contact:
    """Return a contact, after which its volunteer went to every room there is and said something in each."""
    rosa, luis, carmen = make_member(alias="Rosa"), make_member(), make_member(Role.SUPERVISOR)
    contact = make_ended(rosa, "no quiero que nadie sepa")
    circle = found(carmen)
    join(circle, rosa, luis)
    begin(circle)
    live.enter(rosa, circle.pk)
    say(rosa, circle, WORDS)
    own_notes.save(rosa, circle.pk, WORDS)
    peers.ask(luis, anonymous=True)
    say(rosa, peers.answer(rosa, peers.own_ask(luis).pk), WORDS)  # type: ignore[union-attr]
    return contact


def columns() -> Iterator[tuple[type[models.Model], "models.Field[Any, Any]"]]:
    for model in OURS:
        for field in model._meta.local_fields:
            yield model, field


def values() -> Iterator[tuple[str, Any]]:
    """Yield every value of every row of these rooms, with the name of its column."""
    for model in OURS:
        for row in model._base_manager.values():
            yield from ((f"{model._meta.db_table}.{name}", value) for name, value in row.items())


def as_text(value: Any) -> set[str]:
    """Return a value in the ways in which it might stand inside another."""
    if isinstance(value, uuid.UUID):
        return {str(value), value.hex, value.bytes.hex()}
    return {bytes(value).hex()} if isinstance(value, bytes | memoryview) else {str(value)}


def test_these_tables_point_at_members_and_keys_and_nobody_points_at_them() -> None:
    relations = [(model, field.name, field.related_model) for model, field in columns() if field.related_model]
    assert {(one.__name__, name) for one, name, other in relations if other not in {*MAY_POINT_AT, *OURS}} == set()
    theirs = [
        (model.__name__, field.name)
        for model in apps.get_models()
        if model not in OURS
        for field in model._meta.local_fields
        if field.related_model in OURS
    ]
    assert theirs == []


def test_no_column_holds_anything_of_a_contact(lived: Contact) -> None:
    secret = {text for value in (lived.pk, lived.key_id) for text in as_text(value)}
    secret |= {text for message in Message.objects.filter(contact=lived) for text in as_text(message.client_id)}
    found_there = {name for name, value in values() for text in as_text(value) if any(one in text for one in secret)}
    assert found_there == set()
    assert len(list(values())) > 50


def test_no_key_is_shared_with_a_contact(lived: Contact) -> None:
    ours = {value for name, value in values() if name.endswith(".key_id")}
    assert len(ours) >= 3
    assert lived.key_id not in ours


def test_no_time_is_finer_than_the_hour_but_those_of_a_schedule(lived: Contact) -> None:
    del lived
    times = [(name, value) for name, value in values() if isinstance(value, datetime.datetime)]
    schedule = {"reflection_gathering.starts_at", "reflection_gathering.phase_since"}  # of the circle, not of anybody
    assert {name for name, at in times if (at.minute, at.second, at.microsecond) != (0, 0, 0)} <= schedule
    assert {at.second for name, at in times if name == "reflection_gathering.phase_since"} == {0}
    of_people = {"Entry", "OwnNote", "Membership", "Turn", "Attendee"}
    assert [
        (model.__name__, field.name)
        for model, field in columns()
        if model.__name__ in of_people and isinstance(field, models.DateTimeField | models.TimeField)
    ] == []


def test_an_entry_does_not_say_who_said_it() -> None:
    entry = apps.get_model("reflection", "Entry")
    names = {field.name for field in entry._meta.local_fields}
    assert names == {"id", "circle", "seq", "client_id", "turn", "gathering", "words", "said_on"}


def test_the_keys_and_their_grants_are_dated_to_the_day(lived: Contact) -> None:
    ours = {value for name, value in values() if name.endswith(".key_id")}
    assert {type(row.created_on) for row in DataKey.objects.filter(pk__in=ours)} == {datetime.date}
    grants = ShareWrap.objects.filter(key__in=ours)
    assert {at.time() for at in grants.values_list("at", flat=True)} <= {datetime.time()}
    assert not grants.filter(key=lived.key_id).exists()


def test_the_trail_knows_founding_and_nothing_else(lived: Contact) -> None:
    del lived
    ours = {text for circle in Circle.objects.all() for text in as_text(circle.pk)}
    told = [entry.act for entry in Entry.objects.all() if entry.subject in ours or "reflection" in entry.subject_kind]
    assert told == ["reflection.found"]


def test_no_log_line_tells_what_was_said_or_where(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.STAGE = "A"
    rosa, carmen = make_member(), make_member(Role.SUPERVISOR)
    circle = found(carmen)
    join(circle, rosa)
    browser = browser_of(rosa)
    with caplog.at_level(logging.DEBUG):
        path = f"/reflexion/circulo/{circle.pk}/"
        for bad in ("", WORDS, "x" * 5000):
            browser.post(f"{path}decir/", {"id": str(uuid.uuid4()), "text": bad})
        browser.post(f"{path}sala/", {"do": "enter"})
        browser.post(f"{path}nota/", {"note": WORDS})
        browser.get(path)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("django.db", "asyncio"))]
    secrets = {WORDS, str(circle.pk), circle.pk.hex, str(rosa.pk)}
    assert [line for line in ours if any(one in line for one in secrets)] == []


def test_once_it_is_over_who_came_to_a_gathering_is_nowhere(lived: Contact) -> None:
    del lived
    with_state = Gathering.objects.get(state="open")
    live.close(with_state)
    assert apps.get_model("reflection", "Attendee")._base_manager.count() == 0
    with_state.refresh_from_db()
    assert (with_state.attendance, with_state.phase_since) == (1, None)
