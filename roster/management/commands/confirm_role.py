"""``python -m hotline confirm_role ADDRESS``: lets a role go on when nobody of the coordination is left who could."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roster import actions
from roster.models import Member


class Command(BaseCommand):
    """Exits 1 when there is no such account; the trail says that it was the operator."""

    help = "Confirm somebody's role for another half year (members of the coordination do it in the administration)."
    requires_system_checks = ()  # the start says what is unfilled; this says what it found

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address of the account."""
        parser.add_argument("address", help="with which they sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Confirm it."""
        member = Member.objects.filter(email__iexact=options["address"], is_active=True).first()
        if member is None:
            message = "There is no active account with this address."
            raise CommandError(message)
        actions.confirm_role(member, None)
        self.stdout.write(f"The role ({member.role}) is in force until {member.role_ends_at:%Y-%m-%d}.")
