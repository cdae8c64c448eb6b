"""`/huellas/`: how to erase what a visit leaves on a telephone that others use, and what nobody can erase; no database.

The address and the title say little: both stand in the history that the page is about. Menus are named as Chrome,
Firefox, Samsung Internet, Safari and Opera had them in 2025; nobody has tried each on a telephone yet [unverified].
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from directory.search import lines_now


@require_safe
def traces(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "chat/traces.html", {"lines": lines_now()})
