"""Figures of a month: counted once from real contacts, kept as what may be told, let out by a person, never changed."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from pytest_django import Settings

from cases import month_counts as noted
from cases.models import MonthCounts
from cases.month_counts import Noted
from cases.notes import REASONS
from oversight import publication
from oversight.models import MonthFigures
from oversight.month_figures import following, month_counts
from oversight.public_tables import REASON_GROUPS, RULES
from roster.models import Member, Role
from tests.at_once import together
from tests.cast import browser_of, make_member
from tests.oversight.past import came, lima
from triage.models import Contact, ContactEvent, Ending, EventKind
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

MAY = datetime.date(2026, 5, 1)
SETTLED = lima("2026-06-08T12:00")
MINUTE = datetime.timedelta(minutes=1)
NOBODY = Noted()


@pytest.fixture(autouse=True)
def _a_real_line(settings: Settings) -> None:
    settings.DEMO = False


def accepted(contacts: list[Contact], after: float) -> None:
    """Let somebody have accepted each of these contacts so many minutes after it joined the queue."""
    ContactEvent.objects.bulk_create(
        ContactEvent(contact=one, at=one.opened_at + after * MINUTE, kind=EventKind.ACCEPTED, actor="x")
        for one in contacts
    )


def talked(count: int, when: str = "2026-05-10T20:00", *, waited: float = 1, **columns: Any) -> list[Contact]:
    """Let so many have talked."""
    contacts = came([lima(when)] * count, **columns)
    accepted(contacts, waited)
    return contacts


def shown(month: datetime.date = MAY) -> dict[tuple[str, str], int]:
    """Return the true counts of a month, without the zeros."""
    return {cell: count for cell, count in month_counts(month, NOBODY).items() if count}


# Counting -------------------------------------------------------------------------------------------------------------


def test_each_visit_counts_in_one_row_of_each_table_it_belongs_to() -> None:
    talked(2, waited=2, distress_before=4, distress_after=2, helped=3)
    talked(1, waited=2.1, distress_before=3, distress_after=3, helped=1)
    talked(1, waited=16, distress_before=3)
    talked(1, ending=Ending.JOKE)
    came([lima("2026-05-10T20:00")], state="left", caller_seen_at=lima("2026-05-10T20:05"))
    came([lima("2026-05-10T20:00")], state="left", caller_seen_at=lima("2026-05-10T20:06"))
    came([lima("2026-05-10T20:00")], state="left", queued_at=None)

    assert shown() == {
        ("contacts", "talked"): 4,
        ("contacts", "gave_up"): 2,
        ("contacts", "no_conversation"): 1,
        ("contacts", "before_asking"): 1,
        ("waits", "up_to_2"): 2,
        ("waits", "up_to_5"): 1,
        ("waits", "longer"): 1,
        ("waits_given_up", "up_to_5"): 1,
        ("waits_given_up", "longer"): 1,
        ("change", "better"): 2,
        ("change", "not_better"): 1,
        ("change", "unknown"): 1,
        ("helped", "yes"): 2,
        ("helped", "little_or_no"): 1,
        ("helped", "unknown"): 1,
        ("reasons", "unsaid"): 4,
        ("regions", "unsaid"): 4,
    }


def test_a_conversation_that_changed_hands_waited_until_the_first_of_them() -> None:
    contacts = talked(1, waited=1)
    accepted(contacts, 40)

    assert shown()["waits", "up_to_2"] == 1


def test_a_visit_counts_in_the_month_of_lima_in_which_it_began() -> None:
    for moment in ("2026-04-30T23:59", "2026-05-01T00:00", "2026-05-31T23:59", "2026-06-01T00:00"):
        talked(1, moment)

    assert [shown(month)["contacts", "talked"] for month in (datetime.date(2026, 4, 1), MAY, following(MAY))] == [
        1,
        2,
        1,
    ]


def test_rehearsals_and_practice_count_nowhere() -> None:
    talked(3, rehearsal=True)
    talked(3, rehearsal=True, practice_for=make_member())

    assert shown() == {}


def test_reasons_are_told_in_groups_and_misuse_in_none() -> None:
    talked(9)
    told = Noted({("reason", "partner"): 2, ("reason", "loneliness"): 3, ("reason", "misuse"): 4, ("region", "08"): 1})
    counts = month_counts(MAY, told)

    assert (counts["reasons", "ties"], counts["reasons", "unsaid"]) == (5, 4)
    assert (counts["regions", "08"], counts["regions", "unsaid"]) == (1, 8)


def test_every_reason_of_a_note_but_misuse_has_its_public_group() -> None:
    grouped = [code for codes in REASON_GROUPS.values() for code in codes]

    assert sorted(grouped) == sorted(set(REASONS) - {"misuse"})


# Once -----------------------------------------------------------------------------------------------------------------


def test_a_month_is_made_when_it_is_over_and_settled_and_not_before() -> None:
    talked(50)

    assert publication.make_due(lima("2026-06-07T23:59")) == 0
    assert publication.make_due(SETTLED) == 1
    assert publication.make_due(SETTLED) == 0
    row = MonthFigures.objects.get()
    assert (row.month, row.state, row.made_on, row.rules) == (MAY, "made", datetime.date(2026, 6, 8), RULES)
    assert row.tables["contacts"]["talked"] in range(35, 70)


def test_months_that_were_missed_are_made_later_also_empty_ones() -> None:
    talked(50, "2026-03-10T20:00")
    publication.make_due(SETTLED)

    assert [str(row) for row in MonthFigures.objects.all()] == ["2026-05", "2026-04", "2026-03"]
    assert set(MonthFigures.objects.get(month=MAY).tables["contacts"].values()) == {None}


def test_the_true_counts_are_kept_nowhere() -> None:
    contacts = talked(50)
    MonthCounts.objects.create(month=MAY, sealed=noted._sealed(MAY, Noted({("reason", "mood"): 7})))
    publication.make_due(SETTLED)

    row = MonthFigures.objects.get()
    assert {
        count for rows in row.tables.values() for count in rows.values() if count is not None and count % 5
    } == set()
    assert row.tables["reasons"]["mood"] is None
    assert list(MonthCounts.objects.values_list("sealed", "closed")) == [("", True)]
    assert len(contacts) == 50


def test_what_was_made_stays_whatever_is_erased_afterwards() -> None:
    talked(50, distress_before=4, distress_after=1)
    publication.make_due(SETTLED)
    before = MonthFigures.objects.values().get()
    Contact.objects.update_noted(distress_before=None, distress_after=None, state="withdrawn")
    publication.make_due(SETTLED + datetime.timedelta(days=3))

    assert MonthFigures.objects.values().get() == before


def test_a_crash_while_a_month_is_made_leaves_it_to_be_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    talked(120)
    MonthCounts.objects.create(month=MAY, sealed=noted._sealed(MAY, Noted({("reason", "mood"): 45})))

    def dies(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(publication, "_record", dies)
        with pytest.raises(KeyboardInterrupt):
            publication.make_due(SETTLED)
    assert not MonthFigures.objects.exists()

    publication.make_due(SETTLED)
    assert MonthFigures.objects.get().tables["reasons"]["mood"] is not None


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_of_nodes_that_make_a_month_at_once_one_does() -> None:
    talked(120)
    MonthCounts.objects.create(month=MAY, sealed=noted._sealed(MAY, Noted({("reason", "mood"): 45})))
    came_back = together([lambda: publication.make_due(SETTLED)] * 3, IntegrityError)

    assert sorted(map(str, came_back)) == ["0", "0", "1"]
    assert MonthFigures.objects.get().tables["reasons"]["mood"] is not None
    assert Entry.objects.filter(act="figures.make").count() == 1


def test_a_demonstration_makes_nothing_of_those_who_try_it(settings: Settings) -> None:
    settings.DEMO = True
    talked(50)

    assert publication.make_due(SETTLED) == 0


# A person decides -----------------------------------------------------------------------------------------------------


@pytest.fixture
def made(settings: Settings) -> MonthFigures:
    """Return the figures of a month that wait for somebody's decision, in a demonstration: signing in takes less."""
    talked(80, distress_before=4, distress_after=1)
    publication.make_due(SETTLED)
    MonthFigures.objects.update(invented=True)
    settings.DEMO = True
    return MonthFigures.objects.get()


def state() -> str:
    """Return how the month stands."""
    return MonthFigures.objects.get().state


def test_on_a_real_line_a_decision_is_about_what_was_counted(carmen: Member) -> None:
    talked(80)
    publication.make_due(SETTLED)
    MonthFigures.objects.create(month=MAY, invented=True, rules="x", made_on=MAY, tables={})
    publication.let_out(MAY, carmen)

    assert dict(MonthFigures.objects.values_list("invented", "state")) == {False: "published", True: "made"}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
def test_somebody_looks_and_lets_a_month_out(made: MonthFigures, role: str) -> None:
    member = make_member(role)
    browser = browser_of(member)
    page = browser.get("/supervision/cifras/").content.decode()
    assert str(made.tables["contacts"]["talked"]) in page
    assert "Publicar este mes" in page

    browser.post("/supervision/cifras/", {"mes": "2026-05", "do": "publish"})

    assert (state(), MonthFigures.objects.get().decided_by) == ("published", member)
    entry = Entry.objects.get(act="figures.publish")
    assert (entry.actor, entry.subject) == (str(member.pk), "2026-05")
    assert "Publicar este mes" not in browser.get("/supervision/cifras/").content.decode()


@pytest.mark.usefixtures("made")
def test_a_month_is_held_back_with_a_reason_and_let_out_later(window: Client) -> None:
    refused = window.post("/supervision/cifras/", {"mes": "2026-05", "do": "hold", "reason": ""})
    assert (refused.status_code, state()) == (400, "made")
    assert "Elige un motivo de la lista" in refused.content.decode()

    window.post("/supervision/cifras/", {"mes": "2026-05", "do": "hold", "reason": "odd_figures"})
    assert state() == "held"
    assert Entry.objects.get(act="figures.hold").reason == "odd_figures"
    assert "algo no cuadra" in window.get("/supervision/cifras/").content.decode()

    window.post("/supervision/cifras/", {"mes": "2026-05", "do": "publish"})
    assert state() == "published"


def test_what_is_published_cannot_be_held_back_and_keeps_its_numbers(
    made: MonthFigures, carmen: Member, window: Client
) -> None:
    publication.let_out(MAY, carmen)
    answer = window.post("/supervision/cifras/", {"mes": "2026-05", "do": "hold", "reason": "later"})

    assert (answer.status_code, state()) == (400, "published")
    assert "No cambió nada" in answer.content.decode()
    assert MonthFigures.objects.get().tables == made.tables
    assert not publication.let_out(MAY, make_member(Role.COORDINATOR))


@pytest.mark.parametrize("given", [{"mes": "2026-13"}, {"mes": "x", "do": "publish"}, {}])
def test_a_month_that_does_not_exist_is_not_found(made: MonthFigures, window: Client, given: dict[str, str]) -> None:
    assert window.post("/supervision/cifras/", given).status_code == 404
    assert window.get("/supervision/cifras/?mes=1999-01").status_code == 404
    assert state() == made.state


def test_a_line_without_a_month_says_so(window: Client, settings: Settings) -> None:
    settings.DEMO = True

    assert "Todavía no hay un mes terminado." in window.get("/supervision/cifras/").content.decode()
