"""Asks this machine's node whether it can serve; ``python ops/ready.py [--wait SECONDS] [--for SECONDS]`` ends 0 if so.

Where to ask comes from the node's own variables, HOTLINE_HOST, HOTLINE_PORT and HOTLINE_ORIGINS. Used by the service,
by the container's health check, and by hand between two steps of an upgrade; needs nothing but Python.
"""

import argparse
import http.client
import os
import sys
import time
from urllib.parse import urlsplit

EVERY = 1.0  # seconds between two tries
ANSWERS_WITHIN = 5.0  # seconds


def ask(host: str, port: int, name: str) -> tuple[int, str]:
    """Return status and answer of /readyz, status 0 with the reason when nobody answers; ``name`` is the line's own."""
    connection = http.client.HTTPConnection(host, port, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", "/readyz", headers={"Host": name})
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"No answer on port {port} ({type(error).__name__})."
    finally:
        connection.close()


def where() -> tuple[str, int, str]:
    """Return host, port and name under which this machine's node answers."""
    host = os.environ.get("HOTLINE_HOST", "127.0.0.1")
    port = int(os.environ.get("HOTLINE_PORT", "8000"))
    origins = os.environ.get("HOTLINE_ORIGINS", f"http://127.0.0.1:{port}")
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what a node in a container listens on
    return everywhere.get(host, host), port, urlsplit(origins.split(",")[0].strip()).netloc


def stays_ready(wait: float, long: float) -> tuple[bool, str]:
    """Ask until the node has been ready for ``long`` seconds, ``wait`` at most; return whether, and its words."""
    until = time.monotonic() + wait
    since = None
    while True:
        status, words = ask(*where())
        now = time.monotonic()
        since = None if status != 200 else since or now
        if since is not None and now >= since + long:
            return True, words
        if now >= until:
            return False, words
        time.sleep(EVERY)


def main() -> int:
    """Ask, again and again while there is time; print the last answer."""
    parser = argparse.ArgumentParser(
        prog="python ops/ready.py", description="Say whether this machine's node can serve."
    )
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="how long to go on asking (0)")
    parser.add_argument(
        "--for", type=float, default=0.0, metavar="SECONDS", help="how long it must stay so (0)", dest="long"
    )
    asked = parser.parse_args()
    ready, words = stays_ready(asked.wait, asked.long)
    sys.stdout.write(f"{words}\n")
    return 0 if ready else 1


if __name__ == "__main__":
    raise SystemExit(main())
