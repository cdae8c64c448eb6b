"""The button for partners' pages: its script, its picture for pages without scripts, and the page that explains it.

Whoever visits a partner's page meets these addresses before they have decided anything: no cookie is set or read,
nothing is counted, and the answer is the same for everybody.
"""

import functools
import json
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.search import lines_now
from triage.button import KEPT, door_now

PLACE = "{ /* triage/button_views.py puts them here */ }"
SCRIPT = settings.BASE_DIR / "static" / "js" / "button.js"
#: What in the script is for us: the types of the checker, and what it is for.
REMARKS = re.compile(r"/\*\*.*?\*/\s*", re.DOTALL)
#: How wide the picture is, and how many letters of its sentence fit on a line.
WIDTH, LETTERS = 320, 36


def _for_anybody(response: HttpResponse, *, seconds: int) -> HttpResponse:
    """Let any page on the net use it, and any cache keep it for a while."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _words() -> dict[str, str]:
    return {
        "talk": _("Conversar con alguien"),
        "tab": _("(se abre en otra pestaña)"),
        "free": _("Gratis y sin dar tu nombre."),
        "also": _("También responden:"),
        "and": _("y"),
        "away": _("Si la página no abre, llama gratis al 113, opción 5."),
    }


@functools.cache
def _script(language: str) -> str:
    del language  # only the cache's key
    words = json.dumps(_words(), ensure_ascii=False).replace("</", "<\\/")
    return REMARKS.sub("", SCRIPT.read_text(encoding="utf-8")).replace(PLACE, words)


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The one line that a partner writes loads this; three kilobytes at most."""
    del request
    return _for_anybody(
        HttpResponse(_script(get_language()), content_type="text/javascript; charset=utf-8"), seconds=3600
    )


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """How it stands, in JSON: ``state`` (open, busy, closed), ``text``, and the first numbers that answer anyway."""
    del request
    door = door_now()
    numbers = [{"number": line.number, "tel": line.tel} for line in lines_now() if line.tel][:2]
    return _for_anybody(JsonResponse({"state": door.state, "text": door.text, "numbers": numbers}), seconds=KEPT)


def _lines_of(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """The button as a picture (SVG), for pages on which no script may run; its link is the partner's."""
    door = door_now()
    lines = [{"y": 78 + 20 * number, "text": text} for number, text in enumerate(_lines_of(door.text))]
    context = {"door": door, "lines": lines, "width": WIDTH, "height": 74 + 20 * len(lines)}
    response = render(request, "triage/button.svg", context, content_type="image/svg+xml; charset=utf-8")
    return _for_anybody(response, seconds=KEPT)


@require_safe
def explained(request: HttpRequest) -> HttpResponse:
    """For partners: the line to copy, how it looks now, what it does and what it never does."""
    home = settings.ORIGINS[0]
    load = f'<script async src="{home}{reverse("button_script")}"></script>'
    opens = 'target="_blank" rel="noopener noreferrer"'
    plain = _("Conversar por escrito, gratis y sin dar tu nombre. Si no abre, llama gratis al 113, opción 5.")
    named = _("Conversar por escrito, gratis y sin dar tu nombre: se abre en otra pestaña y ahí dice si hay alguien")
    shown = f'<img src="{home}{reverse("button_picture")}" width="{WIDTH}" alt="{named}">'
    context = {
        "home": home,
        "door": door_now(),
        "with_script": f'<a href="{home}/" {opens}>{plain}</a>{load}',
        "without_script": f'<a href="{home}/" {opens}>{shown}</a>',
    }
    return render(request, "triage/button.html", context)
