"""The file of phrases: whole, signed by nobody yet, and clear about what is wrong in a changed one."""

from pathlib import Path

import pytest

from triage import lexicon, phrases
from triage.errors import PhrasesProblem

TEXT = lexicon.PUBLISHED.read_text(encoding="utf-8")
PHRASES = phrases.in_force()
EXAMPLES = lexicon.examples(PHRASES.file)


def changed(old: str, new: str) -> bytes:
    """Return the published file with one thing changed."""
    assert old in TEXT
    return TEXT.replace(old, new, 1).encode()


@pytest.mark.parametrize(("name", "text", "level", "fires"), EXAMPLES)
def test_each_example_of_the_file_is_read_as_it_says(name: str, text: str, level: str, fires: bool) -> None:  # noqa: FBT001
    read_as = phrases.read_with(PHRASES, text).level
    assert (read_as is not None and read_as <= level) if fires else read_as is None, name


def test_every_entry_has_examples_of_its_own() -> None:
    parts: tuple[lexicon.Rule | lexicon.Except | lexicon.Language, ...] = (
        *PHRASES.file.rules,
        *PHRASES.file.exceptions,
        *PHRASES.file.languages,
    )
    assert [part.es for part in parts if not (*part.fires, *part.silent)] == []
    assert len(EXAMPLES) > 250


def test_the_phrases_still_await_the_clinical_signature() -> None:
    assert PHRASES.file.signed_by == ""


def test_other_languages_wait_for_their_speakers() -> None:
    assert all("por revisar por hablantes" in language.es for language in PHRASES.file.languages)


def test_every_code_of_the_domain_has_a_phrase() -> None:
    told = {rule.code for rule in PHRASES.file.rules}
    later = {time.code for rule in PHRASES.file.rules for time in (rule.earlier, rule.older) if time}
    assert told | later | {"PAST"} == lexicon.CODES


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'level = "A"\nes = "Dice que acaba',
            'level = "Z"\nes = "Dice que acaba',
            "frase número 1 .* el nivel «Z» no existe",
        ),
        ('code = "S5"\nlevel', 'code = "S9"\nlevel', "el código «S9» no existe"),
        ('es = "Dice que acaba', 'ex = "Dice que acaba', "(sobra|falta) la clave"),
        (
            '"{matar_me}",',
            '"{matar_mi}",',
            "frase número .* de código S2 .* una clase que no existe: {matar_mi}",
        ),
        ('scope = "sentence"', 'scope = "chapter"', "excepción número .* el alcance «chapter» no existe"),
        ('removes = ["weak"]', 'removes = ["S77"]', "«removes» nombra lo que no existe: S77"),
        ('version = "2026-1"', "version = 2026-1", "no es TOML"),
        ('querer = [\n  "quiero"', 'querer = [\n  "{querer} ya"', "se contiene a sí misma"),
        ('querer = [\n  "quiero"', "querer = [\n  3", "algo que no se entiende"),
    ],
)
def test_a_malformed_file_is_refused_and_the_entry_named(old: str, new: str, said: str) -> None:
    with pytest.raises(PhrasesProblem, match=said):
        lexicon.parse(changed(old, new))


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(PhrasesProblem, match="UTF-8"):
        lexicon.parse(TEXT.encode("latin-1", "replace"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PhrasesProblem, match=r"no-hay\.toml no se puede leer"):
        lexicon.load(tmp_path / "no-hay.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"quiero acabar con mi tesis"',
            '"me quiero matar"',
            "«me quiero matar» no debe dar nada y da B",
        ),
        ('"he pensado en suicidarme",', '"hola",', "«hola» debe dar al menos B y da nada"),
    ],
)
def test_a_file_whose_own_examples_fail_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(PhrasesProblem, match=said):
        phrases.proven(lexicon.parse(changed(old, new)))


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    """Return a file of an organisation's own, with one phrase more."""
    own = tmp_path / "frases.toml"
    own.write_bytes(changed('"{matar_me}",', '"me voy con san pedro", "{matar_me}",'))
    return own


def test_an_organisation_may_have_phrases_of_its_own(own_file: Path) -> None:
    assert phrases.read("me voy con san pedro").level is None
    phrases.use(own_file)
    try:
        assert phrases.read("me voy con san pedro").codes == ("S2",)
    finally:
        phrases.use(None)
