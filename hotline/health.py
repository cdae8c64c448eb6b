"""Liveness, readiness and figures for operators; nothing about callers."""

import dataclasses
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from chat.heeding import HEEDER
from hotline import place
from vault import actions as vault
from vault.errors import VaultError
from wire import doorbell


@dataclasses.dataclass
class Serving:
    """How this node stands: whether it takes new visitors, and whether its last look at the database failed."""

    serving: bool = False
    database_away: bool = False
    migrated: bool = False


STATE = Serving()


@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _database(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    """Read the tables of migrations until they are complete once; nothing takes them back while a node runs."""
    if not STATE.migrated:
        executors = [MigrationExecutor(connections[alias]) for alias in ("default", "keystore")]
        pending = [one.migration_plan(one.loader.graph.leaf_nodes()) for one in executors]
        STATE.migrated = not any(pending)
    return "ok" if STATE.migrated else "missing"


def _keys() -> str:
    vault.check_master_keys()
    return "ok"


def _layer() -> str:
    if place.is_contested():
        return "another node does not hear this one"
    return "away" if doorbell.is_away() else "ok"


def _node() -> str:
    return "ok" if STATE.serving else "leaving"


Gauge("hotline_messages_unread", "Callers' messages not read yet for signs of danger").set_function(
    lambda: HEEDER.unread
)

CHECKS: dict[str, Callable[[], str]] = {
    "node": _node,
    "layer": _layer,
    "database": lambda: _database("default"),
    "keystore": lambda: _database("keystore"),
    "migrations": _migrations,
    "keys": _keys,
}
#: What cannot be known while a database that was just found away has not come back.
NEED_ROWS = frozenset({"database", "keystore", "migrations", "keys"})


def _state_of(name: str) -> str:
    if STATE.database_away and name in NEED_ROWS:
        return "unreachable"
    try:
        return CHECKS[name]()
    except DatabaseError:
        return "unreachable"
    except VaultError:
        return "cannot be opened"


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when this node can serve a caller; 503 with the reasons otherwise."""
    parts = {name: _state_of(name) for name in CHECKS}
    good = all(state == "ok" for state in parts.values())
    return JsonResponse(parts, status=200 if good else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures for who holds HOTLINE_METRICS_TOKEN; everybody else finds nothing here."""
    wanted, given = f"Bearer {settings.METRICS_TOKEN}", request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
