"""The receipt the caller may keep, in its three forms."""

import json

import pytest
from django.template.loader import render_to_string
from pytest_django import Settings

from consent import actions, receipts, texts
from consent.models import ConsentReceipt

pytestmark = pytest.mark.django_db(databases="__all__")

#: What the specification makes mandatory in a record.
MANDATORY = {
    "schema_version",
    "record_id",
    "receipt_id",
    "pii_principal_id",
    "privacy_notice",
    "language",
    "purposes",
    "pii_categories",
    "pii_controllers",
    "storage_locations",
    "retention_period",
    "jurisdiction",
    "recipients",
    "withdrawal_method",
}


@pytest.fixture
def receipt() -> ConsentReceipt:
    decisions = {"listen": True, "supervision": True}
    return actions.give(text=texts.current(), decisions=decisions, age_band="unsaid", action="agree_button")


def test_the_json_has_every_mandatory_field_and_a_purpose_in_each_event(receipt: ConsentReceipt) -> None:
    told = json.loads(json.dumps(receipts.as_json(receipt)))

    assert set(told) >= MANDATORY
    assert all(told[field] for field in MANDATORY)
    assert all(told["pii_controllers"][0].values())
    assert told["withdrawal_method"]["url"].endswith("/hablar/")
    assert [event["purpose"] for event in told["events"]] == ["listen", "supervision", "follow_up", "training"]
    assert all(event["purpose_description"] != event["purpose"] for event in told["events"])


def test_the_json_names_the_controller_of_this_deployment(receipt: ConsentReceipt, settings: Settings) -> None:
    settings.CONTROLLER = {**settings.CONTROLLER, "name": "Asociación de Ensayo", "hosted_in": "Perú"}

    told = receipts.as_json(receipt)
    assert told["pii_controllers"][0]["name"] == "Asociación de Ensayo"
    assert told["storage_locations"] == ["Perú"]


def test_each_purpose_tells_where_it_stands_now(receipt: ConsentReceipt) -> None:
    def stand() -> dict[str, str]:
        return {one["purpose"]: one["state"] for one in receipts.as_json(receipt)["purposes"]}

    before = stand()
    actions.withdraw(receipt)

    assert before == {"listen": "given", "supervision": "given", "follow_up": "denied", "training": "denied"}
    assert stand() == before | {"listen": "withdrawn", "supervision": "withdrawn"}


def test_the_plain_file_says_who_answers_where_how_long_and_how_to_take_it_back(
    receipt: ConsentReceipt, settings: Settings
) -> None:
    facts = {"name": "Asociación de Ensayo", "address": "Av. Uno 1", "contact": "datos@ensayo.pe", "hosted_in": "Perú"}
    settings.CONTROLLER = settings.CONTROLLER | facts
    text = receipts.as_text(receipt)

    assert all(fact in text for fact in facts.values())
    assert "30 días" in text
    assert f"{settings.ORIGINS[0]}/hablar/" in text


def test_the_plain_file_says_each_decision_and_the_digest_of_the_text(receipt: ConsentReceipt) -> None:
    text = receipts.as_text(receipt)

    assert receipt.digest in text
    assert text.count("\n- sí: ") == 2
    assert text.count("\n- no: ") == 2


def test_a_withdrawal_is_told_in_the_receipt_with_its_time(receipt: ConsentReceipt) -> None:
    actions.withdraw(receipt)
    receipt.refresh_from_db()

    told = receipts.as_json(receipt)
    assert told["state"] == "withdrawn"
    assert told["events"][-1]["state"] == "withdrawn"
    assert told["events"][-1]["at"] >= told["events"][0]["at"]


def test_the_page_names_both_files_and_fits_what_was_decided(receipt: ConsentReceipt) -> None:
    page = render_to_string("consent/receipt.html", receipts.page_context(receipt))

    assert "constancia" in page
    assert page.count("<strong>no</strong>") == 2
