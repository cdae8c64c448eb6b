"""Typed readers of environment variables and secret files that fail loudly."""

import os
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path


class BadEnvironment(Exception):
    """A variable is missing, unknown or malformed; its text is one sentence for the operator."""


#: Every variable of ours with one line on what it is for; an unknown ``HOTLINE_…`` name is an error.
KNOWN: dict[str, str] = {
    "HOTLINE_PORT": "port to listen on (8000)",
    "HOTLINE_HOST": "address to listen on (127.0.0.1)",
    "HOTLINE_DATA": "folder of this node's embedded database, keystore, keys and logs (var/)",
    "HOTLINE_ORIGINS": "exact origins of the pages, comma-separated (http://127.0.0.1:PORT,http://localhost:PORT)",
    "HOTLINE_EXIT_URL": "neutral site to which the quick exit leads",
    "HOTLINE_KEYSTORE_URL": "database of the keystore, shared by all nodes (a SQLite file in HOTLINE_DATA)",
    "HOTLINE_KEY_FILE": "the master key file, shared by all nodes (HOTLINE_DATA/master.key)",
    "HOTLINE_KEYS": "the text of a master key file, in place of the file",
    "HOTLINE_KEY_COMMAND": "a command that prints the text of a master key file, in place of the file",
    "HOTLINE_STAGE": "who opens what is sealed: A the server, B only people who are signed in (B)",
    "HOTLINE_ON_CALL_OPENS": "in stage B, 1: a supervisor on shift opens a case with a reason alone (1)",
    "HOTLINE_CLOSED_SPACE_DAYS": "days for which a member's own space is kept after their account was closed (90)",
    "HOTLINE_DEMO": "1: a demonstration with demo people, plain HTTP on loopback",
    "HOTLINE_REHEARSAL": "1: the command rehearse may put rehearsal pairs into this installation",
    "HOTLINE_SECRET_KEY": "Django's signing secret (made once in HOTLINE_DATA/django.key)",
    "HOTLINE_CONTROLLER": "legal name of who is responsible for the data",
    "HOTLINE_CONTROLLER_ADDRESS": "postal address of who is responsible for the data",
    "HOTLINE_CONTACT": "where a caller may write about their data",
    "HOTLINE_PRESS_CONTACT": "where the press and applicants may write, and answer our mails (HOTLINE_CONTACT)",
    "HOTLINE_HOSTED_IN": "country and company where the data lie",
    "HOTLINE_TEXTS_SIGNED_BY": "who signed off the consent texts and the questions, and when",
    "HOTLINE_METRICS_TOKEN": "bearer token that opens /metrics; without it the address answers 404",
    "HOTLINE_MAIL_URL": "mail server (smtp://user:password@host:587); default: mails are printed on the console",
    "HOTLINE_WITNESSES": "who keeps the heads of the trail, comma-separated (print and a folder in HOTLINE_DATA)",
    "HOTLINE_ALARM_MAIL": "whose mail alarms go to, comma-separated (the supervision that has a shift)",
    "HOTLINE_ALARM_HOOK": "web hook that is told of alarms, https",
    "HOTLINE_PHRASES": "file of the phrases that may mean danger, in place of those published with this version",
    "HOTLINE_APPLICATIONS_KEPT": "days for which an application is kept after its last step (90)",
    "HOTLINE_LICENCE_LOOKUP": "page where a person looks a C.Ps.P. number up, https",
    "HOTLINE_LOG_LEVEL": "least grave log line that is printed (INFO)",
}


def read(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> str:
    """Return the variable, or the content of the file that ``NAME_FILE`` names, or the default.

    Raises BadEnvironment when both are given or the file cannot be read.
    """
    file_name = environ.get(f"{name}_FILE")
    if file_name is None:
        return environ.get(name, default)
    if name in environ:
        message = f"{name} and {name}_FILE are both set; keep one of them."
        raise BadEnvironment(message)
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{name}_FILE names a file that cannot be read ({type(error).__name__})."
        raise BadEnvironment(message) from error


def take_secret(name: str, *, instead: str, environ: MutableMapping[str, str] = os.environ) -> str:
    """Return a secret and take it out of the environment, so that no program which this one starts inherits it.

    Raises BadEnvironment for ``NAME_FILE``: a file of secrets is named by ``instead``, where its mode is looked at.
    """
    if f"{name}_FILE" in environ:
        message = f"{name}_FILE is not a setting of this line; name the file in {instead}."
        raise BadEnvironment(message)
    return environ.pop(name, "")


def refuse_more_than_one(*names: str, environ: Mapping[str, str] = os.environ) -> None:
    """Raise BadEnvironment if two of these variables are set, of which only one can count, or one is empty.

    An empty one is a secret that did not arrive: it must not count as not set.
    """
    given = [name for name in names if name in environ]
    for name in given:
        if not environ[name].strip():
            message = f"{name} is set and empty; give it its value, or do not set it."
            raise BadEnvironment(message)
    if len(given) > 1:
        message = f"{' and '.join(given)} are both set; keep one of them."
        raise BadEnvironment(message)


def read_bool(name: str, *, default: bool = False, environ: Mapping[str, str] = os.environ) -> bool:
    """Return a switch written as 0 or 1. Raises BadEnvironment for anything else."""
    text = read(name, "1" if default else "0", environ)
    if text not in {"0", "1"}:
        message = f"{name} must be 0 or 1."
        raise BadEnvironment(message)
    return text == "1"


def read_port(name: str, default: int, environ: Mapping[str, str] = os.environ) -> int:
    """Return a port number from 1 to 65535. Raises BadEnvironment for anything else."""
    text = read(name, str(default), environ)
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        message = f"{name} must be a port number from 1 to 65535."
        raise BadEnvironment(message)
    return int(text)


def read_days(name: str, default: int, most: int, environ: Mapping[str, str] = os.environ) -> int:
    """Return a number of days from 1 to ``most``. Raises BadEnvironment for anything else."""
    text = read(name, str(default), environ)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        message = f"{name} must be a number of days from 1 to {most}."
        raise BadEnvironment(message)
    return int(text)


def read_choice(name: str, default: str, choices: Sequence[str], environ: Mapping[str, str] = os.environ) -> str:
    """Return one word of a closed list, however it is capitalised. Raises BadEnvironment for anything else."""
    text = read(name, default, environ).upper()
    if text not in choices:
        message = f"{name} must be one of {', '.join(choices)}."
        raise BadEnvironment(message)
    return text


def refuse_unknown(environ: Mapping[str, str] = os.environ) -> None:
    """Raise BadEnvironment if a ``HOTLINE_…`` variable is set that nobody reads."""
    for name in sorted(environ):
        if name.startswith("HOTLINE_") and name not in KNOWN and name.removesuffix("_FILE") not in KNOWN:
            message = f"{name} is not a setting of this line; see docs/SETTINGS.md for those that are."
            raise BadEnvironment(message)
