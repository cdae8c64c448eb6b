"""Tables obey the same arrows as imports, and /admin/ knows nothing about callers."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.db import models

from cases.models import Case
from chat.models import Message
from directory.models import Place
from reflection.models import FormWording
from roster.models import Invitation, Member, OpeningException, OpeningSpan, Organisation, Role, Shift, Skill
from tests.house.source import ALONE, PATH
from triage.models import Contact, InstrumentWording
from vault.keystore.models import KeyShare
from vault.models import DataKey

LEVEL = {app: number for number, rooms in enumerate(PATH) for app in rooms} | {"keystore": 0}
#: What a coordinator keeps; anything else in /admin/ would be about callers or about keys.
ROSTER = {Invitation, Member, OpeningException, OpeningSpan, Organisation, Shift, Skill}
REFERENCE = {*ROSTER, FormWording, InstrumentWording, Place}


def _room(model: type[models.Model]) -> str:
    return model._meta.app_label


def _relations() -> Iterator[tuple[type[models.Model], str, type[models.Model]]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and isinstance(field.related_model, type):
                yield model, field.name, field.related_model


def points_forward(one: type[models.Model], other: type[models.Model]) -> bool:
    """Say whether a relation leads to a room ahead, beside, or to one that knows nobody."""
    if _room(one) == _room(other) or _room(one) not in {*LEVEL, *ALONE} or _room(other) not in {*LEVEL, *ALONE}:
        return False
    if _room(one) in ALONE or _room(other) in ALONE:
        return True
    return LEVEL[_room(other)] >= LEVEL[_room(one)]


def test_no_table_refers_to_a_room_further_along_the_path() -> None:
    assert [f"{one.__name__}.{name}" for one, name, other in _relations() if points_forward(one, other)] == []


def test_a_planted_relation_forward_is_seen() -> None:
    assert points_forward(Contact, Message)
    assert points_forward(Member, Contact)
    assert points_forward(DataKey, KeyShare)
    assert points_forward(Place, Member)
    assert not points_forward(Case, Contact)


def test_no_table_of_another_room_is_pointed_at_by_a_library() -> None:
    libraries = [(one, other) for one, _name, other in _relations() if _room(one) not in {*LEVEL, *ALONE}]
    assert {other for _one, other in libraries if _room(other) in {*LEVEL, *ALONE}} == {Member}


def test_the_administration_keeps_reference_data_alone() -> None:
    ours = {model for model in admin.site._registry if _room(model) in {*LEVEL, *ALONE}}
    assert ours == REFERENCE


def test_nobody_reaches_a_library_s_tables_there() -> None:
    coordinator = Member(role=Role.COORDINATOR)
    names = [f"{_room(model)}.view_{model._meta.model_name}" for model in admin.site._registry]
    open_ones = {name for name in names if coordinator.has_perm(name)}
    assert {name.split(".")[0] for name in open_ones} == {"roster", "directory", "triage", "reflection"}
    assert {name for name in open_ones if name.startswith(("triage.", "reflection."))} == {
        "triage.view_instrumentwording",
        "reflection.view_formwording",
    }
    closed = ("triage.view_contact", "reflection.view_talkrequest", "reflection.view_trendtally", "chat.view_message")
    assert not any(coordinator.has_perm(one) for one in closed)
    assert not any(Member(role=role).has_perm(name) for name in names for role in (Role.VOLUNTEER, Role.SUPERVISOR))
