"""The verbs of passing a conversation on while it lasts: ask a colleague, take over, stay a while, leave the room."""

import datetime
import uuid
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from roster import actions as roster
from roster import breaks
from roster.circles import duty, supervision
from roster.models import Member, Presence
from triage import offering, routing
from triage.errors import BadAnswers, NobodyFree, NotAllowed, OfferGone
from triage.handovers import companions
from triage.hands import volunteers_now
from triage.models import Contact, ContactState, EventKind, HandoverState, Offer, OfferState, WarmHandover
from triage.needs import language_of, topics_of
from triage.routing import REST_AFTER_URGENT, URGENT, Proposal, Volunteer, Waiter
from triage.states import WITH_SOMEBODY, note, read_locked, ring, write_history
from vault import actions as vault
from vault.actions import Context
from wire import clock

#: For so long the first stays in the room, unless they leave it (for the clinical lead to confirm).
TOGETHER_FOR = datetime.timedelta(minutes=5)
LONGEST_NOTE = 8_000  # code points, as a field of a note
NOTE_BUCKET = 1024  # bytes to whose multiple what the colleague should know is padded
AT_ONCE = 50
LINE = "line"


class TakenOver(NamedTuple):
    """A conversation that somebody took over: from whom, and who had still been there as a companion and leaves now."""

    contact: Contact
    giver: Member
    left: Member | None


class Parted(NamedTuple):
    """A companion who leaves: by their own act («own»), as the time is over («time»), or as they are gone («lost»)."""

    handover: WarmHandover
    why: str


def words_context(handover_id: uuid.UUID) -> Context:
    """Return what the words for a colleague are bound to."""
    return Context("handover", "triage_warmhandover", "note", str(handover_id))


def _about(contact: Contact) -> vault.About:
    return vault.About("contact", contact.pk, "hand_over")


def _record(actor: str, act: str, contact: Contact, reason: str = "") -> None:
    vault.record(actor=actor, act=act, subject_kind="contact", subject=str(contact.pk), reason=reason)


# Whom to ask --------------------------------------------------------------------------------------------------------


def _waiter(contact: Contact, handover: WarmHandover | None = None) -> Waiter:
    """Return a conversation as the rules of routing see one that waits; nobody need look whether its page is there."""
    offers = list(handover.offers.all()) if handover else []
    return Waiter(
        contact_id=contact.pk,
        urgency=contact.urgency,
        seen_at=None,
        rehearsal=contact.rehearsal,
        open_offers=sum(one.state == OfferState.OPEN for one in offers),
        asked={one.member_id: one.answered_at or one.until for one in offers},
        language=language_of(contact.needs),
        topics=topics_of(contact.needs, contact.age_band),
    )


def _others(contact: Contact, now: datetime.datetime) -> list[Volunteer]:
    """Return the ready volunteers but whoever leads it; for its companion it would be no conversation more.

    A practice goes to nobody but its trainee.
    """
    if contact.practice_for_id is not None:
        return []
    beside = set(companions().filter(contact=contact).values_list("giver_id", flat=True))
    return [
        one.without(contact.urgency) if one.member_id in beside else one
        for one in volunteers_now(now)
        if one.member_id != contact.volunteer_id
    ]


def choices_for(contact: Contact) -> list[Volunteer]:
    """Return who could go on with this conversation now, the best fitting first: ready, with hands, not being asked."""
    now = clock.now()
    able = routing.colleagues(_waiter(contact), _others(contact, now), now)
    return [one for one in able if not one.has_offer]


def colleague_of(contact: Contact, member_id: uuid.UUID) -> Member:
    """Return one of those who could go on with it. Raises NobodyFree."""
    if member_id not in {one.member_id for one in choices_for(contact)}:
        raise NobodyFree
    return Member.objects.get(pk=member_id)


def _offer(handover: WarmHandover, proposals: list[Proposal]) -> list[Offer]:
    """Offer a conversation to these; return the offers that stand: another may have been made meanwhile."""
    fresh = offering.make_offers(proposals, offering.HANDOVER_LASTS, handover)
    return list(Offer.objects.filter(pk__in=[one.pk for one in fresh]))


# Asking -------------------------------------------------------------------------------------------------------------


def _still_leads(contact: Contact, member: Member) -> None:
    """Lock a conversation for this transaction. Raises NotAllowed when it is over, another's, or a practice."""
    state, leader = read_locked(contact)
    if state not in WITH_SOMEBODY or leader != member.pk or contact.practice_for_id is not None:
        raise NotAllowed


@transaction.atomic
def ask_handover(contact: Contact, giver: Member, colleague: Member | None, words: str) -> WarmHandover:
    """Ask a colleague, or whoever can, to go on with a conversation; nothing changes for its caller.

    ``words`` (sealed) are what the colleague should know; they read them once they have taken over. Raises BadAnswers
    when those are too long, NobodyFree, and NotAllowed when it is asked for already or not theirs any more.
    """
    if len(words) > LONGEST_NOTE:
        raise BadAnswers
    _still_leads(contact, giver)
    if contact.handovers.filter(state=HandoverState.ASKED).exists():
        raise NotAllowed
    now = clock.now()
    handover = WarmHandover(contact=contact, giver=giver, wished=colleague, asked_at=now)
    if words:
        key = vault.case_key_for(contact.key, giver.holder)
        handover.note = key.seal(words_context(handover.pk), words.encode(), pad_to=NOTE_BUCKET)
    handover.save()
    if colleague is None:
        proposals = routing.to_ask(_waiter(contact), _others(contact, now), now)
    else:
        proposals = [Proposal(contact.pk, colleague_of(contact, colleague.pk).pk, ("wished",))]
    if not _offer(handover, proposals):
        raise NobodyFree  # the whole transaction is undone
    note(contact, kind=EventKind.HANDOVER_ASKED, actor=str(giver.pk))
    circle = duty(rehearsal=contact.rehearsal)
    vault.let_in(
        contact.key, colleague.pk if colleague else None, by=giver.holder, about=_about(contact), circle=circle
    )
    _record(str(giver.pk), "contact.hand_over_ask", contact, "wished" if colleague else "anybody")
    return handover


@transaction.atomic
def keep_conversation(contact: Contact, giver: Member) -> None:
    """Take an asking back: whoever asked goes on. Raises NotAllowed when it stands no more."""
    _still_leads(contact, giver)
    asked = contact.handovers.filter(state=HandoverState.ASKED).first()
    if asked is None or not _let_go(contact, asked, HandoverState.KEPT):
        raise NotAllowed


def _let_go(contact: Contact, handover: WarmHandover, state: HandoverState) -> bool:
    """End an asking that came to nothing; say whether it still stood. The contact's row is locked already."""
    still = WarmHandover.objects.filter(pk=handover.pk, state=HandoverState.ASKED)
    if not still.update(state=state):
        return False
    members = list(handover.offers.filter(state=OfferState.OPEN).values_list("member_id", flat=True))
    handover.offers.filter(state=OfferState.OPEN).update(state=OfferState.GONE, answered_at=clock.now())
    if contact.volunteer_id and contact.state != ContactState.WAITING:
        vault.shut_out(
            contact.key_id,
            contact.volunteer_id,
            beside=companions().filter(contact=contact).values_list("giver_id", flat=True).first(),
            leaving=duty(rehearsal=contact.rehearsal),
        )
    ring(contact, *(f"member:{one}" for one in members))
    return True


@transaction.atomic
def _go_on_asking(handover: WarmHandover, now: datetime.datetime) -> None:
    """Ask the next one, or let it go: all have passed, or there is nothing to pass on any more."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=handover.contact_id)
    if not WarmHandover.objects.filter(pk=handover.pk, state=HandoverState.ASKED).exists():
        return
    if contact.state not in WITH_SOMEBODY or contact.volunteer_id != handover.giver_id:
        _let_go(contact, handover, HandoverState.GONE)
        return
    last = handover.offers.order_by("-sent_at").first()
    if last is not None and handover.offers.filter(state=OfferState.OPEN).exists():
        return
    if handover.wished_id is not None:
        declined = last is not None and last.state == OfferState.DECLINED
        _let_go(contact, handover, HandoverState.DECLINED if declined else HandoverState.EXPIRED)
        return
    waiter, others = _waiter(contact, handover), _others(contact, now)
    if any(one.member_id not in waiter.asked for one in routing.colleagues(waiter, others, now)):
        _offer(handover, routing.to_ask(waiter, others, now))  # to nobody yet, if all of them decide just now
    else:
        _let_go(contact, handover, HandoverState.NOBODY)


def route() -> None:
    """Offer whoever waits to the volunteers they are due to (``offering.route``), and go on with what is passed on."""
    offering.route()
    now = clock.now()
    asked = WarmHandover.objects.filter(state=HandoverState.ASKED)
    if not asked.exists():
        return
    rings = Offer.objects.filter(handover=OuterRef("pk"), state=OfferState.OPEN)
    led = Q(contact__state__in=WITH_SOMEBODY, contact__volunteer=F("giver"))
    for handover in asked.exclude(led & Q(Exists(rings))).order_by("asked_at")[:AT_ONCE]:
        _go_on_asking(handover, now)


# Taking over --------------------------------------------------------------------------------------------------------


def take_over(member: Member, offer_id: uuid.UUID) -> TakenOver | None:
    """Let this member lead the conversation that is offered to them; None for an offer of one who waits.

    Of several at once exactly one does. The first stays in the room as companion, unless the conversation sleeps.
    Raises OfferGone.
    """
    known = offering.open_offer(member, offer_id).select_related("handover__giver", "contact__key").first()
    if known is None or known.handover is None:
        return None
    return _take_over(member, known, known.handover)


@transaction.atomic
def _take_over(member: Member, offer: Offer, handover: WarmHandover) -> TakenOver:
    contact, giver = offer.contact, handover.giver
    fresh = Member.objects.get(pk=member.pk)
    state, leader = read_locked(contact)
    stands = state in WITH_SOMEBODY and leader == giver.pk
    if not stands or not fresh.may_take_callers or not offering.has_room(fresh, contact):
        raise OfferGone
    before = contact.handovers.select_related("giver").filter(state=HandoverState.TOGETHER).first()
    left = before.giver if before and before.giver_id != member.pk else None
    if before:
        WarmHandover.objects.filter(pk=before.pk).update(state=HandoverState.DONE)
    awake, now = state == ContactState.TALKING, clock.now()
    taken = WarmHandover.objects.filter(pk=handover.pk, state=HandoverState.ASKED).update(
        state=HandoverState.TOGETHER if awake else HandoverState.DONE,
        taker=member,
        taken_at=now,
        until=now + TOGETHER_FOR,
    )
    answered = offering.open_offer(member, offer.pk).update(state=OfferState.ACCEPTED, answered_at=now)
    if not taken or not answered or not _lead(contact, giver, member, EventKind.HANDED_OVER, by=member):
        raise OfferGone  # the whole transaction is undone
    offering.close_offers([contact.pk])
    _note_hands(contact, member, left)
    _pass_key(contact, member, giver if awake else None)
    _record(str(member.pk), "contact.hand_over", contact)
    contact.holder = member.holder
    return TakenOver(contact, giver, left)


def _note_hands(contact: Contact, taker: Member, left: Member | None) -> None:
    """Note whose hands are filled and whose are free; in the order in which leases are renewed."""
    for member in sorted({taker, *([left] if left else [])}, key=lambda one: one.pk):
        if member == taker:
            roster.note_assigned([member.pk])
        else:
            _let_rest(contact, member.pk)


def _let_rest(contact: Contact, member_id: uuid.UUID) -> None:
    rests = clock.now() + REST_AFTER_URGENT if contact.urgency in URGENT else None
    breaks.note_conversation_over(member_id, rests_until=rests)


def _lead(contact: Contact, giver: Member, taker: Member, kind: EventKind, *, by: Member | None) -> bool:
    """Let another member lead a conversation; its state stays. ``by`` is None where it happens to them."""
    led = Contact.objects.filter(pk=contact.pk, state__in=WITH_SOMEBODY, volunteer=giver)
    if not led.update_noted(volunteer=taker):
        return False
    contact.volunteer = taker
    write_history(contact, by=by)
    note(contact, kind=kind, actor=str(taker.pk))
    ring(contact, f"member:{giver.pk}")
    return True


def _pass_key(contact: Contact, leader: Member, beside: Member | None) -> None:
    """Let whoever leads now open it, and whoever stays; who led it had let them in when they asked."""
    circles = {"circle": supervision(rehearsal=contact.of_rehearsal), "leaving": duty(rehearsal=contact.rehearsal)}
    stays = beside.pk if beside else None
    vault.keep(contact.key_id, by=leader.holder, member=leader.pk, beside=stays, **circles)
    vault.shut_out(contact.key_id, leader.pk, beside=stays, leaving=circles["leaving"])


def words_for(contact: Contact, member: Member) -> tuple[str, str] | None:
    """Return what this member was told when they took over: by whom (alias), and the words. Raises CannotOpen.

    None while they lead nothing that was passed on to them, or nothing was told.
    """
    row = contact.handovers.filter(taker__isnull=False).select_related("giver").order_by("taken_at").last()
    if row is None or row.taker_id != member.pk or contact.volunteer_id != member.pk or row.note is None:
        return None
    key = vault.case_key_for(contact.key, contact.holder)
    return row.giver.alias, key.unseal(words_context(row.pk), bytes(row.note)).decode()


# The room with two --------------------------------------------------------------------------------------------------


@transaction.atomic
def leave_room(parted: Parted) -> bool:
    """Let a companion leave, whose hands are free now; say whether the caller is still there to be told."""
    handover = parted.handover
    contact = Contact.objects.select_for_update(no_key=True).get(pk=handover.contact_id)
    still = WarmHandover.objects.filter(pk=handover.pk, state=HandoverState.TOGETHER)
    if not still.update(state=HandoverState.DONE):
        return False
    in_room = contact.state in WITH_SOMEBODY and contact.volunteer_id == handover.taker_id
    _let_rest(contact, handover.giver_id)
    if contact.volunteer_id and contact.state != ContactState.WAITING:
        vault.shut_out(contact.key_id, contact.volunteer_id)
    if in_room:
        note(contact, kind=EventKind.COMPANION_LEFT, actor=str(handover.giver_id))
        actor = str(handover.giver_id) if parted.why == "own" else LINE
        _record(actor, "contact.hand_over_leave", contact, parted.why)
    ring(contact, f"member:{handover.giver_id}")
    return in_room


def _there() -> Exists:
    return Exists(Presence.objects.filter(member=OuterRef("giver"), lease_until__gt=clock.now()))


def companions_to_part(now: datetime.datetime) -> list[Parted]:
    """Return whose time in the room is over, who is gone, and who stays where nobody needs company any more."""
    together = WarmHandover.objects.filter(state=HandoverState.TOGETHER)
    if not together.exists():  # as in nearly every second: a tenth of the work of asking for all the rest
        return []
    rows = together.select_related("giver", "taker").annotate(
        there=_there(), here=Exists(companions().filter(pk=OuterRef("pk")))
    )
    due = rows.filter(Q(until__lte=now) | Q(there=False) | Q(here=False) | Q(giver__is_active=False))
    return [
        Parted(row, "time" if row.until and row.until <= now else "lost") for row in due.order_by("until")[:AT_ONCE]
    ]


@transaction.atomic
def back_to_companion(contact: Contact) -> WarmHandover | None:
    """Let the companion lead again whose colleague is lost; return the handover, or None where nobody is there."""
    _state, leader = read_locked(contact)
    beside = companions().filter(contact=contact, taker_id=leader, giver__is_active=True).filter(_there())
    row = beside.select_related("giver", "taker").first()
    if row is None or row.taker is None:
        return None
    still = WarmHandover.objects.filter(pk=row.pk, state=HandoverState.TOGETHER)
    if not still.update(state=HandoverState.DONE) or not _lead(
        contact, row.taker, row.giver, EventKind.HANDED_BACK, by=None
    ):
        return None
    vault.shut_out(contact.key_id, row.giver_id)
    _record(LINE, "contact.hand_over", contact, "volunteer_lost")
    return row
