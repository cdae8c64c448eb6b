"""The administration of people: members, organisations, skills, invitations; nothing about callers, ever."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from roster import actions
from roster.errors import NotByThemselves
from roster.models import Invitation, Member, OpeningException, OpeningSpan, Organisation, Shift, Skill
from roster.shift_admin import OpeningExceptionAdmin, OpeningSpanAdmin, ShiftAdmin


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Members; passwords and second factors are nobody else's."""

    list_display = (
        "alias",
        "email",
        "role",
        "role_ends",
        "organisation",
        "licence_number",
        "licence_checked_on",
        "trained_on",
        "is_active",
    )
    list_filter = ("role", "organisation", "skills", "is_active")
    search_fields = ("alias", "email", "full_name", "licence_number")
    exclude = ("password", "last_login")
    readonly_fields = ("licence_checked_by", "licence_checked_on", "role_confirmed_at", "above_limit")
    actions = ("confirm_roles", "mark_licence_checked", "close_accounts", "remove_second_factors", "renew_keys")

    @admin.display(description=_("el rol vence el"), ordering="role_confirmed_at")
    def role_ends(self, member: Member) -> str:
        """Say when the role lapses, marked when that is near or past."""
        day = date_format(timezone.localtime(member.role_ends_at), "d/m/Y")
        if not member.has_role:
            return _("venció el %s") % day if member.is_active else ""
        return _("%s: confirmar") % day if member.role_ends_soon else day

    @admin.action(description=_("Confirmar el rol por seis meses"))
    def confirm_roles(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Confirm roles; nobody confirms their own."""
        for member in queryset:
            try:
                actions.confirm_role(member, request.user)  # type: ignore[arg-type]
            except NotByThemselves:
                self.message_user(
                    request, _("Tu propio rol lo confirma otra persona de coordinación."), messages.WARNING
                )

    @admin.action(description=_("Marcar colegiatura revisada"))
    def mark_licence_checked(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Note who looked the numbers up."""
        for member in queryset.exclude(licence_number=""):
            actions.check_licence(member, request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Cerrar las cuentas"))
    def close_accounts(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Close accounts: sockets close, conversations go back to the queue."""
        for member in queryset:
            actions.deactivate(member, request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Quitar el segundo factor (perdió su teléfono)"))
    def remove_second_factors(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Let them enrol anew, once somebody has made sure who is asking."""
        for member in queryset:
            actions.remove_second_factor(member, request.user)  # type: ignore[arg-type]

    @admin.action(description=_("Dar un llavero nuevo (olvidó su contraseña y no tiene su código)"))
    def renew_keys(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Let them have new keys, once somebody has made sure who is asking; nobody renews their own."""
        for member in queryset:
            try:
                actions.renew_keys(member, request.user)  # type: ignore[arg-type]
            except NotByThemselves:
                self.message_user(request, _("Tu propio llavero lo renueva otra persona."), messages.WARNING)

    def save_model(self, request: HttpRequest, obj: Member, form: "ModelForm[Member]", change: bool) -> None:  # noqa: FBT001  Django's signature
        """Store an edit and draw its consequences."""
        super().save_model(request, obj, form, change)
        actions.note_changed(obj, request.user, form.changed_data)  # type: ignore[arg-type]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Members come by invitation."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Member | None = None) -> bool:
        """Accounts are closed, never deleted: the trail names them."""
        return False


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Invitations; the link is shown once, when one is made."""

    list_display = ("role", "email", "organisation", "expires_at", "used_at")
    fields = ("role", "email", "organisation")

    def save_model(self, request: HttpRequest, obj: Invitation, _form: object, _change: bool) -> None:  # noqa: FBT001  Django's signature
        """Make the invitation through the action, and show its link."""
        path = actions.invite(role=obj.role, email=obj.email, organisation=obj.organisation, by=request.user)  # type: ignore[arg-type]
        self.message_user(request, _("Enlace de la invitación (se ve una sola vez): %s") % path)

    def response_add(self, _request: HttpRequest, _obj: Invitation, _next: str | None = None) -> HttpResponse:
        """Go back to the list, which shows the link."""
        return redirect("admin:roster_invitation_changelist")

    def log_addition(self, *_args: object) -> None:  # type: ignore[override]  # Django ignores the answer too
        """Write nothing: the trail has it already."""

    def has_change_permission(self, _request: HttpRequest, _obj: Invitation | None = None) -> bool:
        """Refuse: an invitation is made or left alone."""
        return False


admin.site.register(Organisation)
admin.site.register(Skill)
admin.site.register(Shift, ShiftAdmin)
admin.site.register(OpeningSpan, OpeningSpanAdmin)
admin.site.register(OpeningException, OpeningExceptionAdmin)
# What libraries bring along is nobody's to edit: accounts and second factors are kept through the pages of /equipo/.
admin.site.unregister([Group, EmailAddress, Authenticator])
