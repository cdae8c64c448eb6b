"""Somebody steals databases, keystore and master keys, in either stage, and reads nothing that is a member's alone.

The thief is the one of tests/vault: it takes every value of every table and derives what can be derived. Here it also
opens what the line's own keys open (the outer seal), and tries every 32 bytes it has as a seed on what lies within.
"""

import contextlib
from collections.abc import Iterator

import pytest
from django.conf import settings as line
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from reflection import check_ins, journal, spaces, thanks
from reflection.models import CheckIn, JournalPage, OwnSpace, Thanks
from roster.models import Role
from tests.reflection.listeners import make_space
from tests.vault.keys import elsewhere
from tests.vault.people import joined
from tests.vault.test_a_thief_opens_nothing import PASSWORD, Thief, signed_in
from vault import actions as vault
from vault import organisations, quorum
from vault.errors import CannotOpen
from vault.models import Entry
from vault.sealing import KEY, Context, unpad
from vault.wrapping import KeyPair

pytestmark = pytest.mark.django_db(databases="__all__")

WORDS = ("lo que nadie sabe de mí", "a medias todavía", "gracias de corazón", '"kind": "arrive"')


@pytest.fixture(params=["A", "B"])
def _stage(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.STAGE = request.param


def a_quiet_hour() -> tuple[Client, str]:
    """Let somebody write, answer and be thanked, by the doors that people use; return their browser and their code."""
    rosa, sol = joined("Rosa", f"{PASSWORD} Rosa"), joined("Sol", f"{PASSWORD} Sol", Role.SUPERVISOR)
    browser = signed_in(rosa)
    code = make_space(browser, f"{PASSWORD} Rosa")
    browser.post("/reflexion/diario/", {"text": WORDS[0]})
    browser.post("/reflexion/diario/borrador/", {"text": WORDS[1]})
    browser.post("/reflexion/como-estoy/", {"moment": "arrive", "value": "2"})
    signed_in(sol).post("/reflexion/gracias/", {"to": str(rosa.pk), "text": WORDS[2], "named": "yes"})
    elsewhere()
    return browser, code


def _sealed() -> Iterator[tuple[Context, bytes, vault.CaseKey]]:
    """Return all that is a member's alone, with the line's key around it."""
    for page in JournalPage.objects.select_related("key"):
        yield journal.page_context(page.pk), bytes(page.page), vault.case_key_for(page.key)
    for check_in in CheckIn.objects.select_related("space__key"):
        yield check_ins.result_context(check_in.pk), bytes(check_in.result), vault.case_key_for(check_in.space.key)
    for note in Thanks.objects.select_related("key"):
        yield thanks.note_context(note.pk), bytes(note.note), vault.case_key_for(note.key)
    for space in OwnSpace.objects.exclude(draft=None).select_related("key"):
        yield journal.draft_context(space.pk), bytes(space.draft or b""), vault.case_key_for(space.key)


def _seeds(thief: Thief) -> Iterator[bytes]:
    """Return whatever could be the seed of a space."""
    yield from thief.seeds()
    for space in OwnSpace.objects.select_related("key"):
        key = vault.case_key_for(space.key)
        closed = {"seed": (space.salt, space.seed), "code_seed": (space.code_salt, space.code_seed)}
        for words in thief.texts:
            for column, (salt, seed) in closed.items():
                for one in {words, vault.read_own_code(words) or words}:
                    with contextlib.suppress(CannotOpen):
                        given = vault.Closed(bytes(salt), bytes(seed))
                        yield vault.open_closed(key, spaces.seed_context(space.pk, column), given, one).seed
    for kept in thief.texts:
        for cookie in thief.loot:
            with contextlib.suppress(CannotOpen, UnicodeDecodeError):
                yield bytes.fromhex(vault.open_site_secret("space", kept, holder=cookie).split(":")[1])


def read_by(loot: tuple[str, ...] = (), seeds: tuple[bytes, ...] = ()) -> set[str]:
    """Return which of the words a thief reads who also has these things, or these seeds, of people."""
    thief = Thief(loot)
    found = {*_seeds(thief), *seeds, *(one for one in thief.secrets if len(one) == KEY)}
    pairs, read = [KeyPair(seed) for seed in found if len(seed) == KEY], ["\n".join(thief.texts)]
    for context, sealed, key in _sealed():
        inner = key.unseal(context, sealed)  # the outer seal opens: the thief has the line's keys
        read.append(repr(inner))
        for pair in pairs:
            with contextlib.suppress(CannotOpen):
                read.append(unpad(pair.unseal(context, inner)).decode())
    return {words for words in WORDS if any(words in one for one in read)}


@pytest.mark.usefixtures("_stage")
def test_with_all_that_the_line_has_nothing_opens() -> None:
    a_quiet_hour()
    assert len(list(_sealed())) == 4
    assert read_by() == set()


@pytest.mark.usefixtures("_stage")
@pytest.mark.parametrize("cookies", [1, 2])
def test_one_cookie_opens_nothing_and_both_open_what_is_open_in_that_browser(cookies: int) -> None:
    browser, _code = a_quiet_hour()
    names = (line.SESSION_COOKIE_NAME, line.STAFF_COOKIE_NAME)
    loot = tuple(browser.cookies[name].value for name in names[:cookies])
    assert read_by(loot) == (set(WORDS) if cookies == 2 else set())


@pytest.mark.usefixtures("_stage")
def test_with_their_password_or_code_it_all_opens_and_with_a_colleague_s_nothing() -> None:
    _browser, code = a_quiet_hour()
    Session.objects.all().delete()
    assert read_by((f"{PASSWORD} Rosa",)) == set(WORDS)
    assert read_by((code,)) == set(WORDS)
    assert read_by((f"{PASSWORD} Sol",)) == set()


def test_what_three_organisations_bring_back_opens_nothing_of_it(settings: Settings) -> None:
    settings.STAGE = "B"
    keys = [organisations.make_key(f"Organización {number}", "una frase") for number in range(4)]
    private, publics = zip(*keys, strict=True)
    quorum.name_partners([organisations.read_public(one) for one in publics])
    a_quiet_hour()
    request, kept = quorum.ask(OwnSpace.objects.get().member_id, "Rosa")
    three = [organisations.open_key(one, "una frase") for one in private[:3]]
    _named, seed = organisations.finished(kept, [organisations.answered(request, one) for one in three])
    assert len(seed) == KEY
    Session.objects.all().delete()
    assert read_by((), (seed,)) == set()


@pytest.mark.usefixtures("_stage")
def test_the_trail_names_none_of_it() -> None:
    before = Entry.objects.count()
    a_quiet_hour()
    acts = set(Entry.objects.filter(seq__gt=before).values_list("act", flat=True))
    assert {act for act in acts if not act.startswith(("member.", "sign_in", "circle."))} == set()
