"""Somebody steals both databases, the cache, the environment and the code while nobody is signed in, and reads nothing.

The thief below is a program of its own: it takes every value of every table and the master keys, derives whatever can
be derived from them, and tries all of it on everything that is sealed. In stage A it reads all, which shows that it
knows its trade; so it does in stage B for whomever it also has a cookie or a password of.
"""

import base64
import dataclasses
import datetime
import json
import uuid
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings as line
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cases.keys import move_old_cases
from cases.models import Note, NoteRevision
from cases.notes import draft_context, revision_context
from chat import actions as chat
from chat.models import Draft, Message
from chat.sealing import draft_context as writing_context
from chat.sealing import message_context
from roster import actions as roster
from roster.models import Member, Role
from tests.cast import say
from tests.vault.keys import elsewhere
from tests.vault.people import joined
from triage import actions as triage
from triage.models import Contact, Offer
from vault import actions as vault
from vault import keyring, sealing, shares, staff_keys, stretching, wraps
from vault.errors import Damaged
from vault.keystore.models import EpochKey, KeyShare
from vault.models import CircleKey, CircleWrap, DataKey, SeedEnvelope, ShareWrap, StaffKey
from vault.sealing import Context, Sealer, derive
from vault.wrapping import KeyPair

pytestmark = pytest.mark.django_db(databases="__all__")

PASSWORD = "una frase larga que nadie más sabe"  # noqa: S105 - of people who are not
SAID = ("no puedo más, de verdad", "te leo, aquí estoy", "vivo en la calle de los Sauces")
WRITTEN = ("Perdió a su hermano en marzo.", "Llamará el jueves.")
WORDS = (*SAID, *WRITTEN, "un borrador para más tarde")
PURPOSES = ("mfa", "session", "keys", "django-signing", "trail-head", "vouching")


# The thief ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Thief:
    """Everything that was stolen, and what can be made of it; ``loot`` are things of people, cookies or passwords."""

    loot: tuple[str, ...] = ()
    secrets: set[bytes] = dataclasses.field(default_factory=set)
    texts: set[str] = dataclasses.field(default_factory=set)

    def __post_init__(self) -> None:
        """Take what there is."""
        stored = json.loads(line.KEY_FILE.read_text())
        self.ring = keyring.Keyring(tuple(base64.b64decode(key) for key in stored["keys"]))
        self.texts.update(self.loot)
        for value in self._values():
            self._take(value)
        self._take_what_the_master_keys_open()

    @staticmethod
    def _values() -> Iterator[object]:
        for model in apps.get_models(include_auto_created=True):
            names = [field.attname for field in model._meta.local_fields]
            for row in model._base_manager.all().values_list(*names):
                yield from row

    def _take(self, value: object) -> None:
        """Keep a value as a secret and as a text, in the forms in which programs keep such."""
        if isinstance(value, bytes | memoryview):
            self.secrets.add(bytes(value))
            self.texts.add(bytes(value).hex())
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                self._take(one)
        elif value is not None:
            self.texts.add(str(value))
            self.secrets.add(str(value).encode())
            for read in (bytes.fromhex, base64.b64decode):
                try:
                    self.secrets.add(read(str(value)))
                except ValueError:
                    continue

    def _take_what_the_master_keys_open(self) -> None:
        for purpose in PURPOSES:
            self.secrets.update(self.ring.secrets_for(purpose))
        contexts = [Context("site", "", purpose, "") for purpose in PURPOSES]
        contexts += [shares.epoch_context(epoch) for epoch in EpochKey.objects.all()]
        contexts += [staff_keys.context_of(envelope) for envelope in SeedEnvelope.objects.all()]
        known = 0
        while known < len(self.secrets):  # what was opened may open more
            known = len(self.secrets)
            for sealed in list(self.secrets):
                for opened in (self._open(context, sealed) for context in contexts):
                    self._take(opened)
            for purpose in PURPOSES:  # what is sealed with something of somebody too
                self._open_held(purpose)

    def _open(self, context: Context, sealed: bytes) -> bytes | None:
        try:
            return self.ring.unseal(context, sealed)
        except Damaged:
            return None

    def _open_held(self, purpose: str) -> None:
        sealers = {text: Sealer(derive(text.encode(), f"pmpt/v1/holder|{purpose}")) for text in self.texts}
        by_id = {sealer.key_id: sealer for sealer in sealers.values()}
        for sealed in list(self.secrets):
            sealer = by_id.get(sealed[2 : 2 + sealing.KEY_ID])
            if sealer is not None:
                content = sealer.unseal(Context("site", "", purpose, ""), sealed).decode()
                self._take(json.loads(content) if content.startswith("{") else content)

    # Keys

    def seeds(self) -> Iterator[bytes]:
        """Return whatever could be the seed of somebody's private keys."""
        yield from (secret for secret in self.secrets if len(secret) == sealing.KEY)
        for text in self.texts:
            yield from (part for part in (_hex(half) for half in text.split(":")) if part)
        for envelope in SeedEnvelope.objects.all():
            inner = self._open(staff_keys.context_of(envelope), bytes(envelope.sealed_seed))
            for guess in self.texts if inner else ():
                try:
                    key = stretching.stretched(guess, bytes(envelope.salt))
                    yield Sealer(key).unseal(staff_keys.context_of(envelope), inner or b"")
                except Damaged:
                    continue

    def pairs(self) -> dict[bytes, KeyPair]:
        """Return the private keys that open, by their public one."""
        wanted = {bytes(public) for model in (StaffKey, CircleKey) for public in _publics(model)}
        found = {pair.public: pair for pair in (KeyPair(seed) for seed in set(self.seeds())) if pair.public in wanted}
        for wrap in CircleWrap.objects.select_related("staff_key", "circle_key"):
            pair = found.get(bytes(wrap.staff_key.public))
            if pair is not None:
                context = Context("circle", "vault_circlewrap", "sealed_seed", str(wrap.circle_key_id))
                found[bytes(wrap.circle_key.public)] = KeyPair(pair.unseal(context, bytes(wrap.sealed_seed)))
        return found

    def shares_a(self) -> dict[uuid.UUID, set[bytes]]:
        """Return, by key, whatever could be its share A."""
        pairs = self.pairs()
        found: dict[uuid.UUID, set[bytes]] = {}
        for row in DataKey.objects.all():
            place = found.setdefault(row.pk, {secret for secret in self.secrets if len(secret) == sealing.KEY})
            opened = self._open(shares.context_of("vault_datakey", row.pk), bytes(row.sealed_share or b""))
            place.update({opened} if opened else ())
        for wrap in ShareWrap.objects.all():
            found[wrap.key_id].update(self._of_wrap(wrap, pairs))
        return found

    def _of_wrap(self, wrap: ShareWrap, pairs: dict[bytes, KeyPair]) -> Iterator[bytes]:
        context = Context("share", "vault_sharewrap", "sealed_share", str(wrap.key_id), (wrap.kind, wrap.holder))
        sealed = bytes(wrap.sealed_share)
        if wrap.kind == wraps.Kind.CALLER:
            for text in self.texts:
                sealer = Sealer(derive(text.encode(), f"pmpt/v1/caller|{wrap.key_id}"))
                if sealer.made(sealed):
                    yield sealer.unseal(context, sealed)
            return
        for pair in pairs.values():
            try:
                yield pair.unseal(context, sealed)
            except Damaged:
                continue

    def case_secrets(self) -> dict[uuid.UUID, bytes]:
        """Return the secrets of the keys that open, by key."""
        found = {}
        for key_id, candidates in self.shares_a().items():
            row = DataKey.objects.get(pk=key_id)
            share_b = shares.open_b(KeyShare.objects.select_related("epoch").get(pk=key_id))
            for secret in (*candidates, *(shares.secret_of(key_id, one, share_b) for one in candidates)):
                if shares.commitment_to(secret) == bytes(row.commitment):
                    found[key_id] = secret
        return found

    # Words

    def read(self) -> str:
        """Return all words that open, and all that lie in the clear."""
        secrets, opened = self.case_secrets(), [*self.texts, *(str(secret) for secret in self.secrets)]
        for key_id, context, sealed in _sealed_words():
            secret = secrets.get(key_id)
            if secret is not None:
                key = Sealer(derive(secret, f"pmpt/v1/record|{context.key_name}"))
                opened.append(key.unseal(context, sealed).decode())
        return "\n".join(opened)


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if len(text) == 2 * sealing.KEY else None
    except ValueError:
        return None


def _publics(model: type[models.Model]) -> Iterator[bytes]:
    yield from model._base_manager.values_list("public", flat=True)


def _sealed_words() -> Iterator[tuple[uuid.UUID, Context, bytes]]:
    for message in Message.objects.exclude(text=None).select_related("contact"):
        context = message_context(message.contact_id, message.seq, message.by, message.client_id)
        yield message.contact.key_id, context, bytes(message.text or b"")
    for draft in Draft.objects.select_related("contact"):
        yield draft.contact.key_id, writing_context(draft.contact_id, draft.member), bytes(draft.text)
    for revision in NoteRevision.objects.select_related("note__case"):
        context = revision_context(revision.note_id, revision.revision)
        yield revision.note.case.key_id, context, bytes(revision.body)
    for note in Note.objects.exclude(draft=None).select_related("case"):
        yield note.case.key_id, draft_context(note.pk, note.draft_count), bytes(note.draft or b"")
    for contact in Contact.objects.exclude(answers=None):
        context = Context("triage", "triage_contact", "answers", str(contact.pk))
        yield contact.key_id, context, bytes(contact.answers or b"")


# The line -----------------------------------------------------------------------------------------------------------


def signed_in(member: Member) -> Client:
    """Return the browser in which a member has just signed in with their password."""
    browser = Client()
    form = {"login": member.email, "password": f"{PASSWORD} {member.alias}"}
    assert browser.post("/equipo/entrar/", form).status_code == 302
    return browser


def a_night_on_the_line() -> tuple[Client, Client]:
    """Let a caller be heard and a note be written, by the doors that people use; return both browsers, signed in."""
    rosa, carmen = joined("Rosa", f"{PASSWORD} Rosa"), joined("Carmen", f"{PASSWORD} Carmen", Role.SUPERVISOR)
    desk = signed_in(rosa)
    signed_in(carmen)
    unlocked = staff_keys.unlock(rosa.pk, rosa.role, f"{PASSWORD} Rosa")
    if unlocked and line.STAGE == "B":
        rosa.holder = vault.person(rosa.pk, unlocked)
    roster.set_ready(rosa)
    phone = Client()
    phone.get("/hablar/")
    phone.post("/hablar/", {"do": "agree"})
    phone.post("/hablar/", {"do": "answer", "thoughts": "sometimes", "words": SAID[0]})
    triage.route()
    contact = chat.accept_offer(rosa, Offer.objects.get().pk)
    say(contact, SAID[1], rosa)
    phone.post("/hablar/", {"do": "say", "text": SAID[2]})
    assert desk.post("/escritorio/borrador/", {"contact": str(contact.pk), "text": WORDS[5]}).status_code == 200
    address = f"/casos/nota/{contact.pk}/"
    assert desk.post(address, {"talked": WRITTEN[0], "do": "save"}).status_code == 302
    assert desk.post(address, {"talked": WRITTEN[0], "next_step": WRITTEN[1], "do": "draft"}).status_code == 200
    elsewhere()
    return phone, desk


def read_by(thief: Thief) -> set[str]:
    """Return which of the planted words the thief reads."""
    read = thief.read()
    return {words for words in WORDS if words in read}


@pytest.fixture
def _stage_b(settings: Settings) -> None:
    settings.STAGE = "B"


def test_the_thief_knows_its_trade(settings: Settings) -> None:
    settings.STAGE = "A"
    a_night_on_the_line()
    assert read_by(Thief()) == set(WORDS)


@pytest.mark.usefixtures("_stage_b")
def test_a_thief_opens_nothing() -> None:
    a_night_on_the_line()
    thief = Thief()
    assert read_by(thief) == set()
    assert thief.pairs() == {}
    assert thief.case_secrets() == {}


@pytest.mark.usefixtures("_stage_b")
def test_with_a_callers_cookie_their_conversation_opens_and_no_note() -> None:
    phone, _desk = a_night_on_the_line()
    cookie = phone.cookies[line.SESSION_COOKIE_NAME].value
    assert read_by(Thief((cookie,))) == {*SAID, WORDS[5]}


@pytest.mark.usefixtures("_stage_b")
def test_with_one_of_a_members_cookies_nothing_opens_and_with_both_what_they_lead() -> None:
    _phone, desk = a_night_on_the_line()
    cookies = (desk.cookies[line.SESSION_COOKIE_NAME].value, desk.cookies[line.STAFF_COOKIE_NAME].value)
    for cookie in cookies:
        assert read_by(Thief((cookie,))) == set()
    assert read_by(Thief(cookies)) == set(WORDS)


@pytest.mark.usefixtures("_stage_b")
@pytest.mark.parametrize("who", ["Rosa", "Carmen"])
def test_with_a_members_password_what_they_may_read_opens(who: str) -> None:
    a_night_on_the_line()
    assert read_by(Thief((f"{PASSWORD} {who}",))) == set(WORDS)


def test_what_stage_a_sealed_moves_to_people_and_opens_for_the_thief_no_more(settings: Settings) -> None:
    settings.STAGE = "A"
    _phone, desk = a_night_on_the_line()
    contact = Contact.objects.get()
    chat.end_conversation(contact, by="volunteer")
    settings.STAGE = "B"
    roster.expect_keys()
    later = timezone.now() + datetime.timedelta(hours=13)
    assert (move_old_cases(), chat.move_old_words(later)) == (0, 0)  # nobody is there to whom it could go
    rosa, carmen = Member.objects.get(alias="Rosa"), Member.objects.get(alias="Carmen")
    desk, _board = signed_in(rosa), signed_in(carmen)
    assert chat.move_old_words(timezone.now()) == 0  # the caller may still be reading
    assert (move_old_cases(), chat.move_old_words(later)) == (1, 1)
    assert (move_old_cases(), chat.move_old_words(later)) == (0, 0)
    Session.objects.all().delete()
    elsewhere()
    assert read_by(Thief()) == set()
    assert read_by(Thief((f"{PASSWORD} Carmen",))) == set(WORDS)
    desk = signed_in(rosa)
    assert WRITTEN[0] in desk.get(f"/casos/nota/{contact.pk}/").content.decode()
