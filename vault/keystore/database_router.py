"""Sends the keystore's tables to the keystore's database and nothing else there."""

from typing import Any

from django.db import models

KEYSTORE = "keystore"


class KeystoreRouter:
    """Routes by app label."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str | None:
        """Return the database of a model of the keystore."""
        return KEYSTORE if model._meta.app_label == KEYSTORE else None

    def db_for_write(self, model: type[models.Model], **_hints: Any) -> str | None:
        """Return the database of a model of the keystore."""
        return KEYSTORE if model._meta.app_label == KEYSTORE else None

    def allow_relation(self, one: models.Model, other: models.Model, **_hints: Any) -> bool | None:
        """Refuse relations across the two databases."""
        return (one._meta.app_label == KEYSTORE) == (other._meta.app_label == KEYSTORE)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Migrate the keystore in its own database, everything else in the other."""
        return (db == KEYSTORE) == (app_label == KEYSTORE)
