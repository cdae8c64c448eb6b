"""The vault's own work, measured in a command of the line: sealing, opening, rewrapping, the trail (JSON on stdout)."""

import asyncio
import datetime
import json
import os
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable

from django.db import connections
from django.db.models import QuerySet

from cases.notes import NOTE_BUCKET, revision_context
from chat.models import Message
from chat.sealing import MESSAGE_BUCKET, message_context
from chat.transcript import messages_after
from triage.models import Contact
from vault import actions, master_keys, rewrapping, shares, staff_keys, trail, wraps
from vault.keystore.models import KeyShare
from vault.models import DataKey, Entry, Head
from vault.sealing import KEY

WORDS = "No sé cómo decirlo. Desde el domingo no duermo, y en la casa nadie pregunta. "
NOTE = (WORDS * 30)[:2_048].encode()
SPOKEN = 200  # messages of a transcript
WRITERS = 16
APPENDING = 5.0  # seconds
Figures = dict[str, float]


def _each(work: Callable[[], object], times: int) -> float:
    """Return the seconds that one call takes."""
    began = time.perf_counter()
    for _number in range(times):
        work()
    return (time.perf_counter() - began) / times


def note() -> Figures:
    """Measure the cipher work of one note of 2 KiB, in microseconds."""
    row = actions.issue_key()
    key, context = actions.case_key_for(row), revision_context(row.pk, 1)
    sealed = key.seal(context, NOTE, pad_to=NOTE_BUCKET)
    return {
        "note sealed, µs": _each(lambda: key.seal(context, NOTE, pad_to=NOTE_BUCKET), 5_000) * 1e6,
        "note opened, µs": _each(lambda: key.unseal(context, sealed), 5_000) * 1e6,
    }


def transcript() -> Figures:
    """Measure how long a conversation of 200 messages takes from the rows to the words, in milliseconds."""
    contact = Contact.objects.select_related("key").filter(rehearsal=True).latest("opened_at")
    key, now, after = actions.case_key_for(contact.key), datetime.datetime.now(datetime.UTC), contact.last_seq
    rows = []
    for seq in range(after + 1, after + 1 + SPOKEN):
        row = Message(contact=contact, seq=seq, by="caller", at=now)
        context = message_context(contact.pk, seq, "caller", row.client_id)
        row.text = key.seal(context, WORDS.encode(), pad_to=MESSAGE_BUCKET)
        rows.append(row)
    Message.objects.bulk_create(rows)
    opened = messages_after(contact, after, SPOKEN)
    took = [_each(lambda: messages_after(contact, after, SPOKEN), 1) for _round in range(20)]
    if len(opened) != SPOKEN or opened[-1].text != WORDS:
        message = "The transcript that was measured is not the one that was written."
        raise SystemExit(message)
    return {"transcript of 200 opened, ms": statistics.median(took) * 1e3}


async def _longest_gap(beside: Callable[[], object]) -> float:
    """Return the longest pause of an event loop, in seconds, while a thread works beside it."""
    loop, longest = asyncio.get_running_loop(), 0.0
    working = loop.run_in_executor(None, beside)
    before = time.perf_counter()
    while not working.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    await working
    return longest


def people() -> Figures:
    """Measure what stage B asks of a sign-in and of each conversation that somebody comes to."""
    member, password = uuid.uuid4(), "una frase larga que se mide"
    staff_keys.expect(member, "volunteer")
    person = actions.person(member, staff_keys.unlock(member, "volunteer", password) or "")
    row, share = DataKey(commitment=bytes(32), created_on=datetime.datetime.now(datetime.UTC).date()), os.urandom(KEY)
    row.save(force_insert=True)

    def unlock() -> None:
        staff_keys.unlock(member, "volunteer", password)

    def give() -> None:
        wraps.to_member(row.pk, share, member, by=person, reason="claim")

    give()
    return {
        "a member's keys unlocked, ms": _each(unlock, 5) * 1e3,
        "longest pause of the loop meanwhile, ms": max(asyncio.run(_longest_gap(unlock)) for _turn in range(5)) * 1e3,
        "a share sealed to a member, with its grant, µs": _each(give, 200) * 1e6,
        "a share opened by a member, its grant looked at, µs": _each(lambda: person.share_of(row.pk), 200) * 1e6,
        "a return code looked up, ms": _each(lambda: actions.bearer_of(actions.fresh_return_code()), 5) * 1e3,
    }


def rewrap(count: int) -> Figures:
    """Measure a new master key and a new day over so many keys, in seconds."""
    epoch, today = shares.epoch_of(), datetime.datetime.now(datetime.UTC).date()
    keys = [DataKey(commitment=bytes(32), created_on=today) for _number in range(count)]
    for key in keys:
        key.sealed_share = shares.seal_a(key.pk, os.urandom(KEY))
    DataKey.objects.bulk_create(keys, batch_size=1_000)
    sealer = shares.epoch_key(epoch)
    halves = [
        KeyShare(
            pk=key.pk,
            epoch=epoch,
            sealed_share=sealer.seal(shares.context_of("keystore_keyshare", key.pk), os.urandom(KEY)),
        )
        for key in keys
    ]
    KeyShare.objects.bulk_create(halves, batch_size=1_000)
    master_keys.source().rotate()
    began = time.perf_counter()
    rewrapped = rewrapping.under_primary().done
    took = time.perf_counter() - began
    began = time.perf_counter()
    while rewrapping.turn_epoch(today=today + datetime.timedelta(days=1)):
        pass
    turned = time.perf_counter() - began
    if rewrapped < count:
        message = "Not every key was sealed anew."
        raise SystemExit(message)
    return {f"{count:,} keys under a new master key, s": took, f"{count:,} keys under the key of a new day, s": turned}


def append() -> Figures:
    """Measure 16 writers who append to the trail at once: entries a second, and the slowest of a hundred in ms."""
    took: list[float] = []
    until = time.perf_counter() + APPENDING

    def write() -> None:
        while time.perf_counter() < until:
            began = time.perf_counter()
            actions.record(actor="line", act="bench", subject_kind="trail", subject="bench")
            took.append(time.perf_counter() - began)
        connections.close_all()

    threads = [threading.Thread(target=write) for _number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    return {"trail entries/s, 16 writers": len(took) / APPENDING, "of these p99, ms": took[int(len(took) * 0.99)] * 1e3}


def verify(count: int) -> Figures:
    """Measure reading a trail of so many entries, in entries a second."""
    seq, previous = trail.end()
    now, made = datetime.datetime.now(datetime.UTC), []
    for number in range(seq + 1, seq + 1 + count):
        told = {"actor": "line", "act": "case.open", "subject_kind": "case", "subject": "x" * 36, "result": "done"}
        entry = Entry(seq=number, at=now, reason="quality", **told)
        entry.digest = previous = trail.digest_of(previous, entry)
        made.append(entry)
    QuerySet[Entry](Entry).bulk_create(made, batch_size=2_000)  # the trail's own manager refuses, rightly
    Head.objects.update(seq=seq + count, digest=previous)
    began = time.perf_counter()
    verdict = trail.verify()
    took = time.perf_counter() - began
    if verdict.first_bad is not None:
        message = "The trail that was measured is not whole."
        raise SystemExit(message)
    return {"trail entries verified/s": verdict.checked / took}


def main(count: int) -> None:
    """Measure all of it, ``count`` keys and twice as many entries, and print it."""
    sys.stdout.write(
        json.dumps({**note(), **transcript(), **people(), **append(), **rewrap(count), **verify(2 * count)})
    )
