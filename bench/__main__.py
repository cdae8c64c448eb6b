"""``python -m bench``: messages a second, latency, CPU and memory of the line and of the yardsticks, in one table."""

import importlib
import importlib.util
import sys

#: What ``requirements/bench.in`` adds; named here so that its absence is a sentence.
NEEDED = ("picows", "psutil", "uvloop")


def main() -> int:
    """Measure what was asked for; what cannot be done is one sentence and exit code 1."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(f"The load generator needs {', '.join(missing)}; `python3 dev.py bench` installs it.\n")
        return 1
    # What needs those packages can only be loaded now, hence by name.
    code: int = importlib.import_module("bench.command").main()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
