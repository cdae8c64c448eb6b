"""The command that makes people for programs: pairs, who waits, who is ready, supervisors, and clearing them."""

import json
import time
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from chat.models import Message
from roster.models import Member, Presence
from tests.cast import make_member, make_talking, make_waiting
from triage import actions as triage
from triage import queue
from triage.models import Contact, Offer

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def rehearse(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return how to call the command; it gives back what the command printed, one object a line."""
    settings.REHEARSAL = True

    def call(*arguments: str) -> list[dict[str, Any]]:
        call_command("rehearse", *arguments)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def test_it_is_refused_where_it_was_not_asked_for(settings: Settings) -> None:
    settings.REHEARSAL = False
    for arguments in (("--pairs", "1"), ("--clear",)):
        with pytest.raises(CommandError, match="HOTLINE_REHEARSAL=1"):
            call_command("rehearse", *arguments)
    assert not Contact.objects.exists()


@pytest.mark.parametrize("count", ["-1", "x", "1.5", "1000000"])
def test_a_count_that_is_none_is_refused(rehearse: Any, count: str) -> None:
    with pytest.raises(CommandError):
        rehearse(f"--pairs={count}")


def test_pairs_are_conversations_under_way_with_both_cookies(rehearse: Any) -> None:
    pairs = rehearse("--pairs", "3")
    assert [set(pair) for pair in pairs] == [{"contact", "caller", "volunteer"}] * 3
    for pair in pairs:
        contact = Contact.objects.get(pk=pair["contact"])
        assert (contact.state, contact.rehearsal, contact.consent is not None) == ("talking", True, True)
        assert (set(pair["caller"]), set(pair["volunteer"])) == ({"cookie"}, {"cookie"})
        assert pair["caller"]["cookie"].startswith("sid=")
        assert "; sk=" in pair["volunteer"]["cookie"]
    assert len({pair["contact"] for pair in pairs}) == Member.objects.filter(rehearsal=True).count() == 3


def test_each_cookie_opens_the_pages_of_its_side(rehearse: Any) -> None:
    [pair] = rehearse("--pairs", "1")
    assert Client(headers={"Cookie": pair["caller"]["cookie"]}).get("/hablar/").status_code == 200
    desk = Client()
    for cookie in pair["volunteer"]["cookie"].split("; "):
        name, value = cookie.split("=", 1)
        desk.cookies[name] = value
    assert desk.get("/escritorio/").status_code == 200


def test_the_others_wait_are_ready_or_supervise(rehearse: Any) -> None:
    made = rehearse("--waiting", "2", "--ready", "2", "--supervisors", "1")
    assert [sorted(one) for one in made] == [["caller", "contact"]] * 2 + [["volunteer"]] * 2 + [["supervisor"]]
    assert Contact.objects.filter(state="waiting", rehearsal=True).count() == 2
    assert Presence.objects.filter(state="ready", member__rehearsal=True).count() == 2


def test_real_callers_and_rehearsals_never_meet(rehearse: Any) -> None:
    real, volunteer = make_waiting(), make_member(ready=True)
    rehearse("--waiting", "1", "--ready", "1")
    triage.route()
    offers = {(offer.contact.rehearsal, offer.member.rehearsal) for offer in Offer.objects.all()}
    assert offers == {(False, False), (True, True)}
    assert Offer.objects.get(contact=real).member == volunteer


def test_figures_leave_rehearsals_out(rehearse: Any) -> None:
    rehearse("--waiting", "5")
    assert queue.ahead_of(make_waiting()) == 0


def test_a_hundred_pairs_take_less_than_ten_seconds(rehearse: Any) -> None:
    began = time.thread_time()
    assert len(rehearse("--pairs", "100")) == 100
    assert time.thread_time() - began < 10


def test_clearing_removes_all_of_it_and_nothing_else(rehearse: Any) -> None:
    real = make_talking(make_member(ready=True), "de verdad")
    rehearse("--pairs", "2", "--waiting", "1", "--ready", "1", "--supervisors", "1")
    assert rehearse("--clear", "--json") == [{"removed": 3}]
    assert list(Contact.objects.all()) == [real]
    assert not Member.objects.filter(rehearsal=True).exists()
    assert {message.contact_id for message in Message.objects.all()} == {real.pk}
    assert rehearse("--clear", "--json") == [{"removed": 0}]
