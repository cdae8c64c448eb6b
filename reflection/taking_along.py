"""All that is a member's own, in one file to take along: made in memory while their space is open, kept nowhere."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reflection import check_ins, journal, own_notes, thanks
from reflection.check_ins import QUESTIONS, Reading
from reflection.models import OwnNote
from reflection.questionnaires import FORMS
from reflection.spaces import Opened
from roster.models import Member

VERSION = 2
BETWEEN = "\n\n――――――\n\n"


def everything(opened: Opened, member: Member) -> dict[str, Any]:
    """Return all that a member keeps for themselves, the oldest first; days are ISO 8601.

    ``not_opened`` is how many things there are that their keys do not open, whatever the reason.
    """
    pages, found, received = journal.pages(opened)[::-1], check_ins.readings(opened)[::-1], thanks.received(opened)
    notes = own_notes.of(member)[::-1]
    rows = opened.space.pages.count() + opened.space.check_ins.count() + opened.space.thanks.count() + len(notes)
    told = [(note, text) for note, text in notes if text is not None]
    draft, prompt = journal.draft(opened)
    return {
        "version": VERSION,
        "pages": [_page(one) for one in pages if not one.to],
        "draft": {"prompt": prompt, "text": draft} if draft else None,
        "check_ins": [_check_in(one) for one in found if one.kind in QUESTIONS],
        "questionnaires": [_questionnaire(one) for one in found if one.kind in FORMS],
        "thanks_received": [
            {"day": one.day.isoformat(), "from": one.name, "text": one.text, "put_away": one.hidden}
            for one in received[::-1]
        ],
        "thanks_given": [{"day": one.day.isoformat(), "to": one.to, "text": one.text} for one in pages if one.to],
        "circle_notes": [
            {"day": note.saved_on.isoformat(), "circle": _circle(note), "text": text} for note, text in told
        ],
        "not_opened": rows - len(pages) - len(found) - len(received) - len(told),
    }


def _page(page: journal.Page) -> dict[str, str]:
    return {"day": page.day.isoformat(), "prompt": page.prompt, "text": page.text}


def _check_in(one: Reading) -> dict[str, Any]:
    question, _answers = QUESTIONS[one.kind]
    told = {"question": str(question), "value": one.value, "words": str(one.words)}
    return _when(one) | told


def _when(one: Reading) -> dict[str, Any]:
    """Return the day, and the moment (ISO 8601) of whatever was kept with one."""
    at = None if one.at == check_ins.UNKNOWN else timezone.localtime(one.at).isoformat(timespec="seconds")
    return {"day": one.day.isoformat(), "at": at}


def _questionnaire(one: Reading) -> dict[str, Any]:
    scores = [
        {
            "scale": str(score.scale.name),
            "points": score.points,
            "least": score.least,
            "most": score.most,
            "band": str(score.words),
        }
        for score in one.scores
    ]
    return _when(one) | {"form": FORMS[one.kind].name, "scores": scores}


def _circle(note: OwnNote) -> str:
    return note.circle.name or str(note.circle.get_kind_display())


def as_json(opened: Opened, member: Member) -> str:
    """Return everything as JSON."""
    return json.dumps(everything(opened, member), ensure_ascii=False, indent=2)


# To read ------------------------------------------------------------------------------------------------------------


def as_text(opened: Opened, member: Member) -> str:
    """Return everything as text to read or to print: a title for each kind, and what there is of it below."""
    told = everything(opened, member)
    draft = told["draft"]
    kinds = (
        (_("Mi diario"), BETWEEN, [_written(one, one["prompt"]) for one in told["pages"]]),
        (_("Lo que estaba escribiendo"), BETWEEN, ["\n".join(filter(None, draft.values()))] if draft else []),
        (_("Cómo estoy"), "\n", [_line(one["day"], one["question"], one["words"]) for one in told["check_ins"]]),
        (_("Cuestionarios"), "\n", [_line(one["day"], one["form"], _scores(one)) for one in told["questionnaires"]]),
        (_("Gracias que me dejaron"), BETWEEN, [_written(one, _from(one["from"])) for one in told["thanks_received"]]),
        (_("Gracias que dejé"), BETWEEN, [_written(one, _to(one["to"])) for one in told["thanks_given"]]),
        (_("Mis notas de los círculos"), BETWEEN, [_written(one, one["circle"]) for one in told["circle_notes"]]),
    )
    parts = [f"{title.upper()}\n\n{between.join(pieces)}" for title, between, pieces in kinds if pieces]
    return "\n\n\n".join([*(parts or [_("Todavía no hay nada guardado.")]), *_unopened(told["not_opened"])]) + "\n"


def _written(one: dict[str, Any], above: str) -> str:
    return "\n".join([*filter(None, [_day(one["day"]), above]), "", one["text"]])


def _line(day: str, name: str, words: str) -> str:
    return f"{_day(day)}  {name} {words}"


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def _scores(one: dict[str, Any]) -> str:
    return "; ".join(_score(**score) for score in one["scores"])


def _score(scale: str, points: int, least: int, most: int, band: str) -> str:
    told = {"scale": scale, "points": points, "least": least, "most": most}
    words = _("%(scale)s: %(points)s (de %(least)s a %(most)s)") % told
    return f"{words}, {band}" if band else words


def _from(name: str) -> str:
    return _("De %(name)s") % {"name": name} if name else _("De alguien del equipo")


def _to(name: str) -> str:
    return _("Para %(name)s") % {"name": name}


def _unopened(many: int) -> Iterable[str]:
    if many:
        words = ngettext(
            "Hay %(n)s cosa más que tus claves no abren ahora.",
            "Hay %(n)s cosas más que tus claves no abren ahora.",
            many,
        )
        yield words % {"n": many}
