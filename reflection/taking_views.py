"""The page from which a member takes all that is theirs alone along, as one file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reflection import spaces, taking_along
from reflection.doors import count, for_opened, member_of, too_often
from reflection.own_errors import SpaceShut
from reflection.space_views import GUESSED
from reflection.spaces import Opened

TAKEN_AS = {
    "text": ("lo-mio.txt", "text/plain; charset=utf-8", taking_along.as_text),
    "json": ("lo-mio.json", "application/json", taking_along.as_json),
}


@require_http_methods(["GET", "POST"])
@for_opened
def take_along(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Say what a member can take along; give it to them as a file, after their password once more."""
    if request.method == "GET":
        return _page(request)
    if too_often(request, "wrong words"):
        return _page(request, 429, str(GUESSED))
    try:
        spaces.open_with_password(opened.space, request.POST.get("password", ""))
    except SpaceShut:
        count(request, "wrong words")
        return _page(request, 400, _("Con esa contraseña no se abre. Prueba otra vez."))
    name, kind, made = TAKEN_AS.get(request.POST.get("as", ""), TAKEN_AS["text"])
    answer = HttpResponse(made(opened, member_of(request)), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(request: HttpRequest, status: int = 200, problem: str = "") -> HttpResponse:
    return render(request, "reflection/take_along.html", {"problem": problem}, status=status)
