"""``python -m tests.faults``: people talk, things break, and what was heard is held to the promises."""

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from tests.faults import nemesis, stage
from tests.faults.checker import check_all
from tests.faults.history import load, save
from tests.faults.trial import Outcome, Trial

STAGES = {"sqlite": stage.one_node, "cluster": stage.two_nodes}
MESSAGES_PER_FAULT = 400


def tell(sentence: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


async def try_stage(kind: str, asked: argparse.Namespace) -> Outcome:
    """Run the trial on one stage, with its schedule shown."""
    names = asked.faults or nemesis.possible(kind)
    nodes = 2 if kind == "cluster" else 1
    count = asked.strikes or max(5, asked.messages // MESSAGES_PER_FAULT)
    steps = nemesis.schedule(asked.seed, names, count=count, messages=asked.messages, nodes=nodes)
    tell(f"\n== {kind}: {asked.messages} messages, {asked.pairs} conversations, seed {asked.seed}, {count} faults")
    left_out = {name for name, fault in nemesis.FAULTS.items() if not fault.possible(kind)}
    tell(f"   not on this stage or machine: {', '.join(sorted(left_out)) or 'nothing'}")
    for step in steps:
        tell(f"   {step}")
    async with STAGES[kind](jumps=nemesis.jumping(names)) as ready:
        trial = Trial(ready, seed=asked.seed, pairs=asked.pairs, messages=asked.messages, steps=steps, say=tell)
        return await trial.run(pause=asked.pause)


def conclude(kind: str, outcome: Outcome, *, keep: bool) -> bool:
    """Show what came of it; keep the histories where a promise was broken, or if asked. Return whether all held."""
    tell(f"== {kind}: {outcome.told()}")
    if outcome.faults or keep:
        path = Path(tempfile.mkdtemp(prefix="line-histories-"), f"{kind}.json")
        save(outcome.histories, path)
        tell(f"The histories are in {path}; read them again with: python -m tests.faults --read {path}")
    return not outcome.faults and not outcome.bad_ends


def main() -> int:
    """Run what was asked for; exit code 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="messages on each stage (2000)")
    parser.add_argument("--pairs", type=int, default=6, help="conversations at once (6)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="of the schedule and the script")
    parser.add_argument("--on", choices=[*STAGES, "both"], default="both", help="one node on SQLite, or two nodes")
    parser.add_argument("--faults", nargs="+", choices=list(nemesis.FAULTS), help="only these")
    parser.add_argument("--strikes", type=int, help=f"number of faults (one in {MESSAGES_PER_FAULT} messages)")
    parser.add_argument("--pause", type=float, default=0.05, help="mean seconds between two messages of one person")
    parser.add_argument("--keep", action="store_true", help="keep the histories even if every promise held")
    parser.add_argument("--read", type=Path, help="check histories that an earlier run kept")
    asked = parser.parse_args()
    if asked.read:
        faults = check_all(load(asked.read))
        tell("\n".join(map(str, faults)) or "Every promise held.")
        return 1 if faults else 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends a run ends its nodes and servers too
    kinds = list(STAGES) if asked.on == "both" else [asked.on]
    held = [conclude(kind, asyncio.run(try_stage(kind, asked)), keep=asked.keep) for kind in kinds]
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
