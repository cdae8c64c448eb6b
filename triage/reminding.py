"""When a volunteer is quietly reminded to ask about suicide: a rule of facts that reads no word of anybody; pure."""

import datetime

#: In the studied chats of a lifeline a third never asked (Lifeline chat, US); the time is our judgement.
REMIND_AFTER = datetime.timedelta(minutes=10)
URGENT = frozenset({"A", "B"})
NO_MARK = frozenset({"", "no"})  # answers about thoughts of suicide that mark nothing


def is_marked(urgency: str, thoughts: str = "", words: str = "") -> bool:
    """Say whether a conversation has a mark: level A or B, thoughts of suicide answered with anything but no, or words.

    ``words`` is the level that the caller's own words were read as, if any.

    ``thoughts`` is the code of that answer before the conversation; unanswered is no mark by itself.
    """
    return urgency in URGENT or thoughts not in NO_MARK or bool(words)


def is_due(*, marked: bool, asked: bool, since: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Say whether to remind: marked, nobody has asked, and both have been so for ten minutes (``since``)."""
    return marked and not asked and since is not None and now - since >= REMIND_AFTER
