"""Break-glass: off duty a supervisor of stage B opens a case by another's yes or a day later, and all can see it."""

import datetime
import uuid

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cases import actions, opening
from cases.errors import NotYet, NotYours
from cases.models import Case, OpeningRequest
from cases.notes import NoteBody
from roster.models import Member, Role, Shift
from tests.cast import browser_of, make_ended, make_member
from vault.models import Entry
from wire import clock

PASSWORD = "una frase larga de ensayo"  # noqa: S105  of tests only

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


@pytest.fixture
def rosa() -> Member:
    return make_member(alias="Rosa", ready=True)


@pytest.fixture
def carmen() -> Member:
    return make_member(Role.SUPERVISOR, alias="Carmen")


@pytest.fixture
def julia() -> Member:
    return make_member(Role.SUPERVISOR, alias="Julia")


@pytest.fixture
def case(rosa: Member, carmen: Member, julia: Member) -> Case:
    """Return a case that both supervisors can open, as far as keys go."""
    assert carmen.holder.unlocked
    assert julia.holder.unlocked
    return actions.save_note(rosa, make_ended(rosa, "hola"), NoteBody(talked="Habló de su hermano.")).case


def opened(member: Member, case: Case, reason: str = "complaint") -> str:
    return browser_of(member).post(f"/casos/{case.pk}/", {"reason": reason}).content.decode()


def on_shift(member: Member) -> None:
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    Shift.objects.create(member=member, starts_at=now - hour, ends_at=now + hour)


def confirmed(member: Member) -> Client:
    """Return the browser of a member who has just confirmed who they are."""
    member.set_password(PASSWORD)
    member.save()
    browser = browser_of(member)
    assert browser.post("/equipo/confirmar/", {"password": PASSWORD}).status_code == 302
    return browser


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    moment = timezone.now() + datetime.timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_off_duty_a_reason_is_not_enough_and_another_ones_yes_is(
    case: Case, carmen: Member, julia: Member, rosa: Member
) -> None:
    assert "Lo pediste" in opened(carmen, case)
    assert "Lo pediste" in opened(carmen, case)
    request = OpeningRequest.objects.get()
    board = browser_of(julia).get("/supervision/").content.decode()
    assert "1 persona de supervisión pide abrir un caso." in board
    assert "pide abrir un caso" not in browser_of(carmen).get("/supervision/").content.decode()
    browser = confirmed(julia)
    page = browser.get("/casos/pedidos/").content.decode()
    assert "Carmen pide abrir un caso" in page
    assert "Queja o pedido de la persona" in page
    assert browser.post("/casos/pedidos/", {"request": str(request.pk), "answer": "yes"}).status_code == 302

    assert "Habló de su hermano." in opened(carmen, case)
    assert "Lo pediste" in opened(julia, case)  # the yes is Carmen's
    story = browser_of(rosa).get(f"/casos/{case.pk}/").content.decode()
    for words in ("Carmen pidió abrir el caso. Motivo: Queja", "Julia estuvo de acuerdo", "Carmen abrió el caso"):
        assert words in story
    acts = Entry.objects.filter(subject=str(case.pk), act__in=("case.ask_open", "case.agree_open"))
    assert [(entry.act, entry.actor) for entry in acts] == [
        ("case.ask_open", str(carmen.pk)),
        ("case.agree_open", str(julia.pk)),
        ("case.ask_open", str(julia.pk)),
    ]


def test_nobody_answers_themselves_nor_without_confirming_who_they_are(
    case: Case, carmen: Member, rosa: Member
) -> None:
    opened(carmen, case)
    request = OpeningRequest.objects.get()
    for member in (carmen, rosa):
        with pytest.raises(NotYours):
            opening.answer(member, request.pk, agreed=True)
    with pytest.raises(NotYours):
        opening.answer(make_member(Role.SUPERVISOR), uuid.uuid4(), agreed=True)
    other = browser_of(make_member(Role.SUPERVISOR))
    answer = other.post("/casos/pedidos/", {"request": str(request.pk), "answer": "yes"})
    assert answer["Location"].startswith("/equipo/confirmar/")
    assert OpeningRequest.objects.get().answered_at is None


def test_a_no_shuts_it_for_a_day_and_the_first_answer_counts(
    case: Case, carmen: Member, julia: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(carmen, case)
    request = OpeningRequest.objects.get()
    opening.answer(julia, request.pk, agreed=False)
    with pytest.raises(NotYours):
        opening.answer(julia, request.pk, agreed=True)
    assert "No se abre" in opened(carmen, case)
    later(monkeypatch, 24.1)
    with pytest.raises(NotYet):
        opening.require_yes(carmen, case, "complaint")
    assert OpeningRequest.objects.count() == 2


def test_without_an_answer_it_opens_a_day_later_and_for_a_day(
    case: Case, carmen: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(carmen, case)
    for hours, opens in ((23.9, False), (24.1, True), (47.9, True)):
        later(monkeypatch, hours)
        if opens:
            opening.require_yes(carmen, case, "complaint")
        else:
            with pytest.raises(NotYet):
                opening.require_yes(carmen, case, "complaint")
    later(monkeypatch, 48.1)
    with pytest.raises(NotYet):
        opening.require_yes(carmen, case, "complaint")
    assert OpeningRequest.objects.count() == 2


def test_on_shift_a_reason_is_enough_unless_the_policy_says_no(case: Case, carmen: Member, settings: Settings) -> None:
    on_shift(carmen)
    assert "Habló de su hermano." in opened(carmen, case)
    settings.ON_CALL_OPENS = False
    assert "Lo pediste" in opened(carmen, case)


def test_in_stage_a_a_reason_is_enough(settings: Settings, rosa: Member, carmen: Member) -> None:
    settings.STAGE = "A"
    case = actions.save_note(rosa, make_ended(rosa, "hola"), NoteBody(talked="Habló de su hermano.")).case
    assert "Habló de su hermano." in opened(carmen, case)
    assert not OpeningRequest.objects.exists()
