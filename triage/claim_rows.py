"""What a batch of claims reads and writes of offers and contacts, in the words of each kind of database.

PostgreSQL is asked in statements that are written out, two for a whole batch: claims come by the thousand where
several nodes share it, and the ORM took most of a claim's time (docs/PERFORMANCE.md).
"""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

from django.db import connection, models

from roster import actions as roster
from roster.models import Member
from triage.hands import levels_carried
from triage.models import Contact, ContactState, Offer, OfferState
from triage.offering import close_offers
from triage.states import give_to
from vault.models import DataKey
from vault.statements import ask


class Wanted(NamedTuple):
    """An open offer whose contact waits and is locked, as far as a claim asks for it."""

    offer_id: uuid.UUID
    member_id: uuid.UUID
    contact_id: uuid.UUID
    urgency: str
    rehearsal: bool
    practice_for: uuid.UUID | None
    key: DataKey
    taker: Member  # as they stand now, as far as it is asked whether they may take callers


class Given(NamedTuple):
    """The offers that were accepted, and the members whose offers of the same contacts closed."""

    offers: set[uuid.UUID]
    missed: set[uuid.UUID]


class Rows(Protocol):
    """The rows of offers and contacts; every method runs in the caller's transaction."""

    def carried(self, members: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
        """Return the levels that these members carry, as ``triage.hands.levels_carried``."""

    def lock(self, offers: Collection[uuid.UUID], now: datetime.datetime, *, wait: bool) -> list[Wanted]:
        """Lock the contacts of those of these offers that stand, in order of their ids; return what is wanted.

        Without ``wait`` those locked elsewhere are left out.
        """

    def give(self, wanted: Sequence[Wanted], now: datetime.datetime) -> Given:
        """Let each contact, which is locked and named once, talk with the member of the offer, where that stands.

        The others' offers close. Events, history and presence are written; nobody is rung.
        """


def _due_later(wanted: Sequence[Wanted]) -> list[uuid.UUID]:
    """Return whose turn comes after others' now; who has practised is no less due to a caller."""
    return [one.member_id for one in wanted if one.practice_for is None]


def _in_order(model: type[models.Model], *names: str) -> list[str]:
    """Return these columns in the order in which ``from_db`` wants them."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


#: What is read of a member, and of a key.
OF_MEMBER = _in_order(
    Member,
    "id",
    "role",
    "is_active",
    "role_confirmed_at",
    "licence_checked_on",
    "trained_on",
    "capacity",
    "above_limit",
)
OF_KEY = _in_order(DataKey, "id", "state", "sealed_share")


class PostgreSQL:
    """Rows of PostgreSQL: whole batches as arrays, so that each statement has one form and is planned once."""

    LOCK = """
        SELECT o.id, o.member_id, c.id, c.urgency, c.rehearsal, c.practice_for_id, {of_key}, {of_member}
        FROM triage_offer o JOIN triage_contact c ON c.id = o.contact_id JOIN vault_datakey k ON k.id = c.key_id
            JOIN roster_member m ON m.id = o.member_id
        WHERE o.id = ANY(%b) AND o.state = 'open' AND o.until > %b AND c.state = 'waiting' AND o.handover_id IS NULL
        ORDER BY c.id FOR NO KEY UPDATE OF c""".format(  # noqa: S608 - names of columns
        of_key=", ".join(f"k.{name}" for name in OF_KEY), of_member=", ".join(f"m.{name}" for name in OF_MEMBER)
    )
    LOCK_FREE = LOCK + " SKIP LOCKED"
    CARRIED = """
        SELECT volunteer_id, urgency FROM triage_contact
        WHERE volunteer_id = ANY(%(members)b) AND state = 'talking' AND practice_for_id IS NULL
        UNION ALL
        SELECT h.giver_id, c.urgency FROM triage_warmhandover h JOIN triage_contact c ON c.id = h.contact_id
        WHERE h.giver_id = ANY(%(members)b) AND h.state = 'together' AND c.state = 'talking'
            AND c.volunteer_id = h.taker_id"""
    # Presences are locked in the order in which leases are renewed, so that no two nodes wait for each other.
    GIVE = """
        WITH won AS (
            UPDATE triage_offer SET state = 'accepted', answered_at = %(now)b
            WHERE id = ANY(%(offers)b) AND state = 'open' AND until > %(now)b RETURNING id, contact_id, member_id
        ), given AS (
            UPDATE triage_contact c SET state = 'talking', volunteer_id = won.member_id, assigned_at = %(now)b,
                still_there_asked_at = NULL, earlier_id = NULL
            FROM won WHERE c.id = won.contact_id AND c.state = 'waiting'
            RETURNING c.id, c.state, c.urgency, c.volunteer_id, won.id AS offer_id
        ), closed AS (
            UPDATE triage_offer o SET state = 'gone', answered_at = %(now)b FROM given
            WHERE o.contact_id = given.id AND o.state = 'open' AND o.id <> ALL(%(offers)b)
            RETURNING o.member_id
        ), history AS (
            INSERT INTO triage_historicalcontact
                (id, state, urgency, volunteer_id, history_date, history_type, history_user_id)
            SELECT id, state, urgency, volunteer_id, %(now)b, '~', volunteer_id FROM given
        ), events AS (
            INSERT INTO triage_contactevent (contact_id, at, kind, actor, before, after, detail)
            SELECT id, %(now)b, 'accepted', volunteer_id::text, 'waiting', state, '{}' FROM given
        ), seats AS (
            SELECT member_id FROM roster_presence WHERE member_id = ANY(%(members)b)
            ORDER BY member_id FOR NO KEY UPDATE
        ), noted AS (
            UPDATE roster_presence p SET last_assigned_at = %(now)b, missed_offers = 0, asks = false
            FROM seats JOIN given ON given.volunteer_id = seats.member_id WHERE p.member_id = seats.member_id
        )
        SELECT true, offer_id FROM given UNION ALL SELECT false, member_id FROM closed"""

    def carried(self, members: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
        """As Rows says."""
        found: dict[uuid.UUID, list[str]] = {}
        for member_id, urgency in ask(self.CARRIED, {"members": list(members)}):
            found.setdefault(member_id, []).append(urgency)
        return found

    def lock(self, offers: Collection[uuid.UUID], now: datetime.datetime, *, wait: bool) -> list[Wanted]:
        """As Rows says."""
        rows = ask(self.LOCK if wait else self.LOCK_FREE, [list(offers), now])
        return [self._wanted(*row) for row in rows]

    @staticmethod
    def _wanted(*row: Any) -> Wanted:
        keys, member = len(row) - len(OF_MEMBER) - len(OF_KEY), len(row) - len(OF_MEMBER)
        key = DataKey.from_db(connection.alias, OF_KEY, row[keys:member])
        return Wanted._make([*row[:keys], key, Member.from_db(connection.alias, OF_MEMBER, row[member:])])

    def give(self, wanted: Sequence[Wanted], now: datetime.datetime) -> Given:
        """As Rows says."""
        values = {"offers": [one.offer_id for one in wanted], "members": _due_later(wanted), "now": now}
        found = ask(self.GIVE, values).fetchall()
        return Given({one for given, one in found if given}, {one for given, one in found if not given})


class SQLite:
    """Rows of SQLite: one writer at a time, so that nothing is ever locked elsewhere, and asking costs little."""

    def carried(self, members: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
        """As Rows says."""
        return levels_carried(members)

    def lock(self, offers: Collection[uuid.UUID], now: datetime.datetime, *, wait: bool) -> list[Wanted]:
        """As Rows says."""
        del wait
        still_open = Offer.objects.filter(pk__in=offers, state=OfferState.OPEN, until__gt=now)
        waiting = still_open.filter(contact__state=ContactState.WAITING, handover=None)
        return [
            Wanted(
                offer.pk,
                offer.member_id,
                offer.contact_id,
                offer.contact.urgency,
                offer.contact.rehearsal,
                offer.contact.practice_for_id,
                offer.contact.key,
                offer.member,
            )
            for offer in waiting.select_related("contact__key", "member")
        ]

    def give(self, wanted: Sequence[Wanted], now: datetime.datetime) -> Given:
        """As Rows says."""
        contacts = Contact.objects.in_bulk([one.contact_id for one in wanted])
        members = Member.objects.in_bulk([one.member_id for one in wanted])
        offers = {one.offer_id for one in wanted}
        Offer.objects.filter(pk__in=offers).update(state=OfferState.ACCEPTED, answered_at=now)
        give_to([(contacts[one.contact_id], members[one.member_id]) for one in wanted])
        roster.note_assigned(_due_later(wanted))
        return Given(offers, close_offers(contacts))


ROWS: dict[str, Rows] = {"postgresql": PostgreSQL(), "sqlite": SQLite()}


def rows() -> Rows:
    """Return the rows of the database in use."""
    return ROWS[connection.vendor]
