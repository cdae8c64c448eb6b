"""Giving and withdrawing consent."""

import pytest
from django.db.models import ProtectedError

from consent import actions, texts
from consent.errors import AppendOnly
from consent.models import ConsentDecision, ConsentReceipt

pytestmark = pytest.mark.django_db(databases="__all__")

REQUIRED = {"listen": True, "supervision": True}


def agreed(**decisions: bool) -> ConsentReceipt:
    return actions.give(text=texts.current(), decisions=REQUIRED | decisions, age_band="14_17", action="agree_button")


def decided(receipt: ConsentReceipt) -> list[tuple[str, str]]:
    return list(receipt.decisions.values_list("purpose", "decision"))


def test_a_receipt_keeps_which_text_was_shown_and_how_it_was_accepted() -> None:
    receipt = ConsentReceipt.objects.get(pk=agreed().pk)

    assert (receipt.version, receipt.digest) == ("2026-1", texts.current().digest)
    assert (receipt.age_band, receipt.action, receipt.state) == ("14_17", "agree_button", "given")


def test_what_was_not_answered_is_kept_as_a_no() -> None:
    assert decided(agreed(training=True)) == [
        ("listen", "given"),
        ("supervision", "given"),
        ("follow_up", "denied"),
        ("training", "given"),
    ]


def test_two_callers_never_share_a_principal() -> None:
    assert agreed().principal != agreed().principal


@pytest.mark.parametrize("decisions", [{}, {"listen": True}, {"listen": True, "supervision": False}])
def test_a_missing_required_purpose_keeps_nothing(decisions: dict[str, bool]) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        actions.give(text=texts.current(), decisions=decisions, age_band="unsaid", action="agree_button")

    assert not ConsentReceipt.objects.exists()


def test_a_purpose_that_the_text_does_not_name_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        agreed(marketing=True)


@pytest.mark.parametrize("age_band", ["", "17", "UNDER_14"])
def test_an_age_band_outside_the_list_is_refused(age_band: str) -> None:
    with pytest.raises(ValueError, match=f"^{age_band}$"):
        actions.give(text=texts.current(), decisions=REQUIRED, age_band=age_band, action="agree_button")


def test_withdrawing_takes_back_only_what_had_been_given() -> None:
    receipt = agreed(training=True)
    actions.withdraw(receipt)

    assert decided(receipt)[4:] == [("listen", "withdrawn"), ("supervision", "withdrawn"), ("training", "withdrawn")]
    receipt.refresh_from_db()
    assert receipt.state == "withdrawn"


def test_withdrawing_twice_adds_nothing_to_the_proof() -> None:
    receipt = agreed()
    actions.withdraw(receipt)
    before = decided(receipt)
    actions.withdraw(receipt)

    assert decided(receipt) == before


def test_a_decision_is_neither_changed_nor_deleted() -> None:
    decision = agreed().decisions.all()[0]

    for forbidden in (decision.save, decision.delete, ConsentDecision.objects.all().delete):
        with pytest.raises(AppendOnly):
            forbidden()
    with pytest.raises(AppendOnly):
        ConsentDecision.objects.update(decision="denied")


def test_a_receipt_with_decisions_cannot_be_deleted() -> None:
    receipt = agreed()

    with pytest.raises(ProtectedError):
        receipt.delete()
