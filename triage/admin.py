"""The administration of official wordings: loaded from a file, looked at before it counts, never changed afterwards."""

import base64
import binascii
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roster.errors import WordingProblem
from roster.wording_file import LARGEST
from triage import wordings
from triage.instruments import INSTRUMENTS
from triage.models import InstrumentWording
from triage.wording_example import example


def _given(request: HttpRequest) -> bytes:
    """Return the bytes of the file: just sent, or as the preview holds them. Raises WordingProblem for neither."""
    file = request.FILES.get("file")
    if file is not None:
        sent: bytes = file.read(LARGEST + 1)
        return sent
    try:
        return base64.b64decode(request.POST["raw"], validate=True)
    except (KeyError, binascii.Error):
        raise WordingProblem(_("Elige primero un archivo.")) from None


@admin.register(InstrumentWording)
class InstrumentWordingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The versions of each wording; whoever answered with an old one keeps it."""

    list_display = ("name", "language", "version", "in_force", "loaded_at", "loaded_by", "source", "licence")
    list_select_related = ("loaded_by",)
    ordering = ("code", "language", "-loaded_at", "-pk")
    fields = (
        ("code", "language", "version"),
        "in_force",
        "source",
        "licence",
        "words",
        "points",
        "loaded_at",
        "loaded_by",
        "digest",
    )
    readonly_fields = ("in_force", "words", "points")
    actions = None

    @admin.display(description=gettext_lazy("instrumento"), ordering="code")
    def name(self, row: InstrumentWording) -> str:
        """Return the instrument's name."""
        return INSTRUMENTS[row.code].name if row.code in INSTRUMENTS else row.code

    @admin.display(boolean=True, description=gettext_lazy("en uso"))
    def in_force(self, row: InstrumentWording) -> bool:
        """Show a tick at the version that the desk shows now."""
        return wordings.wording_of(row.code, row.language) == row

    @admin.display(description=gettext_lazy("preguntas"))
    def words(self, row: InstrumentWording) -> SafeString:
        """Return the items, numbered."""
        return format_html_join("", "{}. {}<br>", enumerate(row.items, 1))

    @admin.display(description=gettext_lazy("puntos"))
    def points(self, row: InstrumentWording) -> SafeString | str:
        """Return the official words of the points."""
        return format_html_join("", "{}: {}<br>", enumerate(row.answers)) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Add the example of a file."""
        view = self.admin_site.admin_view(self.example_file)
        return [path("ejemplo/<str:code>/", view, name="triage_instrumentwording_example"), *super().get_urls()]

    def example_file(self, _request: HttpRequest, code: str) -> HttpResponse:
        """Give the example for one instrument, to be filled in."""
        if code not in INSTRUMENTS:
            raise Http404
        answer = HttpResponse(example(INSTRUMENTS[code]), content_type="text/plain; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{code}.toml"'
        return answer

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a file, show what it says, and keep it only then."""
        del form_url, extra_context
        if request.method != "POST":
            return self._page(request)
        try:
            raw = _given(request)
            if "confirm" not in request.POST:
                return self._page(request, preview=wordings.preview(raw), raw=base64.b64encode(raw).decode())
            found, new = wordings.load(raw, request.user)  # type: ignore[arg-type]
        except WordingProblem as problem:
            return self._page(request, 400, problem=str(problem))
        if new:
            self.log_addition(request, found, _("Cargó el texto desde un archivo."))
        words = _("Quedó en uso: %(name)s, versión %(version)s.") if new else _("Ese archivo ya estaba cargado.")
        self.message_user(request, words % {"name": self.name(found), "version": found.version}, messages.SUCCESS)
        return redirect("admin:triage_instrumentwording_changelist")

    def _page(self, request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Cargar un texto oficial"),
            "instruments": INSTRUMENTS.values(),
        }
        return render(request, "admin/triage/instrumentwording/load.html", context | shown, status=status)

    def has_change_permission(self, _request: HttpRequest, _obj: InstrumentWording | None = None) -> bool:
        """Refuse: a changed text is a new version."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: InstrumentWording | None = None) -> bool:
        """Refuse: results name the version they were asked with."""
        return False
