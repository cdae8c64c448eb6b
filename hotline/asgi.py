"""HTTP to Django; sockets through the exact-origin check to ``hotline.sockets``."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
django.setup(set_prefix=False)

from hotline.sockets import router  # noqa: E402  the consumers' models need a configured Django


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


class BehindTLS:
    """Tells Django that the page was asked for by https where every origin is: the proxy in front speaks it, not we.

    What a request says of that itself is dropped at the door (``wire.daphne_server.cleaned``); only the settings
    count. Without this no answer would carry Strict-Transport-Security, and mailed links would begin with http.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on."""
        await self.application(scope | {"scheme": "https"}, receive, send)


pages = get_asgi_application()
application = ProtocolTypeRouter(
    {
        "http": BehindTLS(pages) if settings.SECURE_ORIGINS else pages,
        "websocket": ExactOrigin(router, settings.ORIGINS),
    }
)
