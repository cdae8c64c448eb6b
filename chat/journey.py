"""The steps a caller takes by plain forms."""

import contextlib
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat import actions, earlier_plans
from chat.journey_pages import ROOM, SHARED, consent_text, is_here, refusal_words
from chat.models import Speaker
from chat.saying import Saying
from consent import actions as consent
from triage import actions as triage
from triage import questions
from triage.access import give_secret, holder_in
from triage.errors import BadAnswers, NotAllowed
from triage.models import Contact, ContactState
from vault.errors import CannotOpen
from wire.frames import Refused, spoken_text


class Mistake(Exception):
    """A step that could not be taken; ``words`` say why, in the caller's language, without blame.

    ``text`` goes back into the box of the conversation, so that nothing written is lost.
    """

    def __init__(self, words: str, text: str = "") -> None:
        super().__init__()
        self.words, self.text = words, text


# Steps --------------------------------------------------------------------------------------------------------------


def remember(request: HttpRequest, contact: Contact) -> None:
    """Let this browser lead to the contact, by a cookie that nobody can have planted or seen before."""
    if not request.user.is_authenticated:  # a member's desk in the same browser keeps its own
        request.session.cycle_key()
    give_secret(request.session)
    request.session["contact"] = str(contact.pk)


def _open_contact(request: HttpRequest) -> Contact:
    """Open a contact once for each form: on a slow line people tap twice."""
    try:
        form = uuid.UUID(request.POST.get("form", ""))
    except ValueError:
        form = None
    give_secret(request.session)
    wish = triage.wish_of(get_language())
    return triage.open_contact(wish.language, holder=holder_in(request.session), form=form, needs=wish.needs)


def _decisions(request: HttpRequest) -> dict[str, bool]:
    chosen = consent_text().purposes
    return {
        purpose.code: purpose.required or request.POST.get(f"purpose_{purpose.code}") == "yes" for purpose in chosen
    }


def _give_consent(request: HttpRequest, action: str) -> Any:
    age_band = request.POST.get("age_band", "unsaid") or "unsaid"
    try:
        return consent.give(text=consent_text(), decisions=_decisions(request), age_band=age_band, action=action)
    except ValueError:
        raise Mistake(_("Elige una de las edades de la lista, o «Prefiero no decirlo».")) from None


def agree(request: HttpRequest, contact: Contact | None) -> None:
    """Accept the consent text; a second tap joins the contact that is open already."""
    if contact is not None and contact.state != ContactState.CONSENT:
        return
    with transaction.atomic():
        contact = contact or _open_contact(request)
        if contact.state == ContactState.CONSENT:
            triage.agree(contact, _give_consent(request, "agree_button"))
    remember(request, contact)
    _note_whose_telephone(request, shared=request.POST.get(SHARED) == "yes")


def _stand_in_line(request: HttpRequest, contact: Contact) -> None:
    """Let who has just come wait where they are due to, and be offered."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    triage.stand_in_line(scope.get("source"), contact)
    triage.route()


def danger(request: HttpRequest, contact: Contact | None) -> None:
    """In danger now: skip everything, to the front of the queue; the consent is asked later, by a person."""
    if contact is None or actions.is_over(contact):
        _let_go_of(request, contact)
        contact = _open_contact(request)
        remember(request, contact)
    actions.enter_in_danger(contact)
    _stand_in_line(request, contact)


def _answers(request: HttpRequest) -> dict[str, str]:
    names = {question.code for question in questions.current().questions}
    return {name: request.POST[name].replace("\r\n", "\n") for name in names if request.POST.get(name)}


def answer(request: HttpRequest, contact: Contact | None) -> None:
    """Take the answers (any of them may be missing) and join the queue; the first words open the conversation."""
    if contact is None:
        return
    if contact.state != ContactState.QUESTIONS:
        _answer_again(request, contact)
        return
    _require_version(request)
    try:
        with transaction.atomic():
            words = triage.answer(contact, _answers(request))
            if words:
                _first_words(contact, words)
    except Mistake:
        contact.refresh_from_db(fields=["state"])  # the queueing was undone: the page of the questions comes back
        raise
    except BadAnswers:
        raise Mistake(_("Una respuesta no llegó completa. Revísala, por favor; lo demás sigue aquí.")) from None
    _stand_in_line(request, contact)


def _require_version(request: HttpRequest) -> None:
    """Refuse answers to questions that are not those of now; a yes to danger counts whatever was asked beside it."""
    known = questions.current().version
    if request.POST.get("version", known) != known and request.POST.get("danger") != "yes":
        raise Mistake(_("Las preguntas cambiaron mientras las leías. Míralas otra vez, por favor: lo tuyo sigue aquí."))


def _answer_again(request: HttpRequest, contact: Contact) -> None:
    """Look at a form that comes after the questions: a second tap changes nothing, a yes to danger always counts."""
    given = _answers(request)
    changed = _changed(contact, given)
    if given.get("danger") == "yes":
        danger(request, contact)
        if contact.state in ROOM and "words" in changed:
            raise Mistake(_("Ya sabemos que estás en peligro. Lo que escribiste sigue aquí: envíalo."), given["words"])
    elif changed:
        words = _("Tus respuestas ya habían llegado y quedan como estaban. Lo que cambió, cuéntalo aquí, por favor.")
        raise Mistake(words, changed.get("words", ""))


def _changed(contact: Contact, given: dict[str, str]) -> dict[str, str]:
    if contact.state not in ROOM:
        return {}
    try:
        return triage.changed_answers(contact, given)
    except CannotOpen:
        return {}


def _first_words(contact: Contact, words: str) -> None:
    try:
        text = spoken_text(words)
    except Refused as refused:
        raise Mistake(refusal_words(refused.code)) from None
    said_as, who = str(uuid.uuid4()), contact.holder
    outcome = actions.say(Saying(contact_id=contact.pk, by=Speaker.CALLER, client_id=said_as, text=text, holder=who))
    if outcome.code:
        raise Mistake(refusal_words(outcome.code))  # nothing of the answers is kept either: they come again


def skip(request: HttpRequest, contact: Contact | None) -> None:
    """Join the queue without answering."""
    if contact is not None and contact.state == ContactState.QUESTIONS:
        triage.answer(contact, {})
        _stand_in_line(request, contact)


def leave(_request: HttpRequest, contact: Contact | None) -> None:
    """The caller ends the conversation."""
    if contact is not None and not actions.is_over(contact):
        actions.end_conversation(contact, by="caller")
        triage.route()


def withdraw(_request: HttpRequest, contact: Contact | None) -> None:
    """The caller takes the consent back: blocked at once, then destroyed."""
    if contact is not None:
        triage.withdraw(contact)


def again(request: HttpRequest, contact: Contact | None) -> None:
    """Begin a new contact after the end."""
    if contact is None or actions.is_over(contact):
        _let_go_of(request, contact)
        request.session.pop("contact", None)


def _let_go_of(request: HttpRequest, contact: Contact | None) -> None:
    """Leave a conversation that is over behind, but for the way to its plan on a telephone that nobody else uses."""
    if contact is not None and request.session.get(SHARED) is False:
        earlier_plans.remember(request.session, contact)


def bring(request: HttpRequest, contact: Contact | None) -> None:
    """Bring the plan of the conversation before into this one, where whoever accompanies it reads it too."""
    if contact is not None:
        with contextlib.suppress(NotAllowed, CannotOpen):  # brought already, or gone meanwhile
            earlier_plans.bring(request.session, contact)


def share_telephone(request: HttpRequest, _contact: Contact | None) -> None:
    """Others use this telephone too: said in the conversation, by whom nobody could ask before."""
    _note_whose_telephone(request, shared=True)


def _note_whose_telephone(request: HttpRequest, *, shared: bool) -> None:
    """Keep whether others use this telephone; on one that they do, nothing leads to what was before."""
    request.session[SHARED] = shared
    if shared:
        earlier_plans.forget(request.session)


def here(_request: HttpRequest, contact: Contact | None) -> None:
    """«Sigo aquí»."""
    if contact is not None:
        is_here(contact)
        triage.route()


def refuse(_request: HttpRequest, contact: Contact | None) -> None:
    """Not accepting leads to other places of help; a contact from the danger door simply goes on without."""
    if contact is not None and contact.state in ROOM:
        with contextlib.suppress(NotAllowed):  # nobody asked, or this is the second tap
            actions.refuse_consent(contact)


def accept_later(request: HttpRequest, contact: Contact | None) -> None:
    """Say yes to the consent that the volunteer asked for."""
    if contact is not None and contact.state in ROOM and contact.consent_id is None:
        with contextlib.suppress(NotAllowed), transaction.atomic():  # a second tap: the first one counts
            receipt = _give_consent(request, "agree_when_asked")
            actions.take_consent(contact, receipt)


def rate(request: HttpRequest, contact: Contact | None) -> None:
    """How the caller feels afterwards, from 1 to 5, in one tap."""
    value = request.POST.get("distress_after", "")
    if contact is not None and value in {"1", "2", "3", "4", "5"}:
        triage.rate_after(contact, int(value))


def helped(request: HttpRequest, contact: Contact | None) -> None:
    """Whether talking helped, in one tap."""
    value = request.POST.get("helped", "")
    if contact is not None and value in {"1", "2", "3"}:
        triage.say_if_it_helped(contact, int(value))


STEPS: dict[str, Callable[[HttpRequest, Contact | None], None]] = {
    "agree": agree,
    "danger": danger,
    "answer": answer,
    "skip": skip,
    "leave": leave,
    "withdraw": withdraw,
    "again": again,
    "here": here,
    "refuse": refuse,
    "bring": bring,
    "shared": share_telephone,
    "accept_later": accept_later,
    "rate": rate,
    "helped": helped,
}
