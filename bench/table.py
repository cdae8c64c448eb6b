"""The table of a run: one column a system, each figure also as a ratio to the bare relay of the same run."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from bench.figures import Figures, Load, medians, ratio, spans
from bench.plan import SYSTEMS

BASE = SYSTEMS[0]
NONE = "–"
MANY_DIGITS = 100  # from which on no fraction is shown
Results = Mapping[str, Sequence[Figures]]  # system → what each round found


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: which figure, its name for people, and how it is written."""

    figure: str
    name: str
    form: str = ",.0f"
    compared: bool = True
    span: bool = False


ROWS = (
    Row("rate_few", "messages/s, few pairs"),
    Row("rate_few", "– lowest and highest round", span=True),
    Row("rate_many", "messages/s, many pairs"),
    Row("rate_many", "– lowest and highest round", span=True),
    Row("p50", "latency p50, ms", ".1f"),
    Row("p95", "latency p95, ms", ".1f"),
    Row("p99", "latency p99, ms", ".1f"),
    Row("cpu_few", "CPU µs a message, few pairs"),
    Row("cpu_many", "CPU µs a message, many pairs"),
    Row("crowd", "idle sockets let in", compared=False),
    Row("kib", "KiB of an idle socket", ".1f"),
    Row("set_up", "sockets set up/s"),
    Row("resting", "share of the core, all idle", ".2f", compared=False),
    Row("rate_alone", "messages/s before the crowd"),
    Row("rate_crowd", "messages/s with the crowd"),
    Row("crowd_share", "– of that before it", ".2f", compared=False),
    Row("crowd_lost", "– messages lost there", compared=False),
    Row("others", "share of the core others had", ".2f", compared=False),
    Row("lost", "messages lost", compared=False),
)


def _cell(row: Row, rounds: Sequence[Figures], base: Figures) -> str:
    found = medians(rounds)
    value = found.get(row.figure)
    if value is None:
        return NONE
    if row.span:
        low, high = spans(rounds)[row.figure]
        return f"{low:{row.form}}–{high:{row.form}}"
    share = ratio(value, base.get(row.figure)) if row.compared else None
    return f"{value:{row.form}}" + (f" ({share:.2f})" if share is not None else "")


def _worth_showing(row: Row, results: Results) -> bool:
    """Say whether anybody has that figure, and for spans whether there were several rounds."""
    least = 2 if row.span else 1
    return any(sum(row.figure in one for one in rounds) >= least for rounds in results.values())


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are even; the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(cells)} |"


def by_system(found: Iterable[tuple[str, Figures]]) -> dict[str, list[Figures]]:
    """Return system → what each measurement of it found, in the order of the table."""
    results: dict[str, list[Figures]] = {}
    for name, figures in found:
        results.setdefault(name, []).append(figures)
    return {name: results[name] for name in SYSTEMS if name in results}


def table(results: Results) -> str:
    """Return the table: medians of the rounds, in brackets as a ratio to the relay."""
    base = medians(results.get(BASE, ()))
    rows = [row for row in ROWS if _worth_showing(row, results)]
    body = [[row.name, *(_cell(row, rounds, base) for rounds in results.values())] for row in rows]
    return aligned([["", *results], *body])


def curve(name: str, points: Sequence[tuple[int, Load]]) -> str:
    """Return one curve as a table: the cost at each size, with and without that of rest, and its ratio to the first."""
    first = points[0][1]
    body = [
        [
            f"{count:,}",
            f"{load.rate:,.0f}",
            *_cost(load.cpu_each, first.cpu_each),
            f"{load.resting:.2f}" if load.resting else NONE,
            *_cost(load.own_cpu_each, first.own_cpu_each),
        ]
        for count, load in points
    ]
    own = ("share of the core at rest", "CPU µs without that", "of the first")
    return aligned([[name, "messages/s", "CPU µs a message", "of the first", *own], *body])


#: What is asked of the vault, by the beginning of a figure's name: at most (-1) or at least (1) so much.
VAULT_GOALS = {
    "note sealed": (-1, 20.0),
    "transcript": (-1, 5.0),
    "a member's keys unlocked": (-1, 300.0),
    "longest pause of the loop": (-1, 50.0),
    "trail entries/s": (1, 500.0),
    "of these p99": (-1, 100.0),
    "50,000 keys": (-1, 10.0),
    "trail entries verified": (1, 100_000.0),
}


def goals(name: str, figures: Mapping[str, float]) -> str:
    """Return the vault's figures as a table, with what was asked for beside those that have a goal."""
    body = []
    for what, value in figures.items():
        sign, goal = next((goal for known, goal in VAULT_GOALS.items() if what.startswith(known)), (0, 0.0))
        asked = f"{'at most' if sign < 0 else 'at least'} {goal:,.0f}" if sign else NONE
        body.append([what, f"{value:,.0f}" if value >= MANY_DIGITS else f"{value:.2f}", asked])
    return aligned([[f"{name}: the vault", "measured", "asked for"], *body])


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= MANY_DIGITS or value == int(value) else f"{value:.1f}"


def side_by_side(name: str, found: Mapping[str, Figures]) -> str:
    """Return the same figures of several stages as a table."""
    stages = list(found)
    body = [[what, *(_plain(found[stage][what]) for stage in stages)] for what in found[stages[0]]]
    return aligned([[name, *(f"stage {stage}" for stage in stages)], *body])


def listed(name: str, found: Sequence[Figures]) -> str:
    """Return figures of the same names as a table, one line for each measurement; the first figure names it."""
    first, *others = found[0]
    body = [[_plain(figures[first]), *(_plain(figures[what]) for what in others)] for figures in found]
    return aligned([[f"{name}: {first}", *others], *body])


def _cost(each: float, first: float) -> tuple[str, str]:
    share = ratio(each, first)
    return f"{each:,.0f}", NONE if share is None else f"{share:.2f}"
