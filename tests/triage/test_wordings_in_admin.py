"""The official wording in /admin/: a file is looked at before it counts, and no version is ever changed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from roster.models import Member, Role
from tests.cast import browser_of, make_member
from tests.triage.test_wordings import GOOD
from triage import wordings
from triage.models import InstrumentWording
from vault.models import Entry

pytestmark = pytest.mark.django_db(databases="__all__")

PLACE = "/admin/triage/instrumentwording/"
ADD = f"{PLACE}add/"


@pytest.fixture
def julio() -> Member:
    """Return a coordinator."""
    return make_member(Role.COORDINATOR, "Julio")


@pytest.fixture
def window(julio: Member) -> Client:
    """Return the coordinator's browser."""
    return browser_of(julio)


def send(window: Client, text: str) -> HttpResponse:
    """Send a file, as the form does."""
    return window.post(ADD, {"file": SimpleUploadedFile("phq4.toml", text.encode())})  # type: ignore[return-value]


def confirm(window: Client, page: HttpResponse) -> HttpResponse:
    """Press the button under what the file says."""
    raw = re.search(r'name="raw" value="([^"]+)"', page.content.decode())
    assert raw is not None
    return window.post(ADD, {"raw": raw[1], "confirm": "x"}, follow=True)  # type: ignore[return-value]


def test_a_file_is_shown_before_it_counts_and_kept_with_who_loaded_it(window: Client, julio: Member) -> None:
    page = send(window, GOOD)
    for words in ("PHQ-4", "versión 2026-1", "formulario de prueba", "libre", "uno", "cuatro", "Todavía no cuenta."):
        assert words in page.content.decode()
    assert wordings.wording_of("phq4", "es-PE") is None
    assert "Quedó en uso: PHQ-4, versión 2026-1." in confirm(window, page).content.decode()
    found = wordings.wording_of("phq4", "es-PE")
    assert found is not None
    assert (found.loaded_by, found.items) == (julio, ["uno", "dos", "tres", "cuatro"])
    assert found.digest == wordings.read(GOOD.encode()).digest  # byte for byte
    entry = Entry.objects.get(act="instrument.load")
    assert (entry.actor, entry.subject, entry.reason) == (str(julio.pk), "phq4", "2026-1")


def test_the_list_tells_each_version_who_loaded_it_from_where_and_which_one_is_in_use(window: Client) -> None:
    wordings.load(GOOD.encode())
    confirm(window, send(window, GOOD.replace("2026-1", "2026-2").replace('"uno"', '"UNO"')))
    listed = window.get(PLACE).content.decode()
    for words in ("2026-1", "2026-2", "Julio", "formulario de prueba", "libre"):
        assert words in listed
    assert (listed.count("icon-yes"), listed.count("icon-no")) == (1, 1)
    old, new = InstrumentWording.objects.order_by("version")
    assert "2. dos" in window.get(f"{PLACE}{old.pk}/change/").content.decode()
    assert "Cargó el texto desde un archivo." in window.get(f"{PLACE}{new.pk}/history/").content.decode()


def test_what_a_new_version_changes_is_marked(window: Client) -> None:
    wordings.load(GOOD.encode())
    page = send(window, GOOD.replace("2026-1", "2026-2").replace('"dos"', '"DOS"', 1)).content.decode()
    assert re.findall(r"<li>(\w+) <strong[^>]*>cambia", page) == ["DOS"]
    assert "versión 2026-1, del" in page


def test_no_version_is_changed_and_the_same_file_again_is_told(window: Client) -> None:
    wordings.load(GOOD.encode())
    again = send(window, GOOD)
    assert "ya está cargado" in again.content.decode()
    assert 'name="confirm"' not in again.content.decode()
    other = send(window, GOOD.replace('"uno"', '"UNO"'))
    assert other.status_code == 400
    assert "La versión 2026-1 ya se cargó con otro texto" in other.content.decode()
    row = InstrumentWording.objects.get()
    assert window.post(f"{PLACE}{row.pk}/change/", {"items": '["x"]', "version": "2"}).status_code == 403
    assert window.post(f"{PLACE}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    window.post(PLACE, {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})
    row.refresh_from_db()
    assert (row.items[0], row.version) == ("uno", "2026-1")


def test_what_was_loaded_between_the_look_and_the_yes_is_not_overwritten(window: Client) -> None:
    page = send(window, GOOD)
    wordings.load(GOOD.replace('"uno"', '"UNO"').encode())
    assert "ya se cargó con otro texto" in confirm(window, page).content.decode()
    assert InstrumentWording.objects.get().items[0] == "UNO"


def test_a_defect_is_told_in_plain_spanish_with_its_line_and_entry(window: Client) -> None:
    page = send(window, GOOD.replace('"cuatro"', '" "'))
    assert page.status_code == 400
    assert "Línea 8, «items», número 4: debe ser un texto de 1 a 1000 letras." in page.content.decode()
    assert not InstrumentWording.objects.exists()


@pytest.mark.parametrize(
    "given", [{}, {"confirm": "x"}, {"raw": "***", "confirm": "x"}, {"raw": "AAAA", "confirm": "x"}]
)
def test_a_form_that_carries_no_file_is_told_so_and_keeps_nothing(window: Client, given: dict[str, str]) -> None:
    assert window.post(ADD, given).status_code == 400
    assert not InstrumentWording.objects.exists()


def test_what_a_file_says_is_never_read_as_a_page(window: Client) -> None:
    page = send(window, GOOD.replace('"uno"', '"<script>uno</script>"'))
    confirm(window, page)
    shown = window.get(f"{PLACE}{InstrumentWording.objects.get().pk}/change/")
    for answer in (page, shown):
        assert "<script>uno" not in answer.content.decode()
        assert "&lt;script&gt;uno" in answer.content.decode()


def test_the_example_of_each_instrument_is_a_file_to_fill_in(window: Client) -> None:
    answer = window.get(f"{PLACE}ejemplo/cssrs/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cssrs.toml"'
    assert 'code = "cssrs"' in answer.content.decode()
    assert "Línea 7, «source»: todavía dice «…»" in send(window, answer.content.decode()).content.decode()
    assert window.get(f"{PLACE}ejemplo/otro/").status_code == 404
