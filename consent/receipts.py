"""Builds the receipt a caller can keep: a page, a plain file, and JSON in the terms of ISO/IEC TS 27560:2023."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import texts
from consent.models import ConsentReceipt

SCHEMA = "ISO/IEC TS 27560:2023"
RETENTION = "P30D"  # ISO 8601; what the text of 2026-1 says of a caller's words
WITHDRAWN_AT = "/hablar/"


def _text_of(receipt: ConsentReceipt) -> texts.ConsentText:
    return texts.read(receipt.language, receipt.version)


def _labels(receipt: ConsentReceipt) -> dict[str, str]:
    return {purpose.code: purpose.label for purpose in _text_of(receipt).purposes}


def _decided(receipt: ConsentReceipt) -> dict[str, str]:
    """Return where each purpose stands now: its last decision."""
    return {decision.purpose: decision.decision for decision in receipt.decisions.all()}


def _events(receipt: ConsentReceipt, labels: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "purpose": decision.purpose,
            "purpose_description": labels.get(decision.purpose, decision.purpose),
            "state": decision.decision,
            "at": decision.at.isoformat(timespec="seconds"),
        }
        for decision in receipt.decisions.all()
    ]


def as_json(receipt: ConsentReceipt) -> dict[str, Any]:
    """Return the receipt with every field that the specification makes mandatory."""
    labels, who = _labels(receipt), texts.controller()
    return {
        "schema_version": SCHEMA,
        "record_id": str(receipt.pk),
        "receipt_id": str(receipt.pk),
        "pii_principal_id": str(receipt.principal),
        "privacy_notice": {
            "title": _text_of(receipt).title,
            "version": receipt.version,
            "sha256": receipt.digest,
            "url": settings.ORIGINS[0] + WITHDRAWN_AT,
        },
        "language": receipt.language,
        "jurisdiction": "PE",
        "purposes": [
            {"purpose": code, "description": labels.get(code, code), "lawful_basis": "consent", "state": state}
            for code, state in _decided(receipt).items()
        ],
        "pii_categories": ["health", "emotional life", "messages"],
        "pii_controllers": [{"name": who["name"], "address": who["address"], "contact": who["contact"]}],
        "storage_locations": [who["hosted_in"]],
        "retention_period": RETENTION,
        "recipients": ["volunteer", "supervisor"],
        "withdrawal_method": {"url": settings.ORIGINS[0] + WITHDRAWN_AT, "contact": who["contact"], "cost": "none"},
        "collection_method": receipt.action,
        "age_band": receipt.age_band,
        "automated_processing": "order of the queue; a person decides",
        "given_at": receipt.given_at.isoformat(timespec="seconds"),
        "state": receipt.state,
        "events": _events(receipt, labels),
    }


def page_context(receipt: ConsentReceipt) -> dict[str, Any]:
    """Return what the receipt's page shows."""
    labels = _labels(receipt)
    rows = [
        (labels.get(row.purpose, row.purpose), row.get_decision_display(), row.at) for row in receipt.decisions.all()
    ]
    return {"receipt": receipt, "rows": rows, "controller": texts.controller()}


def as_text(receipt: ConsentReceipt) -> str:
    """Return the receipt as plain lines; it says nothing of what was talked about."""
    given, labels, who = timezone.localtime(receipt.given_at), _labels(receipt), texts.controller()
    lines = [
        _("Constancia de tu acuerdo"),
        "",
        _("Número: %s") % receipt.pk,
        _("Fecha: %s") % given.strftime("%d/%m/%Y %H:%M"),
        _("Texto: «%(title)s», versión %(version)s, huella %(digest)s")
        % {"title": _text_of(receipt).title, "version": receipt.version, "digest": receipt.digest},
        "",
        *(f"- {row.get_decision_display()}: {labels.get(row.purpose, row.purpose)}" for row in receipt.decisions.all()),
        "",
        _("Responde por tus datos: %(name)s, %(address)s. Preguntas y reclamos: %(contact)s.") % who,
        _("Dónde se guardan: %s.") % who["hosted_in"],
        _("Cuánto tiempo: tus palabras, hasta 30 días después de terminar."),
        _("Quién lo lee: la persona voluntaria que te acompaña y, si hace falta, quien la supervisa."),
        _("Puedes retirarlo cuando quieras, gratis y sin dar motivos: en %(url)s o escribiendo a %(contact)s.")
        % {"url": settings.ORIGINS[0] + WITHDRAWN_AT, "contact": who["contact"]},
    ]
    return "\n".join(str(line) for line in lines) + "\n"
