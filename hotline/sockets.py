"""The WebSocket addresses (named so because *routing* means choosing a volunteer here)."""

from typing import Any

from django.urls import path

from chat.consumers import CallerConsumer
from chat.desk_consumer import DeskConsumer
from wire.consumer import LiveConsumer
from wire.guard import Guard


def _guarded(consumer: type[LiveConsumer]) -> Any:
    """Return the application of one kind of socket behind its guard (Django's ``path`` knows views only)."""
    return Guard(consumer.as_application(), pace=consumer.pace)


urlpatterns: list[Any] = [
    path("ws/hablar/", _guarded(CallerConsumer)),
    path("ws/escritorio/", _guarded(DeskConsumer)),
]
