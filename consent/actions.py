"""The verbs of consent: give and withdraw."""

from django.db import transaction
from django.utils import timezone

from consent.models import AgeBand, ConsentDecision, ConsentReceipt, ReceiptState
from consent.texts import ConsentText

Decision = ConsentDecision.Decision


@transaction.atomic
def give(*, text: ConsentText, decisions: dict[str, bool], age_band: str, action: str) -> ConsentReceipt:
    """Keep what a caller agreed to; ``decisions`` is purpose code → yes or no.

    Raises ValueError for an unknown age band, an unknown purpose, or a required purpose that was denied.
    """
    if age_band not in AgeBand.values:
        raise ValueError(age_band)
    known = {purpose.code: purpose for purpose in text.purposes}
    if set(decisions) - set(known) or not all(decisions.get(code) for code, one in known.items() if one.required):
        message = "these decisions do not fit the text"
        raise ValueError(message)
    now = timezone.now()
    receipt = ConsentReceipt.objects.create(
        version=text.version,
        language=text.language,
        digest=text.digest,
        age_band=age_band,
        given_at=now,
        action=action,
    )
    ConsentDecision.objects.bulk_create(
        ConsentDecision(
            receipt=receipt,
            purpose=code,
            decision=Decision.GIVEN if decisions.get(code) else Decision.DENIED,
            at=now,
        )
        for code in known
    )
    return receipt


@transaction.atomic
def withdraw(receipt: ConsentReceipt) -> None:
    """Take the consent back for every purpose; withdrawing twice changes nothing."""
    changed = ConsentReceipt.objects.filter(pk=receipt.pk, state=ReceiptState.GIVEN).update(
        state=ReceiptState.WITHDRAWN
    )
    if changed:
        now = timezone.now()
        given = receipt.decisions.filter(decision=Decision.GIVEN).values_list("purpose", flat=True)
        ConsentDecision.objects.bulk_create(
            ConsentDecision(receipt=receipt, purpose=code, decision=Decision.WITHDRAWN, at=now) for code in list(given)
        )
