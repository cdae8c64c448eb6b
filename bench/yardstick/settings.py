"""Settings of a yardstick, all from the environment: BENCH_LAYER (memory, redis), DATABASE_URL and REDIS_URL."""

import os
from typing import Any
from urllib.parse import urlsplit

SECRET_KEY = "measured on loopback, and thrown away"  # noqa: S105  there is nothing to sign
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["bench.yardstick"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.yardstick.urls"

_layers: dict[str, dict[str, Any]] = {
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}},
    "redis": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [os.environ.get("REDIS_URL", "")]},
    },
}
CHANNEL_LAYERS = {"default": _layers[os.environ.get("BENCH_LAYER", "memory")]}

STORES = "DATABASE_URL" in os.environ
DATABASES: dict[str, dict[str, Any]] = {}
if STORES:
    _address = urlsplit(os.environ["DATABASE_URL"])
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _address.hostname,
        "PORT": _address.port,
        "USER": _address.username,
        "NAME": _address.path.lstrip("/"),
        # Django's default of 0 opens a connection for each message and would make the yardstick four times slower yet.
        "CONN_MAX_AGE": None,
    }
