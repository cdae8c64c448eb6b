"""Supervision and colleagues in a real browser: what the board tells, a talk, words said before or given back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.callers import Watch
from tests.browser.desks import WIDTHS, is_sound
from tests.browser.test_circles import found, join, say
from tests.running_line import LightLine, RunningLine, own_databases

#: More than one page shows.
MANY_WORDS = """
import uuid
from reflection import speaking
from reflection.models import Circle, Membership
seat = Membership.objects.get(circle__name="Lo dicho antes", leads=True)
for number in range(130):
    assert not speaking.say(seat.member, seat.circle_id, str(uuid.uuid4()), f"palabra {number}.").code
"""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """Serve a line of its own."""
    with LightLine(tmp_path_factory.mktemp("colleagues"), **own_databases()) as running:
        yield running


def test_supervision_hears_on_the_board_and_talks_where_the_other_is(sign_in: Any, line: RunningLine) -> None:
    rosa: Page = sign_in("rosa@demo.pe")
    rosa.goto("/reflexion/")
    rosa.get_by_role("button", name="Pedir un colega").click()
    rosa.goto("/reflexion/despues/")
    rosa.get_by_role("button", name="Conversar con supervisión").click()
    carmen: Page = sign_in("supervisora@demo.pe")
    watch = Watch(carmen, line)
    carmen.goto("/supervision/")
    expect(carmen.locator("#reflection")).to_contain_text("Rosa quisiera conversar con un colega.")
    is_sound(carmen, *WIDTHS)
    carmen.locator("#talks").get_by_role("link", name=re.compile("Rosa")).click()
    carmen.get_by_role("button", name=re.compile("Me ocupo")).click()
    is_sound(carmen, *WIDTHS)
    carmen.get_by_role("link", name=re.compile("Ir a la conversación")).click()
    say(carmen, "Aquí estoy.")
    rosa.reload()
    rosa.get_by_role("link", name="Ir a la conversación").evaluate("one => one.removeAttribute('target')")
    rosa.get_by_role("link", name="Ir a la conversación").click()
    expect(rosa.locator("#log li", has_text="Aquí estoy.")).to_contain_text("Carmen")
    assert watch.problems == []


def test_what_was_said_before_is_put_in_front_and_what_is_being_written_stays(sign_in: Any, line: RunningLine) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    path = found(carmen, "Lo dicho antes")
    done = line.command("shell", "-c", MANY_WORDS)
    assert done.returncode == 0, done.stderr
    watch = Watch(carmen, line)
    carmen.goto(path)
    rows = carmen.locator("#log li")
    expect(rows).to_have_count(100)
    carmen.get_by_label("Lo que quieres decir").fill("A medias")
    carmen.get_by_role("link", name="Ver lo anterior").click()
    expect(rows).to_have_count(130)
    expect(rows.first).to_contain_text("palabra 0.")
    expect(carmen.get_by_role("link", name="Ver lo anterior")).to_have_count(0)
    expect(carmen.get_by_label("Lo que quieres decir")).to_have_value("A medias")
    is_sound(carmen, *WIDTHS)
    say(carmen, "Lo último.")
    expect(rows.last).to_contain_text("Lo último.")
    carmen.goto(f"{path}?antes=31")
    is_sound(carmen, *WIDTHS)
    carmen.get_by_role("link", name="Volver a lo último").click()
    expect(carmen.locator("#composer")).to_be_visible()
    assert watch.problems == []


def test_who_is_taken_out_has_all_their_words_back_also_refused_ones(sign_in: Any) -> None:
    carmen: Page = sign_in("supervisora@demo.pe")
    path = found(carmen, "Domingo de pausa")
    rosa: Page = sign_in("rosa@demo.pe")
    join(rosa, path)
    long = "Muy largo. " * 400
    rosa.get_by_label("Lo que quieres decir").fill(long)
    rosa.get_by_role("button", name="Decir").click()
    expect(rosa.get_by_role("button", name="Volver a ponerlo en la caja")).to_be_visible()
    rosa.get_by_label("Lo que quieres decir").fill("Una cosa más")
    rosa.get_by_role("textbox", name="Tu nota para ti").fill("Respirar.")

    carmen.goto(f"{path}conducir/")
    carmen.get_by_text("Sacar del círculo Rosa").click()
    carmen.get_by_role("button", name="Sí, sacar a Rosa").click()
    expect(rosa.locator("#signal")).to_contain_text("Ya no estás en este círculo")
    expect(rosa.get_by_label("Lo que quieres decir")).to_have_value(f"Una cosa más\n{long.strip()}")
    rosa.get_by_role("button", name="Guardar la nota").click()
    expect(rosa.locator("[data-note-status]")).to_contain_text("la nota no se guardó. Cópiala si la quieres.")
    expect(rosa.get_by_role("textbox", name="Tu nota para ti")).to_have_value("Respirar.")
