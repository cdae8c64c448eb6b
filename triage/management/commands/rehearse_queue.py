"""``python -m hotline rehearse-queue``: simulated people call a line that queues and routes with its own rules."""

import concurrent.futures
import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from triage import queue_report, theory_check
from triage.scenarios import DAYS, POLICIES, SCENARIOS, SEED, TWICE, VOLUNTEERS, Result, Scenario, Trial, missed, play
from triage.simulated_people import Policy

FEWER = 8  # volunteers of a small line, shown beside
THEORY_VOLUNTEERS, THEORY_LOAD, THEORY_DAYS = 2, 0.5, 1600.0
#: Share of the bar: how long a scenario takes beside the others grows with who comes in it.
WEIGHT = {"load 2.4": 4, "surge x10": 5}
MOST_DAYS = 366.0

Job = tuple[Scenario, type[Policy], Trial]


def _play(job: Job) -> Result:
    scenario, policy, trial = job
    return play(scenario, policy(), trial)


class Command(BaseCommand):
    """Prints what became of everybody who came; exits 1 when a goal of the line is missed."""

    help = "Simulate a week of calls with the real queue and routing, beside first come first served and the formulas."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what may be asked for."""
        parser.add_argument("--days", type=float, default=DAYS, help="simulated days of each scenario")
        parser.add_argument("--volunteers", type=int, default=VOLUNTEERS)
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--no-relief", action="store_true", help="nobody takes over before the end of a shift")
        parser.add_argument("--json", action="store_true", help="print one JSON object: the rows of both policies")
        parser.add_argument("--charts", metavar="FOLDER", help="write the charts of the documents there, as SVG")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Play, and print."""
        trial = self._trial(options)
        jobs: list[Job] = [(scenario, policy, trial) for scenario in SCENARIOS for policy in POLICIES]
        jobs.append((TWICE, Policy, trial))
        if not options["json"]:
            jobs += [(one, Policy, dataclasses.replace(trial, volunteers=FEWER)) for one in SCENARIOS]
        results = self._played(jobs)
        own = [one for one in results if one.volunteers == trial.volunteers]
        problems = [queue_report.goal_words(goal, reached) for goal, reached in missed(own)]
        if options["json"]:
            rows = queue_report.rows(one for one in own if one.scenario in SCENARIOS)
            self.stdout.write(json.dumps({"rows": rows}))
        else:
            problems += self._print(trial, results)
        if options["charts"]:
            self._draw(Path(options["charts"]), own)
        if problems:
            raise CommandError("; ".join(problems) + ".")

    def _trial(self, options: dict[str, Any]) -> Trial:
        days, volunteers = options["days"], options["volunteers"]
        if not 1 <= days <= MOST_DAYS or not 1 <= volunteers <= 1000:
            message = f"--days is from 1 to {MOST_DAYS:g}, --volunteers from 1 to 1000."
            raise CommandError(message)
        return Trial(volunteers=volunteers, days=days, seed=options["seed"], relief=not options["no_relief"])

    def _played(self, jobs: list[Job]) -> list[Result]:
        """Play all jobs on all cores, with a bar; the order stays, and so do the results, however many cores."""
        heavy = [WEIGHT.get(scenario.name, 1) for scenario, _policy, _trial in jobs]
        workers = min(os.cpu_count() or 1, len(jobs))
        with (
            concurrent.futures.ProcessPoolExecutor(workers) as pool,
            tqdm(total=sum(heavy), file=sys.stderr, disable=None, bar_format="{l_bar}{bar}| {elapsed}") as bar,
        ):
            waiting = {pool.submit(_play, job): weight for job, weight in zip(jobs, heavy, strict=True)}
            for done in concurrent.futures.as_completed(waiting):
                bar.update(waiting[done])
            return [done.result() for done in waiting]

    def _print(self, trial: Trial, results: list[Result]) -> list[str]:
        self.stdout.write(queue_report.preface(trial))
        for result in results:
            self.stdout.write(queue_report.table(result))
        found = theory_check.compare(THEORY_VOLUNTEERS, THEORY_LOAD, days=THEORY_DAYS, seed=trial.seed)
        self.stdout.write("### The simulation beside the formulas: two volunteers, load 0.5, exponential talks\n")
        self.stdout.write(queue_report.compared(found))
        return [f"{one.what} is {100 * one.apart:.0f} % from its formula" for one in found if not one.holds]

    def _draw(self, folder: Path, results: list[Result]) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for levels, name in (("AB", "queue-urgent"), ("CDE", "queue-others")):
                title = f"Answered within two minutes, {' and '.join((', '.join(levels[:-1]), levels[-1]))}"
                shown = [one for one in results if one.scenario in SCENARIOS]
                (folder / f"{name}.svg").write_text(queue_report.chart(shown, levels, title))
        except OSError as error:
            message = f"The charts cannot be written to {folder} ({error.strerror})."
            raise CommandError(message) from None
