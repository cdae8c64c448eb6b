"""The official wording of an instrument: loaded from a file, refused in one sentence for each defect."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roster.errors import WordingProblem
from tests.cast import make_member, make_talking
from triage import actions as triage
from triage import wordings
from triage.instruments import INSTRUMENTS, Instrument
from triage.models import InstrumentWording
from triage.wordings import example
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
    with pytest.raises(WordingProblem, match="La versión 2026-1 ya se cargó con otro texto"):
        wordings.load(changed.encode())
    wordings.load(changed.replace("2026-1", "2026-2").encode())
    found = wordings.wording_of("phq4", "es-PE")
    assert found is not None
    assert found.version == "2026-2"
    assert Entry.objects.filter(act="instrument.load").count() == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "phq4"\n', "", "^«code»: falta"),
        ('language = "es-PE"\n', "", "^«language»: falta"),
        ('version = "2026-1"', 'version = " "', "^Línea 4, «version»: debe ser un texto"),
        ('version = "2026-1"', "version = 1", "^Línea 4, «version»: debe ser un texto"),
        ('source = "formulario de prueba"\n', "", "^«source»: falta"),
        ('licence = "libre"', 'licence = ""', "^Línea 6, «licence»: debe ser un texto"),
        ('licence = "libre"', 'licence = "…"', "^Línea 6, «licence»: todavía dice «…»"),
        ('version = "2026-1"', f'version = "{"9" * 41}"', "^Línea 4, «version»: tiene más de 40 letras"),
        ("licence_accepted = true", "licence_accepted = false", "^Línea 7, «licence_accepted»: nadie aceptó"),
        ("licence_accepted = true", 'licence_accepted = "true"', "^Línea 7, «licence_accepted»: nadie aceptó"),
        ("licence_accepted = true\n", "", "^«licence_accepted»: nadie aceptó"),
        ('"es-PE"', '"español"', "^Línea 3, «language»: «español» no es un idioma"),
        ('"phq4"', '"phq9"', "^Línea 2, «code»: «phq9» no es un instrumento de esta línea"),
        (', "cuatro"', "", "^Línea 8, «items»: debe tener 4 textos, en el orden del formulario oficial, y tiene 3"),
        ('"cuatro"', '"cuatro", "cinco"', "^Línea 8, «items»: .* y tiene 5"),
        ('"cuatro"', '"  "', "^Línea 8, «items», número 4: debe ser un texto de 1 a 1000 letras"),
        ('"cuatro"', "4", "^Línea 8, «items», número 4: debe ser un texto"),
        ('"cuatro"', f'"{"x" * 1001}"', "^Línea 8, «items», número 4: debe ser un texto"),
        ('"cuatro"', '"…"', "^Línea 8, «items», número 4: todavía dice «…»"),
        ('["uno", "dos", ', '[\n"uno",\n"""dos\n[""",\n', "^Línea 12, «items», número 3: todavía dice"),
        ('items = ["uno", "dos", "tres", "cuatro"]', 'items = "uno"', "^Línea 8, «items»: debe ser una lista de 4"),
        ('items = ["uno", "dos", "tres", "cuatro"]\n', "", "^«items»: falta"),
        (', "tres"]', "]", "^Línea 9, «answers»: debe tener 4 textos"),
        ("licence_accepted", "license_accepted", "^Línea 7, «license_accepted»: no se conoce. Se conocen: code,"),
        ("items = [", "items = ", "^Línea 8, «items»: desde aquí no se entiende"),
        ('"tres"]', '"tres"', "^El archivo se acaba antes de tiempo"),
    ],
)
def test_each_defect_is_told_in_one_sentence_and_nothing_is_kept(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    changed = GOOD.replace(old, new)
    if "número 3" in sentence:
        changed = changed.replace('"tres", "cuatro"', '"…", "cuatro"')
    with pytest.raises(WordingProblem, match=sentence):
        wordings.load(changed.encode())
    assert not InstrumentWording.objects.exists()
    assert not Entry.objects.exists()


def test_what_is_no_text_is_refused_and_a_mark_of_byte_order_is_not() -> None:
    with pytest.raises(WordingProblem, match="no es texto en UTF-8"):
        wordings.load(GOOD.encode("utf-16"))
    assert wordings.load(b"\xef\xbb\xbf" + GOOD.encode())[1]


def test_a_form_without_points_takes_no_words_for_them() -> None:
    asq = GOOD.replace("phq4", "asq").replace('"cuatro"]', '"cuatro", "cinco"]')
    with pytest.raises(WordingProblem, match="Línea 9, «answers»: sobra: ASQ no tiene puntos"):
        wordings.load(asq.encode())


def test_what_is_no_list_of_words_is_too_large_to_be_read() -> None:
    with pytest.raises(WordingProblem, match="demasiado grande"):
        wordings.load(GOOD.encode() + b"#" * 64 * 1024)


@pytest.mark.parametrize("one", INSTRUMENTS.values(), ids=lambda one: one.code)
def test_the_example_is_refused_as_it_is_and_taken_once_it_is_filled_in(one: Instrument) -> None:
    file = example(one)
    with pytest.raises(WordingProblem, match=r"^Línea 7, «source»: todavía dice «…»"):
        wordings.read(file.encode())
    filled = file.replace('"…"', '"palabras"').replace("licence_accepted = false", "licence_accepted = true")
    assert wordings.read(filled.encode()).items == ["palabras"] * len(one.items)


def test_a_result_keeps_the_version_it_was_asked_with() -> None:
    rosa = make_member()
    wordings.load(GOOD.encode())
    contact = make_talking(rosa)
    triage.use_instrument(contact, "phq4", {"1": "2"}, rosa)
    wordings.load(GOOD.replace("2026-1", "2026-2").encode())
    triage.use_instrument(contact, "phq4", {"1": "2"}, rosa)
    assert InstrumentWording.objects.get(version="2026-1").items == ["uno", "dos", "tres", "cuatro"]
    assert [one.wording for one in triage.uses_of(contact)] == ["2026-2", "2026-1"]


def test_the_command_says_what_it_loaded_or_what_is_wrong(tmp_path: Path) -> None:
    file, said = tmp_path / "phq4.toml", StringIO()
    file.write_text(GOOD, encoding="utf-8")
    call_command("load_instrument", str(file), stdout=said)
    call_command("load_instrument", str(file), stdout=said)
    first, second = said.getvalue().splitlines()
    assert first.startswith("phq4 es-PE 2026-1: 4 items loaded (SHA-256 ")
    assert "was loaded already" in second
    file.write_text(GOOD.replace("true", "false"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"phq4\.toml: Línea 7, «licence_accepted»: nadie aceptó la licencia"):
        call_command("load_instrument", str(file))
    with pytest.raises(CommandError, match=r"none\.toml cannot be read"):
        call_command("load_instrument", str(tmp_path / "none.toml"))
