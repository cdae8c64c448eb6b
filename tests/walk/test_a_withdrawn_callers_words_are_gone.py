"""Somebody takes their consent back: from that moment nobody reads a word, and soon nothing can open one."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.test import Client

from cases import actions as cases
from cases.notes import NoteBody
from chat import actions as chat
from chat.models import Draft, Message
from chat.transcript import messages_after
from hotline.sweeper import sweep
from roster.models import Role
from tests.cast import browser_of, make_member, make_talking, say
from triage.models import Contact, Offer
from vault import actions as vault
from vault.errors import CannotOpen
from vault.fields import SealedField
from vault.keystore.models import KeyShare
from vault.models import DataKey

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

WORDS = (
    "mi hermano Teófilo",
    "no puedo más con esto",
    "Soy Rosa, te leo",
    "Extraña a su hermano",
    "borrador de Rosa",
    "llamar a su prima",
)


def everywhere(browsers: list[Client], paths: list[str]) -> Iterator[str]:
    """Ask for every page in every browser, plainly and with a reason, and yield what comes."""
    for browser, path in itertools.product(browsers, paths):
        yield browser.get(path, follow=True).content.decode()
        yield browser.post(path, {"reason": "legal"}, follow=True).content.decode()


def test_a_withdrawn_callers_words_are_gone_everywhere(phone: Client, contact_of: Callable[[Client], Contact]) -> None:
    rosa, carmen = make_member(alias="Rosa", ready=True), make_member(Role.SUPERVISOR)
    phone.post("/hablar/", {"do": "agree"})
    phone.post("/hablar/", {"do": "answer", "thoughts": "sometimes", "words": f"Se fue {WORDS[0]}."})
    contact = contact_of(phone)
    chat.accept_offer(rosa, Offer.objects.get().pk)
    phone.post("/hablar/", {"do": "say", "text": WORDS[1]})
    say(contact_of(phone), WORDS[2], rosa)
    chat.save_draft(contact_of(phone), rosa, WORDS[4])
    rosas = browser_of(rosa)
    rosas.post("/escritorio/acordado/", {"contact": str(contact.pk), "agreed": WORDS[5]})
    case = cases.save_note(rosa, contact, NoteBody(talked=WORDS[3])).case
    cases.save_draft(rosa, contact, NoteBody(talked=f"{WORDS[3]}, mucho."))
    other = make_talking(rosa, "otra persona, otras palabras")
    paths = ["/casos/", f"/casos/{case.pk}/", f"/casos/nota/{contact.pk}/", "/supervision/", "/supervision/auditoria/"]
    paths += [f"/supervision/conversacion/{contact.pk}/", "/escritorio/", f"/escritorio/persona/?contact={contact.pk}"]
    paths += ["/hablar/acordado/", "/hablar/acordado.txt", f"/escritorio/acordado/?contact={contact.pk}"]
    browsers = [rosas, browser_of(carmen), phone]
    seen = "".join(everywhere(browsers, [*paths, "/hablar/"]))
    assert all(words in seen for words in (*WORDS[:4], WORDS[5]))  # each was to be read somewhere

    phone.post("/hablar/", {"do": "withdraw"})
    for _moment in ("at once", "after the sweeper"):
        seen = "".join(everywhere(browsers, [*paths, "/hablar/"]))
        assert [words for words in WORDS if words in seen] == []
        sweep("test")
    with pytest.raises(CannotOpen):
        cases.latest_body(cases.note_of(contact))

    keys = [contact.key_id, case.key_id]
    assert not KeyShare.objects.filter(pk__in=keys).exists()
    assert [(row.state, row.sealed_share) for row in DataKey.objects.filter(pk__in=keys)] == [("destroyed", None)] * 2
    for key_id in keys:
        with pytest.raises(CannotOpen):
            vault.open_key(key_id)
    gone = Contact.objects.get(pk=contact.pk)
    assert (gone.answers, gone.age_band, gone.distress_before) == (None, "", None)
    kept: list[Message | Draft] = [*Message.objects.filter(contact=gone), *Draft.objects.filter(contact=gone)]
    assert kept  # ciphertext, and nothing is left that opens it
    assert not [row for row in kept for words in WORDS if words.encode() in bytes(row.text or b"")]
    assert messages_after(other, 0)[-1].text == "otra persona, otras palabras"


def test_the_columns_about_a_caller_are_all_under_a_key_that_can_be_destroyed() -> None:
    """Every sealed column belongs to a contact or a case: no third key would keep a word alive.

    What members keep for themselves, in reflection, is no caller's and has keys of its own.
    """
    columns = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label not in {"reflection", "training"}  # no caller stands behind a practice
        for field in model._meta.local_fields
        if isinstance(field, SealedField)
    }
    assert columns == {
        "triage_contact.answers",
        "chat_message.text",
        "chat_draft.text",
        "chat_safetyplan.body",
        "chat_plandraft.body",
        "cases_note.draft",
        "cases_noterevision.body",
        "cases_careplan.body",
        "cases_rescuestep.words",
        "triage_instrumentuse.result",
        "triage_warmhandover.note",
    }
