"""Coming in by invitation, and the administration's door, which is the same door."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from roster import actions, applications
from roster.errors import InvitationGone
from roster.forms import InvitationForm
from roster.models import Member
from roster.second_factor import sign_out_quietly


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of an invitation, or make the member."""
    try:
        row = actions.open_invitation(token)
        applicant = applications.of_invitation(row)
        form = InvitationForm(
            request.POST or None, invited_as=row.email, known_as=applicant.full_name if applicant else ""
        )
        if request.method == "POST" and form.is_valid():
            applications.take_invitation(token, **form.cleaned_data)
            return redirect("account_login")
    except InvitationGone:
        return render(request, "roster/invitation_gone.html", {"contact": settings.PRESS_CONTACT}, status=410)
    return render(request, "roster/invitation.html", {"form": form, "invited": row}, status=400 if form.errors else 200)


@require_GET
@login_required
def choose_second_factor(request: HttpRequest) -> HttpResponse:
    """Let a member choose their second factor: a device's own key first, as no code of it can be asked for."""
    return render(request, "roster/second_factor.html")


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End all sessions of whoever asks; they come back to the door."""
    if isinstance(request.user, Member):
        actions.sign_out_everywhere(request.user)
    sign_out_quietly(request)
    return redirect("account_login")


def admin_door(request: HttpRequest) -> HttpResponse:
    """Send whoever wants into the administration through the one door with the second factor."""
    if isinstance(request.user, Member):
        actions.note_refused("reference.manage", member=request.user, reason="role")
        raise Http404  # signed in, and not of the coordination: signing in again would change nothing
    return redirect_to_login(request.GET.get("next", "/admin/"))


def no_such_page(_request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Pages that allauth expects by name and that this line does not have."""
    raise Http404
