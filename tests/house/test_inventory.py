"""Every column that could hold words is sealed, or stands here with the reason why it may be read."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from cases.models import Case, Note
from triage.models import Contact
from vault.fields import SealedField

WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
#: Reason → columns in the clear. Never a column that a caller or a note fills with words.
CLEAR = {
    "sealed by the vault under another name of column": """
        vault_sharewrap.sealed_share vault_circlewrap.sealed_seed vault_seedenvelope.sealed_seed
        vault_quorumenvelope.sealed_seed
        vault_datakey.sealed_share keystore_epochkey.sealed_key keystore_keyshare.sealed_share mfa_authenticator.data
        django_session.session_data training_practice.secret roster_application.sealed cases_monthcounts.sealed
    """,
    "a public key, a signature, a voucher or a salt: it opens nothing": """
        vault_staffkey.public vault_staffkey.public_of_signatures vault_staffkey.voucher vault_circlekey.public
        vault_circlekey.voucher vault_circlewrap.voucher vault_sharewrap.signature vault_sharewrap.voucher
        reflection_ownspace.public reflection_ownspace.voucher reflection_ownspace.salt reflection_ownspace.code_salt
        reflection_trendgift.voucher
        vault_seedenvelope.salt vault_partner.public vault_partner.voucher
    """,
    "a digest: it says nothing without what it was made from": """
        vault_datakey.commitment vault_entry.digest vault_head.digest vault_watch.digest chat_wayback.found_by
        consent_consentreceipt.digest training_practice.digest
        triage_instrumentwording.digest reflection_formwording.digest
        roster_invitation.digest roster_applicationlink.digest roster_application.found_by
        roster_calendarfeed.digest reflection_circlefeed.digest roster_languagereview.digest
        roster_member.password django_session.session_key account_emailconfirmation.key
    """,
    "a code of a closed list, needed to route, to show the board and to tell the story": """
        triage_contact.state triage_contact.urgency triage_contact.language triage_contact.age_band
        triage_contact.needs triage_contact.marked
        triage_contact.question_version triage_contact.ended_by triage_contact.ending
        triage_historicalcontact.state triage_historicalcontact.urgency
        triage_offer.state triage_offer.reason triage_instrumentuse.code triage_warmhandover.state
        triage_contactevent.kind triage_contactevent.before triage_contactevent.after triage_contactevent.detail
        chat_message.by chat_safetyplan.by cases_case.state cases_historicalcase.state cases_handover.reason
        cases_openingrequest.reason cases_rescue.ground cases_rescue.state cases_rescuestep.kind cases_rescuestep.told
        reflection_trendtally.measure reflection_trendgift.form
        reflection_circle.kind reflection_gathering.state reflection_talkrequest.wish
        oversight_alarm.kind oversight_alarm.level oversight_outlet.name
        vault_staffkey.role vault_staffkey.state vault_seedenvelope.closure vault_circlekey.circle vault_sharewrap.kind
        vault_sharewrap.reason
        vault_datakey.state vault_entry.act vault_entry.subject_kind vault_entry.result vault_entry.reason
        wire_lease.name
    """,
    "which words of a language were read, by whom and who signed its texts: proof for whoever asks": """
        roster_languagereview.language roster_languagereview.marks roster_languagereview.reviewer
        roster_languagereview.reviewer_is roster_languagereview.signed_by
    """,
    "how far an application is, which text was agreed to, which mail went out last": """
        roster_application.state roster_application.notice roster_application.mail
    """,
    "which script was played, where it stands and what became of it: no word of anybody": """
        training_practice.scenario training_practice.version training_practice.state training_practice.scene
        training_practice.used training_practice.saying_in
    """,
    "what anybody may be told of a month, by which rules, and whether a person let it out": """
        oversight_monthfigures.tables oversight_monthfigures.rules oversight_monthfigures.state
        oversight_monthfigures.held_for
    """,
    "an opaque id": """
        triage_contactevent.actor vault_entry.actor vault_entry.subject wire_lease.holder vault_sharewrap.holder
        vault_sharewrap.granter
    """,
    "the proof of consent that the law asks for: which text, which purpose, yes or no": """
        consent_consentreceipt.version consent_consentreceipt.language consent_consentreceipt.age_band
        consent_consentreceipt.action consent_consentreceipt.state
        consent_consentdecision.purpose consent_consentdecision.decision
    """,
    "the line's own words as a key, and the alias that it names": """
        chat_message.line_key chat_message.line_params chat_message.name
    """,
    "a member's own account, kept by the coordination": """
        roster_member.email roster_member.alias roster_member.full_name roster_member.role roster_member.licence_number
        roster_historicalmember.email roster_historicalmember.alias roster_historicalmember.full_name
        roster_historicalmember.role roster_historicalmember.licence_number
        roster_shift.beyond roster_presence.state roster_presence.reason roster_invitation.email roster_invitation.role
        account_emailaddress.email mfa_authenticator.type
    """,
    "the name of a circle, given by who founds it for the whole team to read": "reflection_circle.name",
    "which organisations can bring a member's keys back": """
        vault_partner.name vault_partner.fingerprint vault_quorumenvelope.partners
    """,
    "who keeps the heads of the trail, as the settings name them": "vault_watch.name",
    "reference data, meant to be read": """
        roster_organisation.name roster_skill.code roster_skill.name roster_openingexception.name
        directory_place.code directory_place.kind directory_place.name directory_place.channel directory_place.number
        directory_place.tel directory_place.say directory_place.cost directory_place.hours directory_place.languages
        triage_instrumentwording.code triage_instrumentwording.language triage_instrumentwording.version
        triage_instrumentwording.source triage_instrumentwording.licence triage_instrumentwording.items
        triage_instrumentwording.answers reflection_formwording.code reflection_formwording.language
        reflection_formwording.version reflection_formwording.source reflection_formwording.licence
        reflection_formwording.intro reflection_formwording.items reflection_formwording.answers
        reflection_formwording.scales reflection_formwording.turned
        directory_place.price directory_place.needs directory_place.address
        directory_place.for_whom directory_place.region directory_place.source directory_place.checked_by
    """,
    "simple-history's own: created, changed or deleted, and a reason that nothing here sets": """
        cases_historicalcase.history_type cases_historicalcase.history_change_reason
        cases_historicalnote.history_type cases_historicalnote.history_change_reason
        roster_historicalmember.history_type roster_historicalmember.history_change_reason
        triage_historicalcontact.history_type triage_historicalcontact.history_change_reason
    """,
    "Django's own tables about reference data in /admin/ and about models": """
        django_admin_log.object_id django_admin_log.object_repr django_admin_log.change_message
        auth_permission.name auth_permission.codename auth_group.name
        django_content_type.app_label django_content_type.model
    """,
}
ALLOWED = frozenset(column for columns in CLEAR.values() for column in columns.split())


def _columns() -> Iterator[tuple[str, "models.Field[Any, Any]"]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            yield f"{model._meta.db_table}.{field.column}", field


def could_hold_words(field: "models.Field[Any, Any]") -> bool:
    """Say whether a column takes words and does not seal them."""
    return isinstance(field, WORDS) and not isinstance(field, SealedField)


def test_every_column_that_takes_words_is_sealed_or_has_its_reason() -> None:
    assert {name for name, field in _columns() if could_hold_words(field)} - ALLOWED == set()


def test_no_reason_outlives_its_column() -> None:
    assert ALLOWED - {name for name, field in _columns() if could_hold_words(field)} == set()


def test_a_planted_column_of_words_is_seen() -> None:
    assert all(could_hold_words(kind()) for kind in (models.TextField, models.JSONField, models.BinaryField))
    assert not could_hold_words(SealedField())


@pytest.mark.parametrize("model", [Contact, Case, Note])
def test_history_repeats_nothing_sealed(model: type[models.Model]) -> None:
    tracked = apps.get_model(model._meta.app_label, f"Historical{model.__name__}")
    assert [field.name for field in tracked._meta.local_fields if isinstance(field, models.BinaryField)] == []


def test_a_row_of_the_history_of_a_contact_holds_four_facts() -> None:
    kept = {field.name for field in apps.get_model("triage", "HistoricalContact")._meta.local_fields}
    assert {name for name in kept if not name.startswith("history_")} == {"id", "state", "urgency", "volunteer"}
