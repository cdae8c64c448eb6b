"""The door tells nobody who has an account: same words, same work, one trace; and it knows its price."""

import functools
import re
import time
from collections.abc import Callable
from contextvars import copy_context

import pytest
from django.conf import settings as line
from django.contrib.auth.hashers import check_password, make_password
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from roster.hashing import PasswordHasher
from roster.models import Member
from tests import price
from tests.roster.conftest import PASSWORD, MakeMember, SignIn
from vault import stretching
from vault.models import Entry
from wire import pool

pytestmark = pytest.mark.django_db(databases="__all__")

MEMBERS, TRIES = 4, 3
VARIABLE = re.compile(r'value="[^"]*"')


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hashing cost a tenth of what it does in earnest: enough to be seen in time."""
    monkeypatch.setattr(PasswordHasher, "memory_cost", price.MEMORY // 4)


def tried(login: str) -> tuple[str, float]:
    """Give a wrong password; return the page without what changes each time, and the seconds it took."""
    client = Client()
    began = time.thread_time()  # others' work beside it does not count
    response = client.post("/equipo/entrar/", {"login": login, "password": "equivocada"})
    took = time.thread_time() - began
    return VARIABLE.sub("", response.content.decode()), took


def test_an_unknown_name_and_a_wrong_password_get_the_same_page(volunteer: Member) -> None:
    assert tried(volunteer.email)[0] == tried("nadie@ensayo.pe")[0]


@pytest.mark.usefixtures("dear")
def test_an_unknown_name_takes_as_long_as_a_wrong_password(make_member: MakeMember) -> None:
    members = [make_member() for _turn in range(MEMBERS)]  # with a password at today's price; each has a few tries
    tries = [(member, turn) for turn in range(TRIES) for member in members]
    both = [(tried(member.email)[1], tried(f"nadie{turn}{member.email}")[1]) for member, turn in tries]
    known, unknown = map(min, zip(*both, strict=True))  # what else the machine does only ever adds

    assert unknown == pytest.approx(known, rel=0.2)


def test_wrong_passwords_leave_the_same_trace_whether_or_not_there_is_such_a_name(volunteer: Member) -> None:
    tried(volunteer.email)
    tried("nadie@ensayo.pe")
    traces = list(Entry.objects.values_list("actor", "act", "subject", "result", "reason"))

    assert traces == [("unknown", "sign_in", "unknown", "refused", "password")] * 2


def test_the_trace_of_a_wrong_code_names_the_member(
    client: Client, volunteer: Member, sign_in: SignIn, secret: str
) -> None:
    assert secret
    sign_in(volunteer)
    client.post("/equipo/entrar/segundo-factor/", {"code": "000000"})

    entry = Entry.objects.get(result="refused")
    assert (entry.actor, entry.act, entry.reason) == (str(volunteer.pk), "sign_in", "code")


@pytest.mark.parametrize("login", ["volunteer0@ensayo.pe", "nadie@ensayo.pe"])
def test_a_forgotten_password_leads_to_the_same_page_as_soon_for_any_address(
    client: Client, volunteer: Member, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    left: list[Callable[[], object]] = []
    monkeypatch.setattr(
        pool, "later", lambda work, *args: left.append(functools.partial(copy_context().run, work, *args))
    )
    response = client.post("/equipo/contrasena/olvidada/", {"email": login})
    assert response["Location"] == "/equipo/contrasena/enviada/"
    assert not mailoutbox  # whatever there is to send is sent when the page is on its way

    for work in left:
        work()
    assert [mail.to for mail in mailoutbox] == ([[login]] if login == volunteer.email else [])


def test_many_wrong_passwords_close_the_door_in_the_same_words(volunteer: Member) -> None:
    pages = {login: [tried(login)[0] for _turn in range(6)][-1] for login in (volunteer.email, "nadie@ensayo.pe")}

    assert "Fueron muchos intentos" in pages[volunteer.email]
    assert len(set(pages.values())) == 1


def test_a_page_that_a_role_may_not_see_leaves_a_trace(client: Client, volunteer: Member, sign_in: SignIn) -> None:
    sign_in(volunteer)
    assert client.get("/supervision/").status_code == 404
    assert client.get("/admin/", follow=True).status_code == 404

    refused = Entry.objects.filter(result="refused").values_list("actor", "act", "reason")
    assert list(refused) == [(str(volunteer.pk), act, "role") for act in ("board.see", "reference.manage")]


# Its price ----------------------------------------------------------------------------------------------------------


def test_a_password_costs_64_mib_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PasswordHasher, "time_cost", price.PASSES)
    monkeypatch.setattr(PasswordHasher, "memory_cost", price.MEMORY)
    stored = make_password(PASSWORD)

    assert stored.startswith("argon2$argon2id$v=19$m=65536,t=3,p=1$")
    assert check_password(PASSWORD, stored)
    assert not check_password("another", stored)
    assert line.PASSWORD_HASHERS == ["roster.hashing.PasswordHasher"]


def test_no_more_than_two_passwords_are_hashed_at_once() -> None:
    assert stretching.AT_ONCE == 2
    for _turn in range(stretching.AT_ONCE):
        assert stretching._turns.acquire(blocking=False)
    try:
        assert not stretching._turns.acquire(blocking=False)
    finally:
        for _turn in range(stretching.AT_ONCE):
            stretching._turns.release()


def test_hashing_goes_on_inside_a_transaction(make_member: MakeMember) -> None:
    member = make_member()

    assert connection.in_atomic_block
    assert member.check_password(PASSWORD)
    assert Member.objects.filter(pk=member.pk).exists()
