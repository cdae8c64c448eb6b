"""The WebSocket addresses (named so because *routing* means choosing a volunteer here)."""

from django.urls import path

from chat.consumers import CallerConsumer
from chat.desk_consumer import DeskConsumer
from wire.guard import Guard

urlpatterns = [
    path("ws/hablar/", Guard(CallerConsumer.as_application(), pace=CallerConsumer.pace)),
    path("ws/escritorio/", Guard(DeskConsumer.as_application(), pace=DeskConsumer.pace)),
]
