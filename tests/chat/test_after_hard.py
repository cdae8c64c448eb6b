"""After a conversation that was hard the desk offers what may do somebody good, and only they learn it."""

from http import HTTPStatus

import pytest

from tests.cast import browser_of, make_ended, make_member
from triage.models import Contact

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(("level", "hard"), [("A", True), ("E", False)])
def test_the_desk_learns_whether_a_conversation_was_hard(level: str, *, hard: bool) -> None:
    member = make_member(ready=True)
    contact = make_ended(member)
    Contact._base_manager.filter(pk=contact.pk).update(urgency=level)
    answer = browser_of(member).get("/escritorio/dura/", {"contact": str(contact.pk)})
    assert answer.json() == {"hard": hard}


def test_of_others_conversations_it_learns_nothing() -> None:
    contact = make_ended(make_member(ready=True))
    other = browser_of(make_member(ready=True))
    for given in (str(contact.pk), "x"):
        assert other.get("/escritorio/dura/", {"contact": given}).status_code == HTTPStatus.NOT_FOUND
