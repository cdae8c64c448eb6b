"""What ``rehearse-queue`` says of its results: rows for programs, tables for people, charts for the documents."""

from collections.abc import Iterable, Sequence
from typing import Any

from triage.people_model import WORK_MEAN
from triage.scenarios import Goal, Group, Result, Trial
from triage.theory_check import Compared

LEVELS = "ABCDE"
WIDTH, HEIGHT, LEFT, TOP, BAR, GAP = 640, 40, 130, 44, 14, 10


def rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Return one row for each scenario, policy and level, as the protocol names its fields."""
    return [
        {
            "scenario": result.scenario.name,
            "policy": result.policy,
            "level": level,
            "arrived": group.arrived,
            "within_60": round(group.within_60, 4),
            "within_120": round(group.within_120, 4),
            "within_300": round(group.within_300, 4),
            "lost": round(group.lost, 4),
        }
        for result in results
        for level, group in ((level, result.group(level)) for level in LEVELS)
    ]


def _cells(name: str, group: Group) -> str:
    shares = (group.within_25, group.within_60, group.within_120, group.within_300, group.lost, group.at_once)
    return (
        f"| {name} | {group.arrived:,} | "
        + " | ".join(f"{100 * share:.1f}" for share in (*shares, group.answered))
        + f" | {group.median:.0f} | {group.p95:.0f} |"
    )


def table(result: Result) -> str:
    """Return what became of the callers of one result, level by level, as a table."""
    head = f"### {result.scenario.name}, {result.policy}, {result.volunteers} volunteers\n\n"
    names = [
        "arrived",
        "≤ 25 s",
        "≤ 60 s",
        "≤ 2 min",
        "≤ 5 min",
        "abandoned",
        "left at once",
        "answered",
        "median s",
        "p95 s",
    ]
    lines = ["| level | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    groups = [*((level, level) for level in LEVELS), ("A and B", "AB"), ("all", LEVELS)]
    lines += [_cells(name, result.group(levels)) for name, levels in groups]
    silent = sum(one.temper.silent for one in result.callers) / max(1, len(result.callers))
    told = (
        f"\nSilent {100 * silent:.0f} %. What was said of the wait was right, give or take 30 %, for "
        f"{100 * result.said_right:.0f} % of those answered; of those who were told of minutes, "
        f"{100 * result.said_too_little:.0f} % waited longer than that. "
        f"On average {result.signed_up:.1f} volunteers were there, "
        f"those who finish a shift included, talking or writing {100 * result.load_each:.0f} % of their time.\n"
    )
    return head + "\n".join(lines) + "\n" + told


def compared(found: Sequence[Compared]) -> str:
    """Return formulas and simulation side by side, as a table."""
    lines = ["| | formula | simulated | apart | chance (one standard error) |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {one.what} | {one.formula:.4g} | {one.simulated:.4g} | {100 * one.apart:.1f} % | {100 * one.error:.1f} % |"
        for one in found
    ]
    return "\n".join(lines) + "\n"


def goal_words(goal: Goal, reached: float) -> str:
    """Say in one line which goal was missed, and by how much."""
    if goal.at_least:
        return f"{goal.scenario}: {goal.figure} of {goal.levels} is {100 * reached:.2f} %, not {100 * goal.bound:g} %"
    return f"{goal.scenario}: {goal.figure} of {goal.levels} is {reached:.0f} s, over {goal.bound:g} s"


def preface(trial: Trial) -> str:
    """Say what is simulated, before the tables."""
    people = "those in the last 45 minutes of a shift are relieved and finish what they are in"
    return (
        f"Simulated: {trial.days:g} days from seed {trial.seed}, {trial.volunteers} volunteers who may be offered "
        f"somebody at each moment ({people if trial.relief else 'nobody is relieved before the end of a shift'}), two "
        f"conversations each. A load of 1 is as much work as these places hold ({WORK_MEAN / 60:.1f} minutes for each "
        "contact). Shares are of all who came, in %; times are until the first volunteer accepts.\n"
    )


# Charts -------------------------------------------------------------------------------------------------------------


def chart(results: Sequence[Result], levels: str, title: str) -> str:
    """Return an SVG of how many were answered within two minutes, by scenario, ours above first come.

    Colours of the page around it (currentColor); the figures stand beside the bars, so that no colour is needed.
    """
    scenarios = list(dict.fromkeys(result.scenario.name for result in results))
    height = TOP + len(scenarios) * (HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}" '
        'font-family="sans-serif" font-size="13" fill="currentColor">',
        f'<text x="0" y="16" font-size="15">{title}</text>',
    ]
    for number, name in enumerate(scenarios):
        top = TOP + number * (HEIGHT + GAP)
        parts.append(f'<text x="0" y="{top + 20}">{name}</text>')
        for line, result in enumerate(one for one in results if one.scenario.name == name):
            share, y = result.group(levels).within_120, top + line * (BAR + 4)
            long = round((WIDTH - LEFT - 170) * share, 1)
            parts.append(
                f'<rect x="{LEFT}" y="{y}" width="{long}" height="{BAR}" opacity="{0.9 if line == 0 else 0.4}"/>'
            )
            parts.append(f'<text x="{LEFT + long + 8}" y="{y + 12}">{100 * share:.1f} % {result.policy}</text>')
    return "\n".join([*parts, "</svg>", ""])
