"""What Daphne serves as a yardstick."""

import importlib

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

pages = get_asgi_application()
# A consumer knows models, and those can only be loaded once Django is set up, hence by name.
seat = importlib.import_module("bench.yardstick.consumers").Seat.as_asgi()
application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter([path("ws/<int:room>/<str:seat>/", seat)])})
