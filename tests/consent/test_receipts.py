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
    assert [event["purpose"] for event in told["events"]] == ["listen", "supervision", "follow_up", "training"]
    assert all(event["purpose_description"] != event["purpose"] for event in told["events"])


def test_the_json_names_the_controller_of_this_deployment(receipt: ConsentReceipt, settings: Settings) -> None:
    settings.CONTROLLER = {**settings.CONTROLLER, "name": "Asociación de Ensayo", "hosted_in": "Perú"}

    told = receipts.as_json(receipt)
    assert told["pii_controllers"][0]["name"] == "Asociación de Ensayo"
    assert told["storage_locations"] == ["Perú"]


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
