"""The picture that goes with a shared link: ours, small, with the sentence of the law for a text on suicide."""

import io

import pytest
from PIL import Image

from campaign import cards, content, page_file

LARGEST = 30_000  # bytes


@pytest.mark.parametrize("slug", content.pages())
def test_the_picture_of_every_page_has_the_size_that_networks_show_and_is_small(slug: str) -> None:
    written = cards.of_page(content.pages()[slug])

    with Image.open(io.BytesIO(written)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(written) <= LARGEST


def test_the_picture_of_a_text_on_suicide_is_drawn_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    below: list[str] = []

    def drawn(_title: str, _summary: str, foot: str) -> bytes:
        below.append(foot)
        return b""

    monkeypatch.setattr(cards, "drawn", drawn)
    pages = content.pages()
    cards.of_page(pages["hombres"])
    cards.of_page(pages["quienes-somos"])

    assert below == [pages["hombres"].sentence, cards.FOOTS["es-PE"]]


def test_the_longest_words_a_head_may_hold_still_fit_above_the_sentence() -> None:
    title = "Manera " * (page_file.LONGEST_TITLE // 7)
    summary = "Manera " * (page_file.LONGEST_SUMMARY // 7)
    foot = content.pages()["hombres"].sentence
    with Image.open(io.BytesIO(cards.drawn(title, summary, foot))) as picture:
        above_the_sentence = picture.convert("RGB").crop((0, 418, cards.WIDTH, 438))

    assert len(above_the_sentence.getcolors() or ()) == 1


@pytest.mark.parametrize("letters", ["áéíóúüñ", "ÁÉÍÓÚÜÑ", "¿¡«»–…·"])
@pytest.mark.parametrize("weight", ["regular", "semibold"])
def test_the_letters_of_spanish_are_in_the_fonts(weight: str, letters: str) -> None:
    font = cards._font(weight, 40)  # what a picture is written with
    missing = font.getmask("\u4e00").getbbox(), font.getlength("\u4e00")

    assert [one for one in letters if (font.getmask(one).getbbox(), font.getlength(one)) == missing] == []
