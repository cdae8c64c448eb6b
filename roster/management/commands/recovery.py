"""``python -m hotline recovery partners|ask|finish``: a member's keys brought back by three of four organisations."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from roster.models import Member
from vault import actions as vault
from vault.errors import RecoveryProblem
from vault.private_files import write_new

EXAMPLES = """
recovery partners --public A.pub B.pub C.pub D.pub    who can bring keys back; members seal theirs as they sign in
recovery ask --for EMAIL --request FILE --keep FILE   the request goes to the organisations, the kept file stays
recovery finish --keep FILE --answers A B C           prints a code that opens the member's keys, once
"""


class Command(BaseCommand):
    """Says in one line what it did; exits 1 with one sentence when it could not."""

    help = "Bring a member's keys back with three of four organisations." + EXAMPLES
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the act and its files."""
        parser.add_argument("act", choices=("partners", "ask", "finish"))
        parser.add_argument("--public", type=Path, nargs="+", default=[], metavar="FILE")
        parser.add_argument("--for", dest="email", default="", metavar="EMAIL")
        parser.add_argument("--answers", type=Path, nargs="+", default=[], metavar="FILE")
        parser.add_argument("--request", type=Path, metavar="FILE")
        parser.add_argument("--keep", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        act = {"partners": self._partners, "ask": self._ask, "finish": self._finish}[options["act"]]
        try:
            act(options)
        except RecoveryProblem as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            message = f"{error.filename} cannot be used ({error.strerror})."
            raise CommandError(message) from error

    def _partners(self, options: dict[str, Any]) -> None:
        named = [vault.read_partner(one.read_text(encoding="utf-8")) for one in options["public"]]
        vault.name_partners(named)
        for one in named:
            self.stdout.write(f"{one.fingerprint}  {one.name}")
        self.stdout.write("Compare each fingerprint with its organisation, over the telephone.")

    def _ask(self, options: dict[str, Any]) -> None:
        if not (options["email"] and options["request"] and options["keep"]):
            message = "Say for whom and where to: recovery ask --for EMAIL --request FILE --keep FILE"
            raise CommandError(message)
        member = Member.objects.filter(email__iexact=options["email"]).first()
        if member is None:
            message = f"Nobody has the address {options['email']}."
            raise CommandError(message)
        request, kept = vault.ask_partners(member.pk, f"{member.full_name} ({member.get_role_display()})")
        write_new(options["keep"], kept)
        write_new(options["request"], request)
        self.stdout.write(f"Send {options['request']} to three organisations; keep {options['keep']} here, and secret.")

    def _finish(self, options: dict[str, Any]) -> None:
        if not options["keep"]:
            message = "Say what was kept: recovery finish --keep FILE --answers A B C"
            raise CommandError(message)
        answers = [one.read_text(encoding="utf-8") for one in options["answers"]]
        code = vault.finish_recovery(options["keep"].read_text(encoding="utf-8"), answers)
        options["keep"].unlink()
        self.stdout.write(f"The member's code, once: {code}")
        self.stdout.write("They sign in and type it at /equipo/llavero/; the code they had before works no more.")
