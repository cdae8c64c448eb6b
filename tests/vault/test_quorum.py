"""Three of four organisations bring a member's keys back, with files and offline keys alone; two never do."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from roster.models import Member
from tests.cast import make_talking
from tests.vault.keys import elsewhere
from tests.vault.people import joined
from vault import actions as vault
from vault import master_keys, organisations, quorum, rewrapping
from vault.errors import RecoveryProblem
from vault.key_sources import KeyFile
from vault.management.commands import organisation_key
from vault.models import Entry, Partner, QuorumEnvelope

pytestmark = pytest.mark.django_db(databases="__all__")

NAMES = ("DeMentes", "Dando+", "Sonqo & Maqui", "Fundación Calma")
PASSWORD, NEW, PASSPHRASE = "una frase larga", "otra frase más larga", "una frase de la casa"  # of people who are not
Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _stage_b(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STAGE = "B"
    monkeypatch.setattr(organisation_key, "_passphrase", lambda _prompt: PASSPHRASE)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(command: str, *given: object) -> str:
        capsys.readouterr()
        call_command(command, *map(str, given))
        return capsys.readouterr().out

    return call


@pytest.fixture
def partners(tmp_path: Path, run: Run) -> list[Path]:
    """Let four organisations make their keys, each by itself, and name them; return their private files."""
    for number, name in enumerate(NAMES):
        key, public = tmp_path / f"{number}.key", tmp_path / f"{number}.pub"
        told = run("organisation_key", "make", "--name", name, "--key", key, "--public", public)
        assert organisations.read_public(public.read_text()).fingerprint in told
        assert key.stat().st_mode & 0o777 == 0o600
    named = run("recovery", "partners", "--public", *sorted(tmp_path.glob("*.pub")))
    assert all(name in named for name in NAMES)
    return sorted(tmp_path.glob("[0-3].key"))


@pytest.fixture
def ana() -> Member:
    """Return a checked volunteer who has never signed in."""
    return joined("Ana", PASSWORD)


def signed_in(password: str) -> Client:
    browser = Client()
    assert browser.post("/equipo/entrar/", {"login": "ana@ensayo.pe", "password": password}).status_code == 302
    return browser


def asked(tmp_path: Path, run: Run) -> tuple[Path, Path]:
    request, kept = tmp_path / "request", tmp_path / "kept"
    run("recovery", "ask", "--for", "ana@ensayo.pe", "--request", request, "--keep", kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    return request, kept


def answers_of(tmp_path: Path, run: Run, keys: list[Path], request: Path) -> list[Path]:
    answers = [tmp_path / f"{key.name}.answer" for key in keys]
    for key, answer in zip(keys, answers, strict=True):
        run("organisation_key", "answer", "--request", request, "--key", key, "--out", answer)
    return answers


@pytest.mark.parametrize("left_out", range(4))
def test_any_three_bring_back_what_a_forgotten_password_shut(
    ana: Member, partners: list[Path], tmp_path: Path, run: Run, left_out: int
) -> None:
    browser = signed_in(PASSWORD)
    contact = make_talking(ana, "¿me lees?")
    address = f"/casos/nota/{contact.pk}/"
    browser.post(address, {"talked": "Preguntó si la leía.", "do": "save"})
    elsewhere()
    forgotten = Member.objects.get(pk=ana.pk)
    forgotten.set_password(NEW)
    forgotten.save()

    request, kept = asked(tmp_path, run)
    three = [key for number, key in enumerate(partners) if number != left_out]
    told = run("recovery", "finish", "--keep", kept, "--answers", *answers_of(tmp_path, run, three, request))
    assert not kept.exists()
    code = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{3,4}){6}", told)[0]
    late = signed_in(NEW)
    assert late.post("/equipo/llavero/abrir/", {"code": code, "password": NEW}).status_code == 302
    assert "Preguntó si la leía." in late.get(address).content.decode()
    acts = list(Entry.objects.filter(act__startswith="recovery.").values_list("act", "subject"))
    assert acts == [("recovery.partners", "partners"), ("recovery.asked", str(ana.pk)), ("recovery.done", str(ana.pk))]


def test_two_are_not_enough_nor_one_who_answers_twice(
    ana: Member, partners: list[Path], tmp_path: Path, run: Run
) -> None:
    signed_in(PASSWORD)
    request, kept = asked(tmp_path, run)
    two = answers_of(tmp_path, run, partners[:2], request)
    for given in (two, [*two, two[0]], two[:1]):
        with pytest.raises(CommandError, match="three of different organisations"):
            run("recovery", "finish", "--keep", kept, "--answers", *given)
    assert kept.exists()
    assert not vault.keys_of(ana.pk, ana.role).has_code


@pytest.mark.usefixtures("ana")
def test_an_answer_to_another_request_or_a_damaged_one_is_refused(
    partners: list[Path], tmp_path: Path, run: Run
) -> None:
    signed_in(PASSWORD)
    request, kept = asked(tmp_path, run)
    answers = answers_of(tmp_path, run, partners[:3], request)
    request.unlink()
    kept.unlink()
    _other, kept = asked(tmp_path, run)
    with pytest.raises(CommandError, match="answers another request"):
        run("recovery", "finish", "--keep", kept, "--answers", *answers)
    answers[0].write_text("{}")
    with pytest.raises(CommandError, match="no recovery-answer"):
        run("recovery", "finish", "--keep", kept, "--answers", *answers)


@pytest.mark.usefixtures("ana")
def test_another_passphrase_opens_no_key_and_a_stranger_answers_nothing(
    partners: list[Path], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(PASSWORD)
    request, _kept = asked(tmp_path, run)
    monkeypatch.setattr(organisation_key, "_passphrase", lambda _prompt: "otra frase cualquiera")
    with pytest.raises(CommandError, match="does not open the key file"):
        run("organisation_key", "answer", "--request", request, "--key", partners[0], "--out", tmp_path / "out")
    stranger = tmp_path / "stranger"
    run("organisation_key", "make", "--name", "Otra", "--key", stranger, "--public", tmp_path / "stranger.pub")
    with pytest.raises(CommandError, match="Nothing in this request"):
        run("organisation_key", "answer", "--request", request, "--key", stranger, "--out", tmp_path / "out")


def test_a_short_passphrase_and_a_file_that_is_there_are_refused(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, public = tmp_path / "key", tmp_path / "pub"
    key.write_text("mine")
    with pytest.raises(CommandError, match="cannot be used"):
        run("organisation_key", "make", "--name", "Calma", "--key", key, "--public", public)
    assert key.read_text() == "mine"
    monkeypatch.setattr(organisation_key, "_passphrase", lambda _prompt: "corta")
    with pytest.raises(CommandError, match="too short"):
        run("organisation_key", "make", "--name", "Calma", "--key", tmp_path / "new", "--public", public)


@pytest.mark.parametrize("count", [3, 5])
def test_four_different_organisations_are_named_or_none(
    partners: list[Path], tmp_path: Path, run: Run, count: int
) -> None:
    publics = sorted(tmp_path.glob("*.pub"))
    given = publics[:count] if count < 4 else [*publics[:3], publics[0]]
    del partners
    before = set(Partner.objects.values_list("pk", flat=True))
    with pytest.raises(CommandError, match="4 different organisations"):
        run("recovery", "partners", "--public", *given)
    assert set(Partner.objects.values_list("pk", flat=True)) == before


@pytest.mark.usefixtures("partners")
def test_an_organisation_put_in_by_hand_gets_nothing(ana: Member) -> None:
    public = organisations.OrganisationKey(b"x" * 32).public
    Partner.objects.filter(name="DeMentes").update(public=public)
    signed_in(PASSWORD)
    assert not QuorumEnvelope.objects.exists()
    assert vault.keys_of(ana.pk, ana.role).made


@pytest.mark.usefixtures("ana", "partners")
def test_what_is_sealed_to_them_follows_a_rotation_and_is_made_once(settings: Settings) -> None:
    signed_in(PASSWORD)
    before = bytes(QuorumEnvelope.objects.get().sealed_seed)
    signed_in(PASSWORD)
    assert bytes(QuorumEnvelope.objects.get().sealed_seed) == before
    KeyFile(settings.KEY_FILE).rotate()
    assert rewrapping.under_primary().damaged == 0
    assert master_keys.ring().is_primary(bytes(QuorumEnvelope.objects.get().sealed_seed))
    signed_in(PASSWORD)


def test_neither_the_line_nor_two_organisations_open_what_is_divided(partners: list[Path], ana: Member) -> None:
    signed_in(PASSWORD)
    envelope = QuorumEnvelope.objects.get()
    text = master_keys.unseal(quorum.context_of(envelope.staff_key_id), bytes(envelope.sealed_seed)).decode()
    facts = json.loads(text)
    unlocked = vault.unlock(ana.pk, ana.role, PASSWORD) or ""
    assert unlocked.split(":")[1] not in text
    keys = [organisations.open_key(one.read_text(), PASSPHRASE) for one in partners]
    opened = {}
    for key in keys[:2]:
        fingerprint = organisations.fingerprint_of(key.public)
        context = organisations.share_context(str(envelope.staff_key_id), fingerprint)
        opened[fingerprint] = key.unseal(context, bytes.fromhex(facts["shares"][fingerprint]))
    with pytest.raises(RecoveryProblem):
        organisations.joined(str(envelope.staff_key_id), facts["copies"], opened)
