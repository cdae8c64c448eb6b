"""The dates of the campaign, the same each year: from a file that needs no code, for a page and for calendars."""

import dataclasses
import datetime
import functools
import logging
import tomllib

from icalendar import Calendar, Event

from campaign import content, page_file, safe_messaging
from campaign.page_file import ContentProblem

log = logging.getLogger(__name__)

DATES = content.CONTENT / content.LANGUAGE / "fechas.toml"
DAY = datetime.timedelta(days=1)
NAME = "Por mí, Por ti, Por el Perú"


@dataclasses.dataclass(frozen=True, slots=True)
class CampaignDate:
    """Some days of each year; ``begins`` and ``ends`` are (month, day), both days included."""

    key: str
    name: str
    text: str
    begins: tuple[int, int]
    ends: tuple[int, int]

    def in_year(self, year: int) -> tuple[datetime.date, datetime.date]:
        """Return the first and the last day of what begins in a year; it may end in the next."""
        later = year + (self.ends < self.begins)
        return datetime.date(year, *self.begins), datetime.date(later, *self.ends)

    @property
    def about_suicide(self) -> bool:
        """Whether its words speak of suicide, hence carry the sentence of the law."""
        return safe_messaging.is_about_suicide(f"{self.name} {self.text}")


@dataclasses.dataclass(frozen=True, slots=True)
class Coming:
    """The next time that a date comes, or the time it is in now."""

    date: CampaignDate
    begins: datetime.date
    ends: datetime.date


def _month_and_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    datetime.date(2001, int(month), int(day))  # no leap year: what is not in each of them is no date of ours
    return int(month), int(day)


def _date(facts: dict[str, str]) -> CampaignDate:
    ends = facts.get("to", facts["from"])
    return CampaignDate(facts["key"], facts["name"], facts["text"], _month_and_day(facts["from"]), _month_and_day(ends))


@functools.cache
def _file() -> tuple[datetime.date, tuple[CampaignDate, ...]]:
    text = page_file.text_of(DATES)
    try:
        found = tomllib.loads(text)
        return found["changed"], tuple(_date(one) for one in found["dates"])
    except tomllib.TOMLDecodeError as error:
        raise page_file.unclear(DATES.name, text, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = (
            f"{DATES.name} no es una lista de fechas entera: arriba va changed, y cada fecha lleva key, from, name y "
            "text; from y to son un día de cada año, así: 07-28."
        )
        raise ContentProblem(message) from error


def listed() -> tuple[CampaignDate, ...]:
    """Return all dates of the file, whatever their words. Raises ContentProblem when it cannot be read."""
    return _file()[1]


def dates() -> tuple[CampaignDate, ...]:
    """Return the dates in the order of the file, without those whose words break a rule of safe messaging.

    None, and a line in the log, where the file cannot be read: the page stands without them.
    """
    try:
        listed()
    except ContentProblem as problem:
        log.error("The dates are not shown: %s", problem)
        return ()
    return tuple(date for date in listed() if not any(fault.hard for fault in faults_of(date)))


def faults_of(date: CampaignDate) -> list[safe_messaging.Fault]:
    """Return what is wrong with the words of a date; where help is, the sentence beside them says."""
    found = safe_messaging.faults(f"{date.name}. {date.text}", carried=True)
    return [fault for fault in found if fault.code != "no_help"]


def coming(today: datetime.date) -> list[Coming]:
    """Return each date with the next days on which it falls, the nearest first; one that lasts today counts."""
    found = []
    for date in dates():
        years = [date.in_year(year) for year in (today.year - 1, today.year, today.year + 1)]
        begins, ends = next(days for days in years if days[1] >= today)
        found.append(Coming(date, begins, ends))
    return sorted(found, key=lambda one: (one.begins, one.date.key))


def calendar() -> bytes:
    """Return all of the dates, repeated each year, as text/calendar (RFC 5545: UTF-8, CRLF)."""
    written = Calendar()
    written.add("prodid", "-//campana//es-PE")
    written.add("version", "2.0")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", NAME)
    for date in dates():
        written.add_component(_event(date, _file()[0]))
    text: bytes = written.to_ical()
    return text


def _event(date: CampaignDate, changed: datetime.date) -> Event:
    begins, ends = date.in_year(changed.year)
    event = Event()
    event.add("uid", f"{date.key}@campana")
    event.add("dtstamp", datetime.datetime.combine(changed, datetime.time(), datetime.UTC))
    event.add("summary", date.name)
    event.add("description", f"{date.text} {safe_messaging.MANDATORY_SENTENCE}." if date.about_suicide else date.text)
    event.add("dtstart", begins)
    event.add("dtend", ends + DAY)  # the day after the last one, as RFC 5545 counts
    event.add("rrule", {"freq": "yearly"})
    event.add("transp", "TRANSPARENT")
    return event
