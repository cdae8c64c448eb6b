"""``python -m hotline try-alarm``: tells by mail and web hook, as an alarm would, and says what got out."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from oversight import telling
from oversight.models import Outlet

NAMES = {Outlet.Name.MAIL: "mail", Outlet.Name.SECOND: "mail to a second person", Outlet.Name.HOOK: "web hook"}


class Command(BaseCommand):
    """Tells once by each outlet; whoever is told cannot tell it from an alarm, so tell them before."""

    help = "Tell by mail and web hook, as an alarm would; whoever gets it cannot tell the difference."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Try each outlet, one line for each. Raises CommandError if something did not get out."""
        failed = []
        for outlet, name in NAMES.items():
            if outlet == Outlet.Name.HOOK and not settings.ALARM_HOOK:
                self.stdout.write(f"{name}: HOTLINE_ALARM_HOOK is not set")
                continue
            tried = telling.try_out(outlet)
            self.stdout.write(f"{name}: {tried.problem or 'got out'}")
            failed += [name] if tried.problem else []
        if failed:
            message = f"An alarm would not reach everybody: {', '.join(failed)}."
            raise CommandError(message)
