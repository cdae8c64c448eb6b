"""The keys of cases follow whoever leads them: given by a supervisor who comes, moved to people from stage A."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from cases.access import OVER
from cases.actions import TALKING
from cases.models import CarePlan, Case, CaseContact, FormerKey
from roster.circles import supervision
from roster.models import Member
from roster.permissions import may
from vault import actions as vault
from vault.models import DataKey


def move_old_cases(most: int = 50) -> int:
    """In stage B, seal to people the keys of cases of stage A; return how many. What was rehearsed stays as it is."""
    if not vault.only_people_open():
        return 0
    old = Case.objects.living().filter(key__sealed_share__isnull=False, volunteer__rehearsal=False)
    due, watching = old.select_related("key").order_by("pk")[:most], supervision(rehearsal=False)
    return sum(vault.move(case.key, case.volunteer_id, watching) for case in due)


def give_what_is_missing(supervisor: Member) -> int:
    """Let whoever leads a case open all of it, where nobody was there to pass its key on; return how many keys.

    So it is after a connection that was lost, and for a member with new keys. Whoever supervises can open them all.
    """
    if supervisor.holder.unlocked is None or not may(supervisor, "case.read_any"):
        return 0
    living = Case.objects.living().seen_by(supervisor)
    over = CaseContact.objects.filter(case__in=living, contact__state__in=OVER, contact__volunteer__isnull=False)
    planned = CarePlan.objects.filter(case=OuterRef("case"))
    talking = CaseContact.objects.filter(Exists(planned), case__in=living, contact__state__in=TALKING)
    rows = [
        *living.values_list("pk", "volunteer", "key"),
        *FormerKey.objects.filter(case__in=living).values_list("case", "case__volunteer", "key"),
        *over.values_list("case", "contact__volunteer", "contact__key"),
        # Last, so that it counts: who talks with somebody who came back reads the care plan, and leads the case from
        # their first note on.
        *talking.values_list("case", "contact__volunteer", "case__key"),
        *talking.filter(case__former_keys__isnull=False).values_list(
            "case", "contact__volunteer", "case__former_keys__key"
        ),
    ]
    leaders = {key: volunteer for _case, volunteer, key in rows}
    due, cases = vault.shut_to(leaders), {key: case for case, _volunteer, key in rows}
    circle = supervision(rehearsal=supervisor.rehearsal)
    given = 0
    for row in DataKey.objects.filter(pk__in=due).order_by("pk"):
        with transaction.atomic():
            about = vault.About("case", cases[row.pk], "kept")
            given += vault.give(row, leaders[row.pk], by=supervisor.holder, about=about, circle=circle)
    return given
