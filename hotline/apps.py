"""Tells Django about the wiring, so that its system checks are found."""

import importlib

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Registers the deployment checks."""

    name = "hotline"

    def ready(self) -> None:
        """Load the checks; they need configured settings."""
        importlib.import_module("hotline.deployment_checks")
