"""``python -m hotline demo-figures``: invents figures of a few months for the demonstration; it runs at each start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from oversight.invented_figures import invent
from roster.hours import day_of
from wire import clock


class Command(BaseCommand):
    """Makes what is missing, and says nothing."""

    help = "Invent figures of the last months (only with HOTLINE_DEMO=1)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them."""
        if not settings.DEMO:
            message = "demo_figures needs HOTLINE_DEMO=1; a real line publishes what it counted."
            raise CommandError(message)
        invent(day_of(clock.now()))
