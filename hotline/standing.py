"""Keeps the pages that know nobody standing: operators' always, public ones while the database is away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hotline.health import STATE
from wire.language_paths import without_language

OPERATORS = frozenset({"/healthz", "/readyz", "/metrics"})
PUBLIC = ("/campana/", "/recursos/", "/huellas/")
SAFE = frozenset({"GET", "HEAD"})


class Standing:
    """Passes such a request on without its cookies, so that no session is looked up for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; pages find in ``request.database_away`` whether to offer what needs rows."""
        request.database_away = STATE.database_away  # type: ignore[attr-defined]
        path = without_language(request.path)
        public = path == "/" or path.startswith(PUBLIC)
        if request.path in OPERATORS or (STATE.database_away and public and request.method in SAFE):
            request.COOKIES = {}
        return self.get_response(request)
