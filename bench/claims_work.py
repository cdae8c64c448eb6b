"""Claims and routing, measured in a command of the line: speed, doubles, the curve of the queue (JSON on stdout)."""

import asyncio
import json
import multiprocessing
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import NamedTuple

from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL

from bench import crowds
from bench.figures import percentile
from chat.claiming import claim
from oversight.board import board
from roster.models import Member, Presence, Role
from triage import actions as triage
from triage import queue
from triage.errors import OfferGone
from triage.models import Contact, ContactEvent, Offer
from vault import actions, trail
from vault.models import Entry, ShareWrap

SEATS = 16
RIVALS = 3  # volunteers at whom one contact rings, where they race
PATIENCE = 120.0  # seconds until all processes are ready to claim
Figures = dict[str, float]
Asked = tuple[Member, uuid.UUID]


# Claims -------------------------------------------------------------------------------------------------------------


class _Desks:
    """Volunteers of one process who claim at once, each as soon as their last claim was answered."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.won: list[uuid.UUID] = []
        self.lost = 0
        self.began = self.ended = 0.0  # of the clock that all processes share
        self.used = 0.0  # seconds of the processor

    async def _sit(self, turns: Iterator[Asked]) -> None:
        for member, offer_id in turns:
            began = time.perf_counter()
            try:
                contact_id = await claim(member, offer_id)
            except OfferGone:
                self.lost += 1
            else:
                self.won.append(contact_id)
            self.took.append(time.perf_counter() - began)

    async def claim_all(self, asked: Sequence[Asked], seats: int = SEATS) -> None:
        """Claim all that was offered."""
        self.began, self.used = time.monotonic(), time.process_time()
        await asyncio.gather(*(self._sit(turns) for turns in crowds.in_turns(asked, seats)))
        self.ended, self.used = time.monotonic(), time.process_time() - self.used


class _Work(NamedTuple):
    """What one process claims: first some that nobody measures, then those that are."""

    first: list[Asked]
    asked: list[Asked]
    seats: int


def _have_claimed_before(work: _Work) -> None:
    """Let each volunteer have their circle's key open and their signature made once, as after any earlier claim."""
    if actions.only_people_open():
        contact_id = Offer.objects.values_list("contact", flat=True).get(pk=work.asked[0][1])
        key_id = Contact.objects.values_list("key", flat=True).get(pk=contact_id)
        for member, _offer_id in work.asked:
            member.holder.share_of(key_id)
            member.holder.sign(b"")


def _claim_in_a_process(work: _Work, ready: Barrier, told: "Connection[_Desks, None]") -> None:
    """Be one node: claim beside the others, once all are ready; tell what came of it."""
    desks = _Desks()

    async def both() -> None:
        await _Desks().claim_all(work.first, work.seats)  # no first time is measured
        ready.wait(PATIENCE)
        await desks.claim_all(work.asked, work.seats)

    _have_claimed_before(work)
    asyncio.run(both())
    told.send(desks)


def _close_connections() -> None:
    """Leave no process that is forked now a connection of this one's."""
    connections.close_all()
    for one in connections.all(initialized_only=True):
        if isinstance(one, PostgreSQL):
            one.close_pool()


def _claim_at_once(asked: Sequence[Asked], first: Sequence[Asked], nodes: int) -> list[_Desks]:
    """Deal the claims to so many processes, as to nodes; return what each found. Raises EOFError if one fails."""
    apart = multiprocessing.get_context("fork")
    ready = apart.Barrier(nodes)
    _close_connections()
    ends = []
    for node in range(nodes):
        mine, its = apart.Pipe(duplex=False)
        work = _Work(list(first[node::nodes]), list(asked[node::nodes]), SEATS // nodes)
        process = apart.Process(target=_claim_in_a_process, args=(work, ready, its), daemon=True)
        process.start()
        its.close()
        ends.append(mine)
    return [end.recv() for end in ends]


def _wrong(won: Sequence[uuid.UUID]) -> int:
    """Return how many contacts do not stand as exactly one claim leaves them, counted from the rows."""
    ids = [str(one) for one in won]
    rows = dict(Contact.objects.filter(pk__in=won, state="talking").values_list("pk", "volunteer_id"))
    events = Counter(ContactEvent.objects.filter(contact__in=won, kind="accepted").values_list("contact", flat=True))
    trace = {(act, one): 0 for act in ("contact.accept", "key.grant") for one in ids}
    for act, subject, actor in Entry.objects.filter(subject__in=ids).values_list("act", "subject", "actor"):
        trace[act, subject] += 1 if actor == str(rows.get(uuid.UUID(subject))) else 100
    sealed: dict[uuid.UUID, list[str]] = {one: [] for one in rows}
    keys = dict(Contact.objects.filter(pk__in=won).values_list("key_id", "pk"))
    for key_id, kind in ShareWrap.objects.filter(key__in=list(keys)).values_list("key_id", "kind"):
        sealed[keys[key_id]].append(kind)
    stage_b = actions.only_people_open()
    people = ["caller", "circle", "person"] if stage_b else []
    return sum(
        one not in rows
        or events[one] != 1
        or trace["contact.accept", str(one)] != 1
        or trace["key.grant", str(one)] != int(stage_b)
        or sorted(sealed[one]) != people
        for one in won
    )


def _tidy() -> None:
    """Have what thousands of new rows ask for done at once, and not while something is measured."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


def _found(desks: Sequence[_Desks], contacts: Sequence[uuid.UUID], rivals: int) -> Figures:
    won = [one for each in desks for one in each.won]
    took = sorted(one for each in desks for one in each.took)
    seconds = max(each.ended for each in desks) - min(each.began for each in desks)
    return {
        f"claims/s, {rivals} asked": len(won) / seconds,
        f"– claimed of {len(contacts):,}": len(won),
        f"– told gone, {rivals} asked": sum(each.lost for each in desks),
        f"– doubles or traces amiss, {rivals} asked": len(won) - len(set(won)) + _wrong(contacts),
        f"– CPU µs each, {rivals} asked": sum(each.used for each in desks) / len(won) * 1e6,
        f"– p50, ms, {rivals} asked": percentile(took, 0.5) * 1e3,
        f"– p99, ms, {rivals} asked": percentile(took, 0.99) * 1e3,
    }


def claims(count: int, nodes: int = 1) -> None:
    """Let 16 desks claim so many contacts of one offer each, then a third as many of three rivals each; print it.

    The desks are dealt to so many processes, which share the database as nodes do.
    """
    if actions.only_people_open():
        crowds.members(2, Role.SUPERVISOR)
    volunteers = crowds.members(count + SEATS)
    found: Figures = {}
    for level, rivals in (("C", 1), ("A", RIVALS)):
        first = crowds.offers(crowds.callers(SEATS), crowds.members(SEATS))
        contacts = crowds.callers(count // rivals, level)
        asked = crowds.offers(contacts, volunteers[SEATS:])
        _tidy()
        found |= _found(_claim_at_once(asked, first, nodes), contacts, rivals)
    found["– links of the trail amiss"] = 0 if trail.verify().first_bad is None else 1
    sys.stdout.write(json.dumps(found))


# The curve ----------------------------------------------------------------------------------------------------------

READY = 20
TURNS = 100
LONG = 5  # turns of what reads the whole queue


class _Timed:
    """How long each turn of some work takes, in milliseconds, and what it takes of this process's CPU."""

    def __init__(
        self, work: Callable[[], object], after: Callable[[], object] | None = None, turns: int = TURNS
    ) -> None:
        self.took: list[float] = []
        self.cpu: list[float] = []
        for _turn in range(turns):
            began, used = time.perf_counter(), time.process_time()
            work()
            self.took.append((time.perf_counter() - began) * 1e3)
            self.cpu.append((time.process_time() - used) * 1e3)
            if after is not None:
                after()

    def median(self) -> float:
        """Return the usual time."""
        return percentile(self.took, 0.5)


def _claim_times() -> list[float]:
    took = []
    for contact_id in crowds.callers(TURNS):
        ((member, offer_id),) = crowds.offers([contact_id], crowds.members(1))
        began = time.perf_counter()
        asyncio.run(claim(member, offer_id))
        took.append((time.perf_counter() - began) * 1e3)
    return took


def waiting(count: int) -> None:
    """Let so many wait, in all; measure what is done while they do, in milliseconds; print it.

    A claim by one volunteer alone, a look of the router with 20 ready, the place of the last caller, the places of all
    (read for all pages of a process at most every 5 s where it takes long), and the board.
    """
    there = Contact.objects.filter(state="waiting", rehearsal=True).count()
    crowds.callers(max(0, count - there), "D")
    _tidy()
    claimed = _claim_times()
    ready = crowds.members(READY)
    Presence.objects.filter(member__in=ready).update(state="ready")
    routed = _Timed(triage.route, Offer.objects.filter(state="open").delete)
    triage.route()
    offered = Offer.objects.filter(state="open").count()
    resting = _Timed(triage.route)
    Offer.objects.filter(state="open").delete()
    mine = Contact.objects.filter(state="waiting", rehearsal=True).order_by("-queued_at")[0]
    standing = _Timed(lambda: queue.standing_of(mine), turns=20)
    reading = _Timed(queue.Reading, turns=LONG)
    shown = _Timed(lambda: board(rehearsal=True), turns=20)
    Presence.objects.filter(member__in=ready).update(state="away")
    found = {
        "waiting": Contact.objects.filter(state="waiting", rehearsal=True).count(),
        "a claim, p50 ms": percentile(claimed, 0.5),
        "claim p99": percentile(claimed, 0.99),
        "router, p50 ms": routed.median(),
        "router p99": percentile(routed.took, 0.99),
        "router p99, its CPU": percentile(routed.cpu, 0.99),
        "offers": offered,
        "router, all ring": resting.median(),
        "a caller's place": standing.median(),
        "all places": reading.median(),
        "board": shown.median(),
    }
    sys.stdout.write(json.dumps(found))


def plans() -> None:
    """Print how the database finds those who are served first, and the open offers of a claim."""
    waits = Contact.objects.filter(state="waiting", urgency="D").only(*queue.NEEDED).order_by(*queue.EARLIER)[:90]
    told = waits.explain(analyze=True, buffers=True) if connection.vendor == "postgresql" else waits.explain()
    sys.stdout.write(json.dumps({"first": told}))
