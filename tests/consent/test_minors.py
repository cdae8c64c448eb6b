"""A minor is never turned away: the band is asked, nothing is closed, and the youngest are seen sooner."""

import pytest
from django.test import Client

from consent.models import AgeBand, ConsentReceipt
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize("band", AgeBand.values)
def test_every_age_band_leads_to_the_queue(client: Client, band: str) -> None:
    client.post("/hablar/", {"do": "agree", "age_band": band})
    client.post("/hablar/", {"do": "skip"})

    assert Contact.objects.get().state == "waiting"
    assert ConsentReceipt.objects.get().age_band == band


def test_below_fourteen_nobody_waits_below_level_c(client: Client) -> None:
    client.post("/hablar/", {"do": "agree", "age_band": "under_14"})
    client.post("/hablar/", {"do": "skip"})

    assert Contact.objects.get().urgency == "C"


def test_no_date_of_birth_and_no_document_is_asked_for(client: Client) -> None:
    page = client.get("/hablar/").content.decode()

    assert 'type="date"' not in page
    assert 'type="number"' not in page
    assert all(word not in page for word in ("DNI", "nacimiento", "apoderado"))


def test_an_unknown_band_is_answered_in_words_and_loses_nothing(client: Client) -> None:
    response = client.post("/hablar/", {"do": "agree", "age_band": "17"})

    assert response.status_code == 400
    assert "Elige una de las edades" in response.content.decode()
    assert not ConsentReceipt.objects.exists()
