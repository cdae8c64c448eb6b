"""A caller's journey in each language, on a phone: the switch, what was typed, the line's own words, reading aloud."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hotline.language_list import LANGUAGES
from tests.browser.callers import Watch
from tests.browser.test_caller_pages import CONVERSATION_WEIGHS, faults_of, weight_of
from tests.running_line import RunningLine

LARGER = [code for code, _name in LANGUAGES if code != "es-pe"]
#: Voices as a browser names them: one on the device, one that would send the words away.
VOICES = """
  const said = window.said = [];
  speechSynthesis.getVoices = () => [{lang: "es-419", localService: true}, {lang: "en-US", localService: false}];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  speechSynthesis.speak = (words) => said.push([words.lang, words.text]);
"""


def walk_to_the_room(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/hablar/")
    page.locator("#agree-form button[value=agree]").click()
    page.locator("#words").fill("hola desde aquí")
    page.locator("#questions-form button[value=answer]").click()
    page.locator("#log li[data-seq]", has_text="hola desde aquí").wait_for()


@pytest.mark.parametrize("code", LARGER)
def test_the_journey_goes_in_each_language_and_can_be_used_by_everybody(
    open_page: Any, line: RunningLine, code: str
) -> None:
    page = open_page(f"/{code}/")
    watch = Watch(page, line)
    faults = {"front": faults_of(page, watch)}
    for name, step in (("consent", f"/{code}/hablar/"), ("places", f"/{code}/recursos/")):
        page.goto(step)
        faults[name] = faults_of(page, watch)
    walk_to_the_room(page, f"/{code}")
    page.wait_for_load_state("networkidle")
    faults["room"] = faults_of(page, watch)

    assert {name: found for name, found in faults.items() if found} == {}
    assert page.url.endswith(f"/{code}/hablar/")
    assert page.locator("html").get_attribute("lang") == ("en" if code == "en" else "es-PE")


def test_what_stands_in_the_box_comes_along_into_the_other_language(open_page: Any) -> None:
    page = open_page("/hablar/")
    walk_to_the_room(page, "")
    page.get_by_label("Tu mensaje").fill("a medio escribir")
    page.get_by_role("navigation", name="Idioma").get_by_role("button", name="English").click()

    expect(page.get_by_label("Your message")).to_have_value("a medio escribir")
    expect(page.locator("#log li[data-seq]")).to_have_count(1)
    page.get_by_role("button", name="Send").click()
    page.locator("#log li[data-seq]").nth(1).wait_for()


def test_what_is_typed_into_the_questions_comes_along_without_javascript(open_page: Any) -> None:
    page = open_page("/hablar/", java_script_enabled=False)
    page.get_by_role("button", name="Acepto y quiero conversar").click()
    page.locator("#words").fill("lo que me trae")
    page.get_by_role("button", name="English").click()

    expect(page.locator("#words")).to_have_value("lo que me trae")
    expect(page.get_by_role("heading", level=1)).to_have_text("A few short questions")


def test_the_enter_key_does_what_it_did_and_changes_no_language(open_page: Any) -> None:
    page = open_page("/en/volver/")
    page.get_by_label("Your code").fill("uno dos tres")
    page.get_by_label("Your code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That does not look like a code.")
    page.goto("/en/hablar/")
    page.get_by_role("checkbox").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("A few short questions")
    page.get_by_role("radio").first.press("Enter")
    expect(page.locator("#room")).to_be_visible()


def test_the_line_speaks_live_in_the_language_of_the_page(open_page: Any) -> None:
    page = open_page("/en/hablar/")
    walk_to_the_room(page, "/en")
    page.get_by_role("button", name="I feel worse: I am in danger").click()

    expect(page.locator("#log")).to_contain_text("Thank you for telling us. If your life is in danger now, call 106")


def test_a_page_is_read_aloud_by_a_voice_of_the_device_alone(open_page: Any) -> None:
    page = open_page("/healthz")
    page.add_init_script(VOICES)
    page.goto("/en/hablar/")
    expect(page.locator(".aloud")).to_be_hidden()  # the only English voice is elsewhere
    page.goto("/hablar/")
    page.get_by_role("button", name="Leer en voz alta").click()
    said = page.evaluate("window.said")

    assert ["es-PE", "Estamos aquí para escucharte"] in said
    assert {language for language, _text in said} == {"es-PE"}
    assert page.get_by_role("button", name="Leer en voz alta").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Leer en voz alta").click()
    assert page.get_by_role("button", name="Leer en voz alta").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("path", ["/hablar/", "/en/hablar/", "/quy/hablar/"])
def test_the_first_page_of_a_conversation_stays_light_in_each_language(open_page: Any, path: str) -> None:
    weighs = weight_of(open_page("/healthz"), path)

    assert sum(weighs.values()) <= CONVERSATION_WEIGHS, weighs
