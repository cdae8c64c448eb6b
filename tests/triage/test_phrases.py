"""The phrase guard reads people as they write: who, what, to whom, when, and whether they deny it."""

import itertools
import random
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import lexicon, phrases
from triage.phrases import Reading, read

PHRASES = phrases.in_force()
NAMES = (
    "morirme",
    "matarme",
    "no",
    "nunca",
    "me",
    "quiero",
    "voy a",
    "hijo",
    "mi",
    "pastillas",
    "risa",
    "ya",
    "de",
    ".",
)


def codes(text: str) -> set[str]:
    return set(read(text).codes)


# Negation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "no me quiero morir",
        "nunca me suicidaría",
        "no pienso matarme, solo estoy triste",
        "jamás he pensado en matarme",
    ],
)
def test_a_true_no_raises_nothing_and_hides_nothing(text: str) -> None:
    reading = read(text)
    assert reading.level is None
    assert reading.codes == ()
    assert [match.negated for match in reading.matches] == [True] * len(reading.matches) != []


@pytest.mark.parametrize(
    "text",
    [
        "no voy a negar que quiero matarme",
        "no puedo dejar de pensar en matarme",
        "no es que no me quiera matar",
        "no, me quiero matar",
        "no me importa, me quiero matar",
        "no quiero vivir",
        "no sé si quiero vivir",
    ],
)
def test_a_no_that_denies_something_else_or_itself_denies_nothing(text: str) -> None:
    assert read(text).level is not None


# Idioms and topics --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["risa", "hambre", "sueño", "frío", "la vergüenza", "ganas de verte", "curiosidad"])
@pytest.mark.parametrize("start", ["me muero de", "me quiero morir de", "me estoy muriendo de"])
def test_an_idiom_goes_with_its_complement_alone(start: str, rest: str) -> None:
    assert read(f"{start} {rest}").level is None
    assert read(f"{start} {rest}, pero también me quiero morir de verdad").level == "B"


@pytest.mark.parametrize(
    "text",
    [
        "tengo que hacer una monografía sobre el suicidio",
        "me mataron en el free fire",
        "perdió Perú, me quiero matar",
        "en la película el protagonista se suicida",
        "mi mamá me va a matar por mis notas",
    ],
)
def test_homework_games_football_films_and_marks_are_no_danger(text: str) -> None:
    assert read(text).level is None


@pytest.mark.parametrize(
    "text",
    ["hago una monografía sobre el suicidio porque quiero suicidarme", "perdió Perú, me quiero matar, no es broma"],
)
def test_a_topic_does_not_hide_who_speaks_of_themselves(text: str) -> None:
    assert read(text).level == "B"


# Time and person ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("acabo de tomar un montón de pastillas", "A", "S5"),
        ("hace dos semanas me tomé un montón de pastillas", "B", "S5"),
        ("hace veinte años me tomé un montón de pastillas", "C", "S5P"),
        ("hace un mes intenté matarme", "B", "S5"),
        ("hace diez años intenté matarme", "C", "S5P"),
        ("el año pasado pensaba en matarme pero ya no", "D", "PAST"),
        ("hace años intenté matarme y otra vez lo pienso", "B", "S5"),
    ],
)
def test_when_it_was_decides_how_urgent_it_is(text: str, level: str, code: str) -> None:
    reading = read(text)
    assert reading.level == level
    assert code in reading.codes


def test_what_is_past_is_marked_so() -> None:
    assert [match.past for match in read("el año pasado pensaba en matarme pero ya no").matches] == [True]


def test_being_better_hides_no_wish_of_today() -> None:
    assert read("antes quería matarme, ya estoy mejor, pero hoy me quiero morir").level == "B"


@pytest.mark.parametrize("who", ["mi hijo", "mi mejor amiga", "mi vecino", "una chica de mi salón"])
def test_somebody_else_at_risk_is_told_apart(who: str) -> None:
    assert codes(f"{who} dice que se quiere matar") == {"T"}
    assert read(f"{who} dice que se va a matar hoy").level == "B"


# What is told -------------------------------------------------------------------------------------------------------


def test_the_matched_words_are_shown_as_they_were_written() -> None:
    text = "hola 😔 ia no puedo, KIERO M4T4RM3 hoy"
    match = next(match for match in read(text).matches if match.code == "S2")
    assert "M4T4RM3" in match.text
    assert text[match.start : match.end] == match.text
    assert match.es.endswith(".")


def test_the_most_urgent_code_comes_first() -> None:
    reading = read("me siento muy sola y me quiero matar")
    assert reading.level == "B"
    assert reading.codes[0] == "S2"
    assert "D" in reading.codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("te voy a matar me dijo mi ex y está afuera con un cuchillo", ("T", "V")),
        ("me tiré a un carro", ("S2", "S5")),
        ("he tenido ideas de ahorcarme en mi cuarto", ("S2", "S3")),
        ("el viernes voy a acabar con todo, ya le puse fecha", ("S2", "S4")),
    ],
)
def test_what_is_as_urgent_and_as_long_always_comes_in_the_same_order(text: str, codes: tuple[str, ...]) -> None:
    assert read(text).codes == codes


def test_of_two_readings_of_the_same_words_the_one_of_today_counts() -> None:
    (match,) = read("anoche me corté las venas pero mi hermana llegó").matches
    assert not match.past


@pytest.mark.parametrize(
    "text", ["me quiero matar", "tengo un plan para matarme", "me corto los brazos", "quiero morir"]
)
def test_an_emergency_is_an_act_under_way_and_nothing_less(text: str) -> None:
    assert read(text).level in {"B", "C"}


@pytest.mark.parametrize(
    ("text", "code"), [("ñuqa manan allinchu kachkani", "QU"), ("nayax janiw walikiti, yanapt'ita", "AY")]
)
def test_another_language_is_at_least_urgent(text: str, code: str) -> None:
    reading = read(text)
    assert reading.codes == (code,)
    assert reading.level == "C"


@pytest.mark.parametrize("text", ["", "   ", "hola", "¿atienden los domingos?", "👍", "gracias, chau"])
def test_what_says_nothing_fires_nothing(text: str) -> None:
    assert read(text) == Reading(None, (), ())


# It only ever raises ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", ["Gracias por escucharme.", "Vivo en Lima con mi tía.", "Me gusta el cine."])
@pytest.mark.parametrize(("name", "text", "level", "fires"), [one for one in lexicon.examples(PHRASES.file) if one[3]])
def test_more_words_around_lower_nothing(name: str, text: str, level: str, fires: bool, rest: str) -> None:  # noqa: FBT001
    read_as = read(f"{text}. {rest}").level
    assert fires
    assert read_as is not None, name
    assert read_as <= level, name


# Any text, and fast -------------------------------------------------------------------------------------------------


def holds(text: str) -> None:
    """Assert what holds of every reading."""
    reading = read(text)
    told = [match for match in reading.matches if not match.negated]
    assert reading.level == min((match.level for match in told), default=None)
    assert set(reading.codes) == {match.code for match in told}
    assert all(text[match.start : match.end] == match.text != "" for match in reading.matches)
    assert len(reading.matches) <= phrases.MOST_PLACES + len(PHRASES.tongues)


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    holds(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(NAMES), max_size=80))
def test_any_heap_of_the_words_that_matter_is_read(words: list[str]) -> None:
    holds(" ".join(words))


#: While each line is traced for coverage, beside other tests, time means less: only a blow-up is found then.
SLACK = 8 if sys.gettrace() else 1


def seconds(do: Callable[[], object], times: int = 5) -> float:
    """Return the time of this process that something takes, at its best."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        do()
        taken.append(time.process_time() - start)
    return min(taken)


def milliseconds(text: str, times: int) -> float:
    """Return what a reading takes, as it would be on a machine that counts to 33,000 in one millisecond."""
    taken, counted = [], []
    for _ in range(5):
        taken.append(seconds(lambda: read(text), times // 5))
        counted.append(seconds(lambda: sum(number for number in range(33_000)), 5))
    return min(taken) / min(counted)


@pytest.mark.parametrize(
    "again",
    [
        "a", "no ", "me quiero ", "me quiero morir ", "mi hijo ", "me tomé todas las pastillas ", "a ", "s u ", "😂",
        ".", "¿", "no me quiero matar. ", "x1", "Ñ́", "(", "me muero de risa ", "-", "a.", "quieromorir ", "\n", "ñuqa ",
    ],
)  # fmt: skip
def test_four_thousand_letters_of_anything_take_twenty_milliseconds(again: str) -> None:
    text = (again * 4000)[:4000]
    assert milliseconds(text, times=10) <= 20 * SLACK


def test_a_message_of_sixty_words_takes_one_or_two_milliseconds() -> None:
    text = (
        "hola no sé si esto funciona, mira yo trabajo en un call center en la molina, tengo a mi gato, mi mamá está "
        "bien de salud, mi jefe es buena gente, o sea no me falta nada, y justo por eso me da roche decirlo pero en "
        "las mañanas cuando suena la alarma lo primero que pienso es qué pena que sigo viva y me quiero morir"
    )
    assert 55 <= len(text.split()) <= 75
    assert milliseconds(text, times=50) <= 3 * SLACK


def test_time_grows_with_the_length_alone() -> None:
    chance = random.Random(7)  # noqa: S311
    words = [*itertools.chain.from_iterable(name.split() for name in NAMES)]
    short, long = (" ".join(chance.choice(words) for _ in range(count)) for count in (100, 800))
    assert seconds(lambda: read(long)) <= seconds(lambda: read(short)) * 8 * 6 + 0.005
