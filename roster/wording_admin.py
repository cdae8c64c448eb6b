"""The administration of official wordings: loaded from a file, looked at before it counts, never changed afterwards."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roster.errors import WordingProblem
from roster.models import Member
from roster.official_wordings import OfficialWording, Preview, wording_of
from roster.wording_file import LARGEST


class Form(Protocol):
    """What has an official wording."""

    @property
    def name(self) -> str:
        """What it is called."""


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


class OfficialWordingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The versions of each wording; whoever answered with an old one keeps it. A room names its forms and its file."""

    forms: Mapping[str, Form]  # by code
    list_display = ("name", "language", "version", "in_force", "loaded_at", "loaded_by", "source", "licence")
    list_select_related = ("loaded_by",)
    ordering = ("code", "language", "-loaded_at", "-pk")
    fields: ClassVar[Any] = (
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
    readonly_fields: ClassVar[Any] = ("in_force", "words", "points")
    actions = None

    def preview(self, raw: bytes) -> Preview:
        """Read a file and keep nothing. Raises WordingProblem."""
        raise NotImplementedError

    def load(self, raw: bytes, member: Member) -> tuple[OfficialWording, bool]:
        """Keep what a file holds; say whether it was new. Raises WordingProblem."""
        raise NotImplementedError

    def example(self, code: str) -> str:
        """Return the example of a file for the form of this code."""
        raise NotImplementedError

    @admin.display(description=gettext_lazy("instrumento"), ordering="code")
    def name(self, row: OfficialWording) -> str:
        """Return the form's name."""
        return self.forms[row.code].name if row.code in self.forms else row.code

    @admin.display(boolean=True, description=gettext_lazy("en uso"))
    def in_force(self, row: OfficialWording) -> bool:
        """Show a tick at the version that is asked now."""
        return wording_of(type(row), row.code, row.language) == row

    @admin.display(description=gettext_lazy("preguntas"))
    def words(self, row: OfficialWording) -> SafeString:
        """Return the items, numbered."""
        return format_html_join("", "{}. {}<br>", enumerate(row.items, 1))

    @admin.display(description=gettext_lazy("puntos"))
    def points(self, row: OfficialWording) -> SafeString | str:
        """Return the official words of the points."""
        return format_html_join("", "{}: {}<br>", enumerate(row.answers)) or "–"

    def _place(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_urls(self) -> list[URLPattern]:
        """Add the example of a file."""
        view = self.admin_site.admin_view(self.example_file)
        return [path("ejemplo/<str:code>/", view, name=self._place("example")), *super().get_urls()]

    def example_file(self, _request: HttpRequest, code: str) -> HttpResponse:
        """Give the example for one form, to be filled in."""
        if code not in self.forms:
            raise Http404
        answer = HttpResponse(self.example(code), content_type="text/plain; charset=utf-8")
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
                return self._page(request, preview=self.preview(raw), raw=base64.b64encode(raw).decode())
            found, new = self.load(raw, request.user)  # type: ignore[arg-type]
        except WordingProblem as problem:
            return self._page(request, 400, problem=str(problem))
        if new:
            self.log_addition(request, found, _("Cargó el texto desde un archivo."))
        words = _("Quedó en uso: %(name)s, versión %(version)s.") if new else _("Ese archivo ya estaba cargado.")
        self.message_user(request, words % {"name": self.name(found), "version": found.version}, messages.SUCCESS)
        return redirect(f"admin:{self._place('changelist')}")

    def _page(self, request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
        example = f"admin:{self._place('example')}"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Cargar un texto oficial"),
            "examples": [(one.name, reverse(example, args=[code])) for code, one in self.forms.items()],
        }
        return render(request, "admin/wording/load.html", context | shown, status=status)

    def has_change_permission(self, _request: HttpRequest, _obj: OfficialWording | None = None) -> bool:
        """Refuse: a changed text is a new version."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: OfficialWording | None = None) -> bool:
        """Refuse: results name the version they were asked with."""
        return False
