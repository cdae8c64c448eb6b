"""Liveness, readiness and figures for operators; nothing about callers."""

import dataclasses
import secrets

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from vault import actions as vault
from vault.errors import VaultError


@dataclasses.dataclass
class Serving:
    """Whether this node takes new visitors; false while it is leaving."""

    serving: bool = False


STATE = Serving()


def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _database(alias: str) -> str:
    try:
        executor = MigrationExecutor(connections[alias])
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return "migrations missing" if pending else "ok"


def _keys() -> str:
    try:
        vault.check_keys()
    except (VaultError, DatabaseError):
        return "cannot be opened"
    return "ok"


def ready(_request: HttpRequest) -> JsonResponse:
    """200 when this node can serve a caller; 503 with the reasons otherwise."""
    parts = {"database": _database("default"), "keystore": _database("keystore"), "keys": _keys()}
    parts["node"] = "ok" if STATE.serving else "leaving"
    good = all(state == "ok" for state in parts.values())
    return JsonResponse(parts, status=200 if good else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures for who holds HOTLINE_METRICS_TOKEN; everybody else finds nothing here."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not secrets.compare_digest(request.headers.get("Authorization", ""), wanted):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
