"""What was rehearsed goes without a trace, cases and notes included; what was real stays."""

import pytest
from django.core.management import call_command
from pytest_django import Settings

from cases import actions
from cases.models import Case, Note
from cases.notes import NoteBody
from chat import rehearsal
from consent.models import ConsentReceipt
from roster.models import Member
from tests.cast import make_member, make_talking
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


def test_clearing_removes_rehearsed_cases_and_keeps_real_ones(
    contact: Contact, rosa: Member, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.REHEARSAL = True
    real = actions.save_note(rosa, contact, NoteBody(talked="de verdad"))
    volunteer = make_member(rehearsal=True)
    rehearsed = make_talking(volunteer, "hola")
    actions.save_note(volunteer, rehearsed, NoteBody(talked="de ensayo"))
    rehearsal.make_pair()
    call_command("rehearse", "--clear", "--json")
    assert capsys.readouterr().out.strip() == '{"removed": 2}'
    assert list(Case.objects.all()) == [real.case]
    assert list(Note.objects.all()) == [real]
    assert not Member.objects.filter(rehearsal=True).exists()
    assert {row.volunteer_id for row in Case.history.all()} == {rosa.pk}
    assert not ConsentReceipt.objects.filter(action="rehearsal").exists()
