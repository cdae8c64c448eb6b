"""The WebSocket addresses (named so because *routing* means choosing a volunteer here)."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from chat.consumers import CallerConsumer
from chat.desk_consumer import DeskConsumer
from reflection.consumers import CircleConsumer
from wire.consumer import LiveConsumer
from wire.guard import Guard


def _guarded(consumer: type[LiveConsumer]) -> Any:
    """Return the application of one kind of socket behind its guard (Django's ``path`` knows views only)."""
    return Guard(consumer.as_application(), pace=consumer.pace)


async def _refused(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "websocket.close"})


#: Every other address is refused (HTTP 403): without this the router raises, and a stranger's path reaches the log.
_nowhere: Any = _refused


urlpatterns: list[Any] = [
    path("ws/hablar/", _guarded(CallerConsumer)),
    path("ws/escritorio/", _guarded(DeskConsumer)),
    path("ws/circulo/<uuid:circle_id>/", _guarded(CircleConsumer)),
]

router = URLRouter([*urlpatterns, re_path("", _nowhere)])
