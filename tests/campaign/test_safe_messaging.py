"""The rules of safe messaging: their own examples, the sentence of the law, and where help is."""

from pathlib import Path

import pytest

from campaign import safe_messaging
from campaign.safe_messaging import MANDATORY_SENTENCE, Fault, RulesProblem

HELP = "Puedes llamar gratis al 113, opción 5."
LANGUAGES = ("es-PE", "en")
RULES = [
    (language, rule)
    for language in LANGUAGES
    for rule in safe_messaging.rules(safe_messaging.CONTENT / language / safe_messaging.RULES.name)
]
BAD = [(language, rule.code, text) for language, rule in RULES for text in rule.bad]
GOOD = [(language, rule.code, text) for language, rule in RULES for text in rule.good]


def codes(text: str, *, carried: bool = True, language: str = "es-PE") -> list[str]:
    return [fault.code for fault in safe_messaging.faults(text, carried=carried, language=language)]


def test_every_rule_brings_examples_of_what_it_finds_and_of_what_it_lets_pass() -> None:
    assert [rule.code for _language, rule in RULES if not (rule.bad and rule.good)] == []


@pytest.mark.parametrize(("language", "code", "text"), BAD)
def test_a_rule_finds_its_own_bad_examples(language: str, code: str, text: str) -> None:
    assert code in codes(text, language=language)


@pytest.mark.parametrize(("language", "code", "text"), GOOD)
def test_a_rule_lets_its_own_good_examples_pass(language: str, code: str, text: str) -> None:
    assert [found for found in codes(text, language=language) if found != "no_help"] == [], code


def test_each_language_has_the_same_rules_in_the_same_order() -> None:
    spanish, english = ([rule for tongue, rule in RULES if tongue == language] for language in LANGUAGES)

    assert [(rule.code, rule.when, rule.hard) for rule in spanish] == [
        (rule.code, rule.when, rule.hard) for rule in english
    ]


def test_a_language_without_rules_publishes_nothing() -> None:
    (fault,) = safe_messaging.faults("Allin p'unchay.", language="quy")

    assert (fault.code, fault.hard) == ("no_rules", True)


@pytest.mark.parametrize("code", ["method", "commit", "success", "sensational", "normalising", "simple_cause", "blame"])
def test_what_may_do_harm_is_never_published(code: str) -> None:
    assert [rule.hard for _language, rule in RULES if rule.code == code] == [True, True]


@pytest.mark.parametrize("text", ["COMETIÓ suicidio", "**cometio**\nun suicidio", "cometio\u0301 suicidio"])
def test_capitals_accents_and_line_breaks_hide_nothing(text: str) -> None:
    assert "commit" in codes(text)


def test_words_of_other_matters_are_left_alone() -> None:
    assert codes("Mi tía colgó la ropa en la azotea y tomó su pastilla de la presión.") == []


def test_a_fault_says_its_line_what_was_found_and_what_to_write_instead() -> None:
    text = f"Sobre el suicidio.\n{HELP}\nFue una tragedia.\n"

    (fault,) = safe_messaging.faults(text, carried=True)

    assert (fault.line, fault.code, fault.found, fault.hard) == (3, "sensational", "tragedia", True)
    assert "con calma" in fault.instead


@pytest.mark.parametrize(
    "text",
    [
        "el suicidio",
        "ideas suicidas",
        "se quitó la vida",
        "pienso en morir",
        "autoeliminación de un escolar",
        "acabó con su vida",
        "puso fin a su vida",
        "los ahorcamientos",
        "se lanzan del puente",
        "Padre se mata y deja una carta",
        "puso fin a su existencia",
        "decidió partir antes de tiempo",
        "se lanzó desde el octavo piso",
        "took her own life",
        "killed himself",
        "ended their lives",
        "I want to die",
    ],
)
def test_a_text_on_suicide_is_known_by_its_words(text: str) -> None:
    assert safe_messaging.is_about_suicide(text)


@pytest.mark.parametrize(
    "text",
    [
        "la vida",
        "murió su abuela",
        "quitar el miedo",
        "morirse de risa",
        "se lanza el libro",
        "se colgó el cartel en la plaza",
        "se mata de risa",
        "take life as it is",
        "killing time",
    ],
)
def test_other_texts_are_not_taken_for_it(text: str) -> None:
    assert not safe_messaging.is_about_suicide(text)


def test_a_text_on_suicide_that_leaves_the_site_must_carry_the_sentence() -> None:
    text = f"Hablemos del suicidio. {HELP}"

    assert codes(text, carried=False) == ["no_sentence"]
    assert codes(f"{text} {MANDATORY_SENTENCE}", carried=False) == []


def test_a_page_need_not_write_the_sentence_since_the_site_adds_it() -> None:
    assert codes(f"Hablemos del suicidio. {HELP}", carried=True) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("evitarse", "evitarse siempre"), ("gratis ", ""), (" Aquí estamos para ayudarte", "")],
)
def test_a_changed_sentence_is_found_even_where_the_site_adds_it(before: str, after: str) -> None:
    changed = MANDATORY_SENTENCE.replace(before, after)
    assert changed != MANDATORY_SENTENCE

    assert codes(changed, carried=True) == ["sentence_changed"]


def test_the_sentence_may_be_broken_into_lines_and_quoted() -> None:
    assert codes("> " + MANDATORY_SENTENCE.replace(" ", "\n> "), carried=False) == []


def test_a_text_on_suicide_says_where_help_is() -> None:
    assert codes("Hablemos del suicidio.") == ["no_help"]
    assert codes("Hablemos del suicidio. [Escríbenos](/hablar/).") == []


def test_a_text_on_something_else_needs_neither() -> None:
    assert safe_messaging.faults("Conversar alivia.") == []


@pytest.mark.parametrize("text", ["", "[[rules]]\n", 'rules = "x"', "rules = [\n", '[[rules]]\nwords = ["("]'])
def test_a_broken_file_of_rules_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reglas.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RulesProblem, match=r"^reglas\.toml "):
        safe_messaging.rules(path)


def test_a_fault_is_hard_unless_a_rule_says_otherwise() -> None:
    assert Fault(1, "no_help", "", "").hard
    assert [fault.hard for fault in safe_messaging.faults("Los pacientes llaman!")] == [False, False]
