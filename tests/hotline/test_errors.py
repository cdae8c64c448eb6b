"""What went wrong is said in plain words, and every such page leads on."""

import pytest
from django.test import Client, RequestFactory

from hotline import errors

NUMBERS = ("113", "106", "100", "105", "116")

pytestmark = pytest.mark.django_db(databases="__all__")


def leads_on(page: str) -> bool:
    return 'href="/hablar/"' in page and all(f'href="tel:{number}"' in page for number in NUMBERS)


def test_an_unknown_address_leads_to_the_conversation_and_the_numbers(client: Client) -> None:
    response = client.get("/no-hay/")

    assert response.status_code == 404
    assert leads_on(response.content.decode())


@pytest.mark.parametrize(("view", "status"), [("bad_request", 400), ("forbidden", 403), ("not_found", 404)])
def test_every_error_page_leads_on(rf: RequestFactory, view: str, status: int) -> None:
    response = getattr(errors, view)(rf.get("/"), exception=ValueError())

    assert response.status_code == status
    assert leads_on(response.content.decode())


def test_a_failure_of_ours_is_owned_and_leads_on(rf: RequestFactory) -> None:
    response = errors.server_error(rf.get("/hablar/"))

    assert response.status_code == 500
    assert leads_on(response.content.decode())


def test_a_form_of_an_old_page_gives_the_words_back() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/hablar/", {"do": "say", "text": "esto me costó escribirlo"})

    assert response.status_code == 403
    page = response.content.decode()
    assert "esto me costó escribirlo" in page
    assert leads_on(page)
