"""Stage B at several nodes at once: one key for a circle, one share for each holder, whoever is first."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connections
from pytest_django import Settings

from chat import actions as chat
from roster.circles import keep_circles
from tests.cast import make_member, make_waiting
from tests.vault.keys import elsewhere
from vault import actions as vault
from vault.models import CircleKey, Entry, ShareWrap

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
AT_ONCE = 4


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


def at_once(act: Callable[[], object]) -> list[Exception]:
    """Do something in several threads at the same moment, as several nodes do; return what failed."""
    start, failed = threading.Barrier(AT_ONCE), list[Exception]()

    def one() -> None:
        start.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001  whatever it is, the test names it
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_of_many_nodes_that_see_a_newcomer_one_makes_the_circles_key() -> None:
    make_member()
    before = Entry.objects.filter(act="circle.turn").count()
    member = make_member()
    CircleKey.objects.filter(circle="duty").delete()  # as if nobody had seen to it yet
    assert at_once(keep_circles) == []
    assert CircleKey.objects.filter(circle="duty", retired_at=None).count() == 1
    assert Entry.objects.filter(act="circle.turn").count() == before + 2  # the newcomer's own, and this one
    key_id = make_waiting().key_id
    assert vault.open_key(key_id, member.holder).key_id == key_id


def test_many_pages_of_one_caller_let_the_same_people_read_once() -> None:
    make_member()
    contact = make_waiting()
    member = make_member()
    assert at_once(lambda: chat.keep_within_reach(contact.pk, contact.holder)) == []
    elsewhere()
    assert vault.open_key(contact.key_id, member.holder).key_id == contact.key_id
    duty = CircleKey.objects.get(circle="duty", retired_at=None)
    assert ShareWrap.objects.filter(key=contact.key_id, kind="circle", holder=str(duty.pk)).count() == 1


def test_two_first_sign_ins_at_once_make_one_pair_of_keys() -> None:
    member = uuid.uuid4()
    vault.expect_staff_key(member, "volunteer")
    opened: list[str | None] = []
    assert at_once(lambda: opened.append(vault.unlock(member, "volunteer", "una frase larga"))) == []
    assert len(opened) == AT_ONCE
    assert len(set(opened)) == 1
    assert opened[0] is not None
