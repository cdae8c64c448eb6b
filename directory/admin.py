"""The administration of places: coordinators call, note the check and its end."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import checking
from directory.models import Need, Place

EDITABLE = frozenset({"id", "expires_on"})  # of a national line


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a place helps with is ticked, and kept as codes with spaces between."""

    needs = forms.MultipleChoiceField(
        label=_("a qué ayuda"), choices=Need.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "needs" in self.fields:  # a national line's are closed
            self.initial["needs"] = self.instance.needs.split()

    def clean_needs(self) -> str:
        """Return the codes as they are kept."""
        return " ".join(self.cleaned_data["needs"])


@admin.register(Place)
class PlaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Places; the facts of the five national lines come from the release, only their check is noted here."""

    form = PlaceForm
    list_display = ("name", "number", "kind", "region", "checked_on", "expires_on", "is_in_date")
    list_filter = ("kind", "price", "region", "national")
    search_fields = ("name", "number", "code")
    actions = ("mark_checked",)

    @admin.display(boolean=True, description=_("al día"))
    def is_in_date(self, place: Place) -> bool:
        """Show a tick while the check is in date, a cross when somebody should call."""
        return checking.in_date(place, self.today())

    @admin.action(description=_("Llamé hoy y los datos son correctos"))
    def mark_checked(self, request: HttpRequest, queryset: QuerySet[Place]) -> None:
        """Note who called, today, and until when that counts."""
        checking.note(queryset, by=str(request.user), day=self.today())

    def get_readonly_fields(self, _request: HttpRequest, obj: Place | None = None) -> tuple[str, ...]:
        """Close the facts of a national line, and who checked any."""
        if obj is not None and obj.national:
            return tuple(field.name for field in Place._meta.fields if field.name not in EDITABLE)
        return ("national", "checked_by", "checked_on")

    @staticmethod
    def today() -> date:
        """Return the day in Lima."""
        return timezone.localdate()
