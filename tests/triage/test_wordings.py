"""The official wording of an instrument: loaded from a file, refused in one sentence for each defect."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from triage import wordings
from triage.errors import WordingProblem
from triage.models import InstrumentWording
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

GOOD = """
code = "phq4"
language = "es-PE"
version = "2026-1"
source = "formulario de prueba"
licence = "libre"
licence_accepted = true
items = ["uno", "dos", "tres", "cuatro"]
answers = ["cero", "un", "dos", "tres"]
"""
Change = Callable[[str], str]


def test_a_file_is_kept_with_its_digest_and_its_loading_is_in_the_trail() -> None:
    wording, new = wordings.load(GOOD.encode())
    assert new
    assert (wording.items, wording.answers) == (["uno", "dos", "tres", "cuatro"], ["cero", "un", "dos", "tres"])
    assert len(wording.digest) == 64
    assert wordings.wording_of("phq4", "es-PE") == wording
    assert wordings.wording_of("phq4", "quy") is None
    assert wordings.wording_of("cssrs", "es-PE") is None
    entry = Entry.objects.get(act="instrument.load")
    assert (entry.actor, entry.subject, entry.reason) == ("operator", "phq4", "2026-1")


def test_the_same_file_again_changes_nothing_and_a_changed_one_needs_a_new_version() -> None:
    wordings.load(GOOD.encode())
    assert wordings.load(GOOD.encode())[1] is False
    changed = GOOD.replace('"uno"', '"UNO"')
    with pytest.raises(WordingProblem, match="Version 2026-1 was loaded before with other words"):
        wordings.load(changed.encode())
    wordings.load(changed.replace("2026-1", "2026-2").encode())
    found = wordings.wording_of("phq4", "es-PE")
    assert found is not None
    assert found.version == "2026-2"
    assert Entry.objects.filter(act="instrument.load").count() == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "phq4"\n', "", "lacks code"),
        ('language = "es-PE"\n', "", "lacks language"),
        ('version = "2026-1"', 'version = " "', "lacks version"),
        ('version = "2026-1"', "version = 1", "lacks version"),
        ('source = "formulario de prueba"\n', "", "lacks source"),
        ('licence = "libre"', 'licence = ""', "lacks licence"),
        ('version = "2026-1"', f'version = "{"9" * 41}"', "version has more than 40"),
        ("licence_accepted = true", "licence_accepted = false", "Nobody accepted the licence"),
        ("licence_accepted = true", 'licence_accepted = "true"', "Nobody accepted the licence"),
        ("licence_accepted = true\n", "", "Nobody accepted the licence"),
        ('"es-PE"', '"español"', "español is no language"),
        ('"phq4"', '"phq9"', "phq9 is no instrument of this line"),
        (', "cuatro"', "", "items must be a list of 4 texts, in the order of the official form; found 3"),
        ('"cuatro"', '"cuatro", "cinco"', "found 5"),
        ('"cuatro"', '"  "', "Number 4 of items"),
        ('"cuatro"', "4", "Number 4 of items"),
        ('"cuatro"', f'"{"x" * 1001}"', "Number 4 of items"),
        ('items = ["uno", "dos", "tres", "cuatro"]', 'items = "uno"', "items must be a list"),
        ('items = ["uno", "dos", "tres", "cuatro"]\n', "", "items must be a list"),
        (', "tres"]', "]", "answers must be a list of 4 texts"),
        ("licence_accepted", "license_accepted", "an entry that is not known: license_accepted"),
        ("items = [", "items = ", "not TOML"),
    ],
)
def test_each_defect_is_told_in_one_sentence_and_nothing_is_kept(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(WordingProblem, match=sentence):
        wordings.load(GOOD.replace(old, new).encode())
    assert not InstrumentWording.objects.exists()
    assert not Entry.objects.exists()


def test_what_is_no_text_is_refused_and_a_mark_of_byte_order_is_not() -> None:
    with pytest.raises(WordingProblem, match="not text in UTF-8"):
        wordings.load(GOOD.encode("utf-16"))
    assert wordings.load(b"\xef\xbb\xbf" + GOOD.encode())[1]


def test_a_form_without_points_takes_no_words_for_them() -> None:
    asq = GOOD.replace("phq4", "asq").replace('"cuatro"]', '"cuatro", "cinco"]')
    with pytest.raises(WordingProblem, match="ASQ has no points"):
        wordings.load(asq.encode())


def test_the_command_says_what_it_loaded_or_what_is_wrong(tmp_path: Path) -> None:
    file, said = tmp_path / "phq4.toml", StringIO()
    file.write_text(GOOD, encoding="utf-8")
    call_command("load_instrument", str(file), stdout=said)
    call_command("load_instrument", str(file), stdout=said)
    first, second = said.getvalue().splitlines()
    assert first.startswith("phq4 es-PE 2026-1: 4 items loaded (SHA-256 ")
    assert "was loaded already" in second
    file.write_text(GOOD.replace("true", "false"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"phq4\.toml: Nobody accepted the licence"):
        call_command("load_instrument", str(file))
    with pytest.raises(CommandError, match=r"none\.toml cannot be read"):
        call_command("load_instrument", str(tmp_path / "none.toml"))
