"""Log filter: no message text, token, address or path of a caller ever reaches a log."""

import logging
import re
import traceback
from types import TracebackType

SECRET = re.compile(
    r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"  # IPv4, with or without port
    r"|\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b"  # IPv6
    r"|\b(?:sid|sk|csrftoken|sessionid)=[^;\s]+"  # cookies
    r"|\b[A-Za-z0-9_-]{32,}\b",  # tokens and keys
    re.IGNORECASE,
)


def _places(trace: TracebackType | None) -> str:
    return " < ".join(
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-6:]
    )


class RedactionFilter(logging.Filter):
    """Leaves of an exception its type and places only (its text may hold what a caller wrote), and blanks secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always True."""
        message = SECRET.sub("[…]", record.getMessage())
        if record.exc_info and record.exc_info[0]:
            message = f"{message} ({record.exc_info[0].__name__} at {_places(record.exc_info[2])})"
        record.msg, record.args, record.exc_info, record.exc_text, record.stack_info = message, (), None, None, None
        for name in ("request", "status_code"):
            record.__dict__.pop(name, None)
        return True
