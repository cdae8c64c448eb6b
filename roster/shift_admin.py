"""The administration of time: opening hours, days with other hours, and shifts, whose limits only a reason passes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from roster import shifts
from roster.errors import ShiftRefused
from roster.models import Shift
from roster.shift_rules import NEVER, WORDS


class ShiftForm(forms.ModelForm):  # type: ignore[type-arg]
    """A shift of anybody; what it breaks is said, and needs a reason."""

    class Meta:
        """What the coordination sets."""

        model = Shift
        fields = ("member", "starts_at", "ends_at", "beyond")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            for part, words in zip(getattr(field.widget, "widgets", ()), (_("fecha"), _("hora")), strict=False):
                part.attrs["aria-label"] = f"{field.label}: {words}"  # Django labels neither of the two

    def clean(self) -> dict[str, Any]:
        """Say which rules the shift breaks, unless a reason says that it is meant so."""
        data = super().clean() or {}
        if {"member", "starts_at", "ends_at"} <= data.keys():
            rules = shifts.rules_for(Shift(pk=self.instance.pk, **data))
            refused = [rule for rule in rules if rule in NEVER or not data.get("beyond")]
            for rule in refused:
                self.add_error(None, str(WORDS[rule]))
            if refused and not NEVER & set(refused):
                self.add_error("beyond", _("Si así debe ser, elige un motivo: queda anotado."))
        return data


class ShiftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shifts; each change goes through the verbs, so that calendars and the trail hear of it."""

    form = ShiftForm
    list_display = ("member", "starts_at", "ends_at", "beyond")
    list_filter = ("member__role", "member__organisation")
    date_hierarchy = "starts_at"

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or store one; what came in between and breaks a rule now is said."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ShiftRefused as refused:  # after the form was looked at
            for rule in refused.rules:
                self.message_user(request, str(WORDS[rule]), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Shift, _form: object, _change: bool) -> None:  # noqa: FBT001  Django's signature
        """Store it through the verb."""
        shifts.put(obj, request.user)  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: Shift) -> None:
        """Take it out through the verb."""
        shifts.remove(obj, request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        """Take each out through the verb."""
        for shift in queryset:
            shifts.remove(shift, request.user)  # type: ignore[arg-type]


class OpeningSpanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The hours of an ordinary week, and those of national holidays."""

    list_display = ("day", "opens", "closes", "needed")
    list_filter = ("day",)


class OpeningExceptionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Dates with hours of their own."""

    list_display = ("date", "name", "opens", "closes", "needed")
    date_hierarchy = "date"
