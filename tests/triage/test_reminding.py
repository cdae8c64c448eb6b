"""When a volunteer is quietly reminded to ask about suicide, and when not."""

import datetime

import pytest

from triage.reminding import is_due, is_marked

NOW = datetime.datetime(2026, 11, 3, 22, 0, tzinfo=datetime.UTC)
TEN = datetime.timedelta(minutes=10)
SECOND = datetime.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("urgency", "thoughts", "marked"),
    [
        ("A", "", True),
        ("B", "no", True),
        ("C", "", False),
        ("C", "no", False),
        ("C", "sometimes", True),
        ("D", "plan", True),
        ("E", "intent", True),
        ("E", "unsaid", True),
        ("E", "", False),
    ],
)
def test_a_mark_is_a_level_or_an_answer_that_is_not_no(urgency: str, thoughts: str, *, marked: bool) -> None:
    assert is_marked(urgency, thoughts) is marked


def test_it_is_due_after_ten_minutes_to_the_second() -> None:
    assert is_due(marked=True, asked=False, since=NOW - TEN, now=NOW)
    assert not is_due(marked=True, asked=False, since=NOW - TEN + SECOND, now=NOW)


def test_it_is_not_due_without_a_mark_once_asked_or_before_anybody_came() -> None:
    assert not is_due(marked=False, asked=False, since=NOW - TEN, now=NOW)
    assert not is_due(marked=True, asked=True, since=NOW - TEN, now=NOW)
    assert not is_due(marked=True, asked=False, since=None, now=NOW)
