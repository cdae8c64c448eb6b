"""System checks that refuse an unsafe combination; outside the demonstration they stop the start."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from campaign import content, safe_messaging
from campaign.page_file import ContentProblem
from campaign.safe_messaging import RulesProblem
from consent import texts
from consent.errors import TextProblem
from triage import phrases, questions
from triage.errors import PhrasesProblem, QuestionsProblem

WHERE = ("HOST", "PORT", "NAME")  # what tells two databases apart


@register("hotline")
def origins_are_safe(**_: Any) -> list[CheckMessage]:
    """Outside the demonstration every origin is https."""
    if settings.DEMO or settings.SECURE_ORIGINS:
        return []
    return [Error("HOTLINE_ORIGINS must be https origins outside the demonstration.", id="hotline.E001")]


@register("hotline")
def placeholders_are_filled(**_: Any) -> list[CheckMessage]:
    """A real line names who is responsible and who signed its texts off."""
    missing = texts.unfilled()
    if not missing:
        return []
    return [checks.Warning(f"No callers are taken until these are set: {', '.join(missing)}.", id="hotline.W001")]


@register("hotline")
def texts_are_as_published(**_: Any) -> list[CheckMessage]:
    """The texts that a caller agrees to and answers are whole, and the ones that were published, old ones too."""
    problems: list[CheckMessage] = []
    for language, version in texts.DIGESTS:
        try:
            texts.read(language, version)
        except TextProblem as problem:
            problems.append(Error(str(problem), id="hotline.E005"))
    for language, version in questions.DIGESTS:
        try:
            questions.read(language, version)
        except QuestionsProblem as problem:
            problems.append(Error(str(problem), id="hotline.E006"))
    return problems


@register("hotline")
def phrases_pass_their_own_examples(**_: Any) -> list[CheckMessage]:
    """The phrases in force are well formed, and read each of their own examples as it says."""
    try:
        phrases.in_force()
    except PhrasesProblem as problem:
        return [Error(str(problem), id="hotline.E008")]
    return []


@register("hotline")
def demonstration_stays_at_home(**_: Any) -> list[CheckMessage]:
    """The demonstration has known passwords: it listens on loopback only."""
    if not settings.DEMO or settings.HOST in {"127.0.0.1", "localhost", "::1"}:
        return []
    return [Error("HOTLINE_DEMO=1 listens on loopback only; set HOTLINE_HOST=127.0.0.1.", id="hotline.E002")]


@register("hotline")
def databases_fit_together(**_: Any) -> list[CheckMessage]:
    """Redis is for several nodes, and several nodes cannot share a SQLite file."""
    kinds = {alias: settings.DATABASES[alias]["ENGINE"].rsplit(".", 1)[-1] for alias in ("default", "keystore")}
    if settings.REDIS_URL and "sqlite3" in kinds.values():
        return [Error("REDIS_URL is for several nodes, and those need PostgreSQL in both URLs.", id="hotline.E003")]
    places = [tuple(settings.DATABASES[alias].get(part) for part in WHERE) for alias in kinds]
    if places[0] == places[1]:
        message = "DATABASE_URL and HOTLINE_KEYSTORE_URL are one database; the halves of each key must lie in two."
        return [Error(message, id="hotline.E007")]
    return []


@register("hotline")
def exit_site_is_neutral(**_: Any) -> list[CheckMessage]:
    """The quick exit must lead to another site."""
    if urlsplit(settings.EXIT_URL).scheme in {"http", "https"}:
        return []
    return [Error("HOTLINE_EXIT_URL must be an http or https address.", id="hotline.E004")]


@register("hotline")
def only_people_open(**_: Any) -> list[CheckMessage]:
    """Stage A is for trying the line out."""
    if settings.DEMO or settings.REHEARSAL or settings.STAGE == "B":
        return []
    message = "HOTLINE_STAGE=A: whoever takes this server, its databases and its keys reads everything people said."
    return [checks.Warning(message, id="hotline.W003")]


@register("hotline")
def heads_leave_the_machine(**_: Any) -> list[CheckMessage]:
    """A real line hands the heads of its trail to at least two witnesses, of which one does not lie beside its data."""
    if settings.DEMO or settings.REHEARSAL:
        return []
    folders = [Path(one.removeprefix("folder:")) for one in settings.WITNESSES if one.startswith("folder:")]
    elsewhere = any(not folder.is_relative_to(settings.DATA) for folder in folders)
    if len(settings.WITNESSES) > 1 and (elsewhere or any(one.startswith("mail:") for one in settings.WITNESSES)):
        return []
    message = (
        "Whoever rewrites the trail is caught by nobody outside: name two witnesses in HOTLINE_WITNESSES, of which "
        "one is a mail box of a partner organisation, or a folder on another machine."
    )
    return [checks.Warning(message, id="hotline.W002")]


@register("hotline")
def alarms_reach_somebody(**_: Any) -> list[CheckMessage]:
    """A real line has a way to tell people of an alarm who do not look at the board."""
    printed = settings.EMAIL_BACKEND.endswith("console.EmailBackend")
    if settings.DEMO or settings.REHEARSAL or settings.ALARM_HOOK or not printed:
        return []
    message = "Alarms reach only who looks at the board: set HOTLINE_MAIL_URL, or HOTLINE_ALARM_HOOK."
    return [checks.Warning(message, id="hotline.W004")]


@register("hotline")
def public_pages_can_be_read(**_: Any) -> list[CheckMessage]:
    """The front page and the rules by which every public text is judged are whole."""
    try:
        safe_messaging.rules()
        content.pages()
    except (ContentProblem, RulesProblem) as problem:
        return [Error(str(problem), id="hotline.E009")]
    return []


@register("hotline")
def public_pages_were_approved(**_: Any) -> list[CheckMessage]:
    """A real line shows the public pages that somebody approved; whoever runs it knows how many wait."""
    if settings.DEMO or settings.REHEARSAL:
        return []
    known, shown = content.shown(drafts=True), content.shown(drafts=False)
    waiting = sum(bool(page.waits_for) for page in known.values())
    if not waiting:
        return []
    message = (
        f"Nobody has approved {waiting} public pages (check-campaign --waiting lists them); "
        f"{len(known) - len(shown)} of them are not shown."
    )
    return [checks.Warning(message, id="hotline.W005")]
