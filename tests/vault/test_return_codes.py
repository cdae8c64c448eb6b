"""Return codes: seven words or the same number in letters, forgiving to type, known again in a text."""

import hashlib
import unicodedata

import pytest

from vault import return_codes
from vault.return_codes import ReturnCode, fresh, holds_one, read

CODE = ReturnCode(123_456_789_012_345_678_901)


def bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def test_the_list_is_the_one_that_codes_out_there_are_made_of() -> None:
    raw = return_codes.LIST.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == "859fcdd4b09ac79a977b2f86a4ecc1644262c06eb633ec7e087b4038a4e412d1"
    words = raw.decode().split()
    assert len(words) == len(set(words)) == 1674
    assert len({bare(word)[:4] for word in words}) == len(words)
    assert 1674**7 > 2**74


@pytest.mark.parametrize("number", [0, 1, 1674**7 - 1, CODE.number])
def test_both_forms_are_the_same_code(number: int) -> None:
    code = ReturnCode(number)
    assert len(code.words.split()) == 7
    assert [len(group) for group in code.letters.split("-")] == [4, 4, 4, 4, 1]
    assert read(code.words) == read(code.letters) == code


def test_fresh_ones_differ() -> None:
    assert len({fresh().number for _turn in range(100)}) == 100


def test_it_is_forgiving_to_type() -> None:
    words = CODE.words
    for typed in (words.upper(), bare(words), words.replace(" ", ", "), words.replace(" ", "\n"), f"  {words}. "):
        assert read(typed) == CODE
    assert read(" ".join(word[:4] for word in bare(words).split())) == CODE
    letters = CODE.letters
    for typed in (letters.lower(), letters.replace("-", " "), letters.replace("-", ""), f" {letters} "):
        assert read(typed) == CODE
    assert read(letters.replace("0", "O").replace("1", "l")) == CODE


def test_what_is_none_is_none() -> None:
    words, letters = CODE.words.split(), CODE.letters
    for typed in ("", "hola", " ".join(words[:6]), " ".join([*words, "agua"]), "x" * 5_000, letters[:-1]):
        assert read(typed) is None
    wrong = [
        letters[:place] + one + letters[place + 1 :] for place in range(16) for one in "3" if letters[place] != one
    ]
    assert len([typed for typed in wrong if typed.count("-") == 4 and read(typed)]) <= 2  # one in 32 passes the check


def test_it_is_known_again_in_a_text() -> None:
    for form in (CODE.words, CODE.letters, CODE.letters.lower(), bare(CODE.words).upper()):
        assert holds_one(form)
        assert holds_one(f"mi código es {form}, ¿sirve?")
    for text in (
        "No puedo dormir desde el domingo y no sé qué hacer.",
        "Vivo en la avenida 28 de Julio 1520, mi número es 987654321 y mi DNI 12345678.",
        " ".join(CODE.words.split()[:6]),
        "ABCD EFGH JKMN PQRS T",
    ):
        assert not holds_one(text), text
