"""HTTP to Django; sockets through the exact-origin check to ``hotline.sockets``."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
django.setup(set_prefix=False)

from hotline.sockets import urlpatterns  # noqa: E402  the consumers' models need a configured Django


class ExactOrigin:
    """Refuses (HTTP 403) every handshake whose Origin is not, letter by letter, one of ours.

    Channels' own validators accept other schemes, other ports or sub-domains (measured; OWASP ASVS 5.0 V4.4.2).
    """

    def __init__(self, application: Any, origins: list[str]) -> None:
        self.application = application
        self.origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the handshake on, or close it before it is accepted."""
        sent = [value for name, value in scope["headers"] if name == b"origin"]
        if len(sent) == 1 and sent[0] in self.origins:
            await self.application(scope, receive, send)
        else:
            await send({"type": "websocket.close"})


application = ProtocolTypeRouter(
    {"http": get_asgi_application(), "websocket": ExactOrigin(URLRouter(urlpatterns), settings.ORIGINS)}
)
