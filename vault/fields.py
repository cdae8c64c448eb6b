"""A column of sealed bytes; it stores them and never opens them by itself."""

from django.db import models


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Sealed bytes. Opening is a call with a key and a context, visible in review."""

    description = "bytes sealed by the vault"
