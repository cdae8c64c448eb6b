"""The organisations of the alliance: known facts with a source, their own words only once they said them themselves."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from campaign import content, partners, safe_messaging
from campaign.page_file import ContentProblem

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("plain_static_names")]

PAGE = "/campana/quienes-somos/"
WORDS = "Acompañamos a jóvenes que dudan en pedir ayuda."
WANTED = "Sus propias palabras todavía no están aquí."
Fill = Callable[..., None]


@pytest.fixture
def fill(own_texts: Path) -> Iterator[Fill]:
    """Return a function by which a communicator fills in what the first organisation said."""

    def write(**answers: str) -> None:
        path = own_texts / partners.FILE
        first, mark, others = path.read_text(encoding="utf-8").partition('[[organisations]]\nname = "Dando+"')
        for name, answer in answers.items():
            assert f'{name} = "todavía no"' in first
            first = first.replace(f'{name} = "todavía no"', f'{name} = "{answer}"')
        path.write_text(first + mark + others, encoding="utf-8")
        partners.listed.cache_clear()

    partners.listed.cache_clear()
    yield write
    partners.listed.cache_clear()


def shown(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


SAID = {"words": WORDS, "said_by": "Inés Ríos, directora, 2026-12-01", "seen_by": "Ana Pérez, 2026-12-02"}


def test_the_page_names_the_alliance_of_the_front_page_and_says_whose_words_are_missing(client: Client) -> None:
    assert [one.name for one in partners.partners()] == list(content.front().partners)
    assert shown(client).count(WANTED) == 4
    assert "Trabaja contra el estigma desde 2014." in shown(client)


def test_nothing_is_known_of_an_organisation_without_a_source() -> None:
    assert [one.name for one in partners.listed() if one.known and not one.source] == []


def test_an_organisations_own_words_are_shown_with_who_said_them(client: Client, fill: Fill) -> None:
    fill(**SAID)

    assert WORDS in shown(client)
    assert "Inés Ríos, directora, 2026-12-01" in shown(client)
    assert shown(client).count(WANTED) == 3


@pytest.mark.parametrize(
    ("name", "answer"),
    [("said_by", "Inés Ríos"), ("said_by", "Inés Ríos, directora, 2026-13-01"), ("seen_by", ""), ("words", "a" * 601)],
)
def test_words_that_nobody_answers_for_are_not_shown(client: Client, fill: Fill, name: str, answer: str) -> None:
    fill(**{**SAID, name: answer})

    assert WORDS not in shown(client)
    assert shown(client).count(WANTED) == 4


def test_words_that_do_harm_are_not_shown_whoever_said_them(client: Client, fill: Fill) -> None:
    fill(**{**SAID, "words": "Una epidemia de suicidios."})

    assert "epidemia" not in shown(client)


def test_words_on_suicide_bring_the_sentence_of_the_law(client: Client, fill: Fill) -> None:
    assert not safe_messaging.carries_sentence(shown(client))
    fill(**{**SAID, "words": "Hablamos del suicidio en los colegios."})

    assert safe_messaging.carries_sentence(shown(client))


def test_the_check_says_what_to_ask_of_whom(capsys: pytest.CaptureFixture[str], fill: Fill) -> None:
    fill(words=WORDS)
    call_command("check_campaign", "--waiting")
    told = [line for line in capsys.readouterr().out.splitlines() if "DeMentes: falta" in line]

    assert len(told) == 2
    assert 'said_by = "Nombre, cargo, 2026-12-01"' in told[0]


@pytest.mark.parametrize("broken", ["[[organisations]]\nname = 3", "no", '[[organisations]]\nname = "x"'])
def test_a_file_that_cannot_be_read_takes_no_page_away(client: Client, own_texts: Path, broken: str) -> None:
    (own_texts / partners.FILE).write_text(broken, encoding="utf-8")
    partners.listed.cache_clear()
    try:
        with pytest.raises(ContentProblem, match="organizaciones"):
            partners.listed()
        assert "Ahora no podemos mostrarlas." in shown(client)
    finally:
        partners.listed.cache_clear()
