"""The command: measures what was asked for, system after system and round after round, and prints one table."""

import argparse
import functools
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from bench import cores, kept, measures
from bench.errors import CannotMeasure
from bench.figures import Figures
from bench.kept import Found
from bench.measures import Say
from bench.plan import LINES, WORDS, Plan, Size, plan_of
from bench.stands import KINDS, ROOT, Stand, standing
from bench.table import by_system, curve, goals, listed, side_by_side, table
from ops.cluster import scratch

MINUTE = 60.0
T = TypeVar("T")
CURVES = {
    "length": ("length of the conversation", measures.by_length),
    "waiting": ("callers who wait", measures.by_waiting),
    "sockets": ("idle sockets", measures.by_sockets),
}


def tell(sentence: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


class Parser(argparse.ArgumentParser):
    """Finds words that cannot be meant in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise CannotMeasure."""
        sentence = f"{message[:1].upper()}{message[1:]}; see --help."
        raise CannotMeasure(sentence)


def asked() -> argparse.Namespace:
    """Read the words of the command. Raises CannotMeasure."""
    names = ", ".join(WORDS)
    parser = Parser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"of {names} (claims and queue are the line's alone; curve is length, waiting and sockets)",
    )
    parser.add_argument("--quick", action="store_true", help="small and short: shows that it works, measures little")
    parser.add_argument("--rounds", type=int, help="how often each system talks, in turn (3; with --quick 1)")
    parser.add_argument("--keep", type=Path, help="add what is measured to this file, one JSON object a line")
    parser.add_argument("--read", type=Path, help="measure nothing; print the table of a file that was kept")
    return parser.parse_args()


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  ours
    return done.stdout.strip() or "unknown"


def surroundings(system: int, generator: int) -> str:
    """Say on what is measured, for whoever compares two tables."""
    return (
        f"Commit {_commit()}, Python {platform.python_version()}, {os.cpu_count()} cores: "
        f"core {system} for the system under test with its servers, core {generator} for the load; "
        f"load of the machine before: {os.getloadavg()[0]:.1f}."
    )


class Run:
    """One run: what is to be measured, in which folder, on which core, and what was found so far."""

    def __init__(self, plan: Plan, folder: Path, core: int, keep: Path | None) -> None:
        self.plan = plan
        self.folder = folder
        self.core = core
        self.keep = keep
        self.found: list[Found] = []
        self._stands = 0

    def _measured(self, name: str, when: str, measure: Callable[[Stand, Size, Say], T]) -> T:
        """Serve a system anew, measure it, and show each thing as soon as it is known."""
        self._stands += 1
        with standing(name, self.folder / f"{self._stands}-{name}", self.core) as stand:
            return measure(stand, self.plan.size, lambda words: tell(f"{when}  {name:16}{words}"))

    def _note(self, name: str, figures: Figures) -> None:
        self.found.append((name, figures))
        if self.keep:
            kept.add(self.keep, (name, figures))

    def talk(self) -> None:
        """Let each system talk, in turn, as often as was asked for."""
        for number in range(1, self.plan.rounds + 1):
            for name in self.plan.systems:
                self._note(name, self._measured(name, f"round {number}/{self.plan.rounds}", measures.talk))

    def crowd(self) -> None:
        """Give each system of one node its crowd."""
        for name in self.plan.systems:
            if KINDS[name].nodes == 1:
                self._note(name, self._measured(name, "crowd", measures.crowd))

    def vault(self) -> None:
        """Show what the vault's own work costs, on each database of the line."""
        for system in self.plan.systems:
            if system in LINES:
                figures = self._measured(system, "vault", measures.vault)
                tell(f"\n{goals(system, figures)}\n")

    def claims(self) -> None:
        """Let 16 volunteers claim all who wait, on each database of the line, in both stages, and at two nodes."""
        for system in self.plan.systems:
            if system in LINES:
                found = {
                    way: self._measured(system, "claims", functools.partial(measures.claims, way=way))
                    for way in measures.ways_to_claim(system)
                }
                tell(f"\n{side_by_side(f'{system}: claims', found)}\n")

    def queue(self) -> None:
        """Let ever more wait, on each database of the line, and show what a claim and a look at the queue cost."""
        for system in self.plan.systems:
            if system in LINES:
                tell(f"\n{listed(system, self._measured(system, 'queue', measures.by_queue))}\n")

    def curve(self, name: str) -> None:
        """Let the conversations, the queue or the open sockets of the line grow, and show what a message costs."""
        what, measure = CURVES[name]
        for system in self.plan.systems:
            if system in LINES:
                points = self._measured(system, name, measure)
                tell(f"\n{curve(f'{system}: {what}', points)}\n")


def measure(plan: Plan, keep: Path | None) -> list[Found]:
    """Measure all of a plan. Raises CannotMeasure."""
    system, generator = cores.two()
    cores.allow_sockets(max(plan.size.crowd, *plan.size.sockets) + 2 * plan.size.many)
    tell(surroundings(system, generator))
    began = time.monotonic()
    with scratch() as folder, cores.on(generator):
        run = Run(plan, folder, system, keep)
        steps = {"talk": run.talk, "crowd": run.crowd, "vault": run.vault, "claims": run.claims, "queue": run.queue}
        for name in plan.measures:
            if name in steps:
                steps[name]()
            else:
                run.curve(name)
    tell(f"Measured in {(time.monotonic() - began) / MINUTE:.1f} min.")
    return run.found


def main() -> int:
    """Do what was asked for; what cannot be done is one sentence and exit code 1."""
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever ends a run ends its nodes and servers too
        signal.signal(number, signal.default_int_handler)
    try:
        wanted = asked()
        plan = plan_of(wanted.names, quick=wanted.quick, rounds=wanted.rounds)
        found = kept.read(wanted.read) if wanted.read else measure(plan, wanted.keep)
    except CannotMeasure as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 1
    if found:
        few, many = plan.size.few, plan.size.many
        tell(f"\nMedians; in brackets the ratio to the bare relay. «Few» are {few} pairs, «many» {many}.\n")
        tell(table(by_system(found)))
    return 0
