"""Log filter: no message text, token, address or path of a caller ever reaches a log; one record is one line."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from django.http import HttpRequest

SECRET = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"  # IPv4, with or without port
    r"|(?<![\w:])(?:[0-9a-f]{1,4})?(?::[0-9a-f]{0,4}){2,7}(?![\w:])"  # IPv6
    r"|\b(?:sid|sk|csrftoken|sessionid)=[^;\s]+"  # cookies
    r"|\b(?:uri|path)=\S+|\b\w+://\S+"  # what a library says of a request, and where it came from
    r"|\b[A-Za-z0-9_-]{32,}\b",  # tokens, keys and ids
    re.IGNORECASE,
)
FRAME = re.compile(r'File "([^"]+)", line (\d+)')
KIND = re.compile(r"^[A-Za-z_][\w.]*")
OURS, DEEPEST = 4, 2  # frames of a trace that are told: the last of our own code, and where it ended
LIBRARY = re.compile(r"site-packages/|/lib/python3|^<frozen")

logger = logging.getLogger(__name__)


def _places(frames: Sequence[tuple[str, object]]) -> str:
    ours = [frame for frame in frames[:-DEEPEST] if not LIBRARY.search(frame[0])]
    told = [*ours[-OURS:], *frames[-DEEPEST:]]
    return " > ".join(f"{'/'.join(file.rsplit('/', 2)[-2:])}:{number}" for file, number in told)


def _places_of(trace: TracebackType | None) -> str:
    return _places([(frame.filename, frame.lineno) for frame in traceback.extract_tb(trace)])


def _told(text: str) -> str:
    """Return one line of a message; of a trace written out as text only its kind and places, as of a real one."""
    first, *rest = text.splitlines() or [""]
    if not rest:
        return first
    frames = FRAME.findall(text)
    if not frames:
        return first
    kind = KIND.match(rest[-1])
    return f"{first.split(':', 1)[0]} ({kind[0] if kind else '?'} at {_places(frames)})"


def _without_path(text: str, request: HttpRequest) -> str:
    """Say which page it was by its pattern: what stands in the path may name somebody."""
    route = getattr(request.resolver_match, "route", None) or "no page of ours"
    return text.replace(request.path, f"«{route}»") if request.path != "/" else text


class RedactionFilter(logging.Filter):
    """Leaves of an exception its type and places only (its text may hold what a caller wrote), and blanks secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always True."""
        text = record.getMessage()
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest):
            text = _without_path(text, request)
        message = SECRET.sub("[…]", _told(text))
        if record.exc_info and record.exc_info[0]:
            message = f"{message} ({record.exc_info[0].__name__} at {_places_of(record.exc_info[2])})"
        record.msg, record.args, record.exc_info, record.exc_text, record.stack_info = message, (), None, None, None
        record.__dict__.pop("status_code", None)
        return True


def _log_of_thread(failed: Any) -> None:
    logger.error("a thread failed", exc_info=(failed.exc_type, failed.exc_value, failed.exc_traceback))


def _log_of_unraisable(failed: Any) -> None:
    logger.error("something failed while it was put away", exc_info=failed.exc_value)


def catch_the_rest() -> None:
    """Lead whatever would write to stderr by itself (warnings, threads) through the same filter, as Daphne does."""
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_of_thread
    sys.unraisablehook = _log_of_unraisable
