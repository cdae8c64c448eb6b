"""Which conversations weigh on whoever listened, so that the desk offers a pause and somebody to talk to; pure.

It counts for nothing and is kept nowhere. High risk, violence, a minor (domain text 3.1, 3.3); what no row says, such
as a death, its volunteer says in their note or by themselves. For the clinical lead to confirm.
"""

from triage.models import WITHOUT_NOTE
from triage.needs import topics_of
from triage.routing import URGENT

TOPICS = frozenset({"violence", "minors"})


def was_hard(levels: tuple[str, str], needs: str, age_band: str, ending: str) -> bool:
    """Say whether a conversation was hard: its level and the one its words asked for, topics, age band, ending."""
    if ending in WITHOUT_NOTE:
        return False
    return bool(URGENT & set(levels) or TOPICS & topics_of(needs, age_band))
