"""What a caller chose before the conversation: checked against the questions, sealed, and read by who may.

It is called as ``triage.actions``.
"""

import json
from collections.abc import Mapping

from triage import questions as asking
from triage.errors import BadAnswers
from triage.models import Contact
from triage.questions import Question
from vault import actions as vault
from vault.actions import Context

PADDED_TO = 256  # bytes to whose multiple sealed answers are padded


def _checked(question: Question, given: str) -> str:
    if question.kind == "text":
        text = given.strip()
        if len(text) > question.limit:
            raise BadAnswers
        return text
    if question.option(given) is None:
        raise BadAnswers
    return given


def taken_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to questions that were asked, checked; whatever else a client sends counts for nothing.

    Raises BadAnswers for an unknown option or a text over its limit.
    """
    asked = asking.current().questions
    return {
        question.code: checked
        for question in asked
        if answers.get(question.code) and (checked := _checked(question, answers[question.code]))
    }


def _context(contact: Contact) -> Context:
    return Context("triage", "triage_contact", "answers", str(contact.pk))


def sealed_answers(contact: Contact, taken: Mapping[str, str]) -> bytes:
    """Seal answers under the contact's key. Raises vault.errors.CannotOpen."""
    plain = json.dumps(taken, ensure_ascii=False, sort_keys=True).encode()
    return vault.case_key_for(contact.key, contact.holder).seal(_context(contact), plain, pad_to=PADDED_TO)


def _opened(contact: Contact) -> dict[str, str]:
    if contact.answers is None:
        return {}
    plain = vault.case_key_for(contact.key, contact.holder).unseal(_context(contact), bytes(contact.answers))
    taken: dict[str, str] = json.loads(plain)
    return taken


def thoughts_of(contact: Contact) -> str:
    """Open the code of what a caller chose about thoughts of suicide, or "". Raises vault.errors.CannotOpen."""
    return _opened(contact).get("thoughts", "")


def changed_answers(contact: Contact, given: Mapping[str, str]) -> dict[str, str]:
    """Return which answers of a form that comes again are other than those kept. Raises vault.errors.CannotOpen."""
    kept = _opened(contact)
    return {code: answer for code, answer in given.items() if answer.strip() and answer.strip() != kept.get(code)}


def answers_of(contact: Contact) -> list[tuple[str, str]]:
    """Open what a caller chose before the conversation: question and answer, in their words, in the order asked.

    What they wrote in words of their own is not repeated: it opens the conversation. Raises vault.errors.CannotOpen,
    and QuestionsProblem where this line does not have the version of the questions that they answered.
    """
    taken = _opened(contact)
    if not taken:
        return []
    asked = asking.read(asking.current().language, contact.question_version).questions
    chosen = ((question, question.option(taken.get(question.code, ""))) for question in asked)
    return [(question.text, option.text) for question, option in chosen if option is not None]
