"""Builds the receipt a caller can keep: a page, a plain file, and JSON in the terms of ISO/IEC TS 27560:2023."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import texts
from consent.models import ConsentReceipt

SCHEMA = "ISO/IEC TS 27560:2023"


def _labels(receipt: ConsentReceipt) -> dict[str, str]:
    text = texts.read(receipt.language, receipt.version)
    return {purpose.code: purpose.label for purpose in text.purposes}


def as_json(receipt: ConsentReceipt) -> dict[str, Any]:
    """Return the receipt with every field that the specification makes mandatory."""
    labels = _labels(receipt)
    return {
        "schema_version": SCHEMA,
        "record_id": str(receipt.pk),
        "receipt_id": str(receipt.pk),
        "pii_principal_id": str(receipt.principal),
        "privacy_notice": {"version": receipt.version, "sha256": receipt.digest},
        "language": receipt.language,
        "jurisdiction": "PE",
        "pii_controllers": [{"name": settings.CONTROLLER["name"], "contact": settings.CONTROLLER["contact"]}],
        "storage_locations": [settings.CONTROLLER["hosted_in"]],
        "retention_period": "P30D",
        "pii_categories": ["health", "emotional life", "messages"],
        "recipients": ["volunteer", "supervisor"],
        "withdrawal_method": "/hablar/",
        "collection_method": receipt.action,
        "age_band": receipt.age_band,
        "automated_processing": "order of the queue; a person decides",
        "state": receipt.state,
        "events": [
            {
                "purpose": decision.purpose,
                "purpose_description": labels.get(decision.purpose, decision.purpose),
                "state": decision.decision,
                "at": decision.at.isoformat(timespec="seconds"),
            }
            for decision in receipt.decisions.all()
        ],
    }


def page_context(receipt: ConsentReceipt) -> dict[str, Any]:
    """Return what the receipt's page shows."""
    labels = _labels(receipt)
    rows = [
        (labels.get(row.purpose, row.purpose), row.get_decision_display(), row.at) for row in receipt.decisions.all()
    ]
    return {"receipt": receipt, "rows": rows, "controller": settings.CONTROLLER}


def as_text(receipt: ConsentReceipt) -> str:
    """Return the receipt as plain lines; it says nothing of what was talked about."""
    given = timezone.localtime(receipt.given_at)
    lines = [
        _("Constancia de tu acuerdo"),
        "",
        _("Número: %s") % receipt.pk,
        _("Fecha: %s") % given.strftime("%d/%m/%Y %H:%M"),
        _("Texto: versión %(version)s, huella %(digest)s") % {"version": receipt.version, "digest": receipt.digest},
        "",
    ]
    labels = _labels(receipt)
    lines += [
        f"- {row.get_decision_display()}: {labels.get(row.purpose, row.purpose)}" for row in receipt.decisions.all()
    ]
    lines += ["", _("Puedes retirarlo cuando quieras, gratis y sin dar motivos.")]
    return "\n".join(str(line) for line in lines) + "\n"
