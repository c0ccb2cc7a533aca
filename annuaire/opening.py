"""Open or closed at a moment, and what changes next. All hours are those of a clock in Paris."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from annuaire.holidays import is_holiday
from annuaire.timetable import ALWAYS, Opening, Timetable, timetable
from fields.date import MONTHS, PARIS, french
from fields.hours.intervals import A_DAY
from fields.hours.osm import DAY_NAMES

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_AHEAD_DAYS = 366
"""How far the next opening is looked for."""
_MONDAY = date(2001, 1, 8)
"""Of a week without a public holiday."""


@dataclass(frozen=True)
class OpenState:
    open: bool | None
    """None where the hours do not tell."""
    text: str | None
    """e.g. `Ouvert, ferme à 19 h`, `Fermé, ouvre mardi à 9 h`."""


UNKNOWN = OpenState(None, None)


def moment(ouvert: str, now: datetime) -> datetime | None:
    """The moment that `Query.ouvert` asks about, in Paris; None where it is no date. Without a zone it is Paris time."""
    try:
        asked = now if ouvert == "1" else datetime.fromisoformat(ouvert)
        return asked.replace(tzinfo=PARIS) if asked.tzinfo is None else asked.astimezone(PARIS)
    except (ValueError, OverflowError):
        return None


def is_closed_on(day: date, ferme_du: date | None, ferme_au: date | None) -> bool:
    """True within the closure, both ends included; one end alone leaves the other open."""
    if ferme_du is None and ferme_au is None:
        return False
    return (ferme_du or date.min) <= day <= (ferme_au or date.max)


def state(opening_hours: str | None, ferme_du: date | None, ferme_au: date | None, now: datetime) -> OpenState:
    """What to say of a shop at a moment. `now` is aware."""
    here = now.astimezone(PARIS)
    return _state(opening_hours or "", ferme_du, ferme_au, here.date(), here.hour * 60 + here.minute)


@lru_cache(maxsize=16384)
def _state(opening_hours: str, ferme_du: date | None, ferme_au: date | None, today: date, minute: int) -> OpenState:
    hours = timetable(opening_hours)
    closed_today = is_closed_on(today, ferme_du, ferme_au)
    if hours is None:
        if not closed_today:
            return UNKNOWN
        return OpenState(False, f"Fermé jusqu'au {french(ferme_au)}" if ferme_au else "Fermé")
    running = _running(hours, ferme_du, ferme_au, today, minute)
    if running is None and not closed_today and hours.on(today).by_appointment:
        return UNKNOWN
    if hours is ALWAYS and running:
        return OpenState(True, "Ouvert jour et nuit")
    text = _until(running, minute) if running else _next(hours, ferme_du, ferme_au, today, minute)
    if is_holiday(today) and not closed_today and not hours.knows_holidays:
        text += " (jour férié : à vérifier)"
    return OpenState(running is not None, text)


def _openings(hours: Timetable, ferme_du: date | None, ferme_au: date | None, day: date) -> tuple[Opening, ...]:
    return () if is_closed_on(day, ferme_du, ferme_au) else hours.on(day).openings


def _running(hours: Timetable, ferme_du: date | None, ferme_au: date | None, today: date, minute: int) -> Opening | None:
    """The opening that holds this minute, in minutes of today; the hours after midnight belong to the day before.

    One that touches the next (`10:00-24:00` on two days) ends where that one does.
    """
    around = [
        Opening(opening.start + days * A_DAY, opening.end + days * A_DAY, opening.end_said)
        for days in (-1, 0, 1)
        for opening in _openings(hours, ferme_du, ferme_au, today + timedelta(days=days))
    ]
    running = next((opening for opening in around if opening.start <= minute < opening.end), None)
    for opening in around:
        if running and opening.start <= running.end < opening.end:
            running = Opening(running.start, opening.end, opening.end_said)
    return running


def _until(running: Opening, minute: int) -> str:
    if not running.end_said or running.end - minute >= A_DAY:
        return "Ouvert"
    return f"Ouvert, ferme à {clock(running.end)}"


def _next(hours: Timetable, ferme_du: date | None, ferme_au: date | None, today: date, minute: int) -> str:
    for days in range(_AHEAD_DAYS):
        day = today + timedelta(days=days)
        starts = [opening.start for opening in _openings(hours, ferme_du, ferme_au, day) if days or opening.start > minute]
        if starts:
            return f"Fermé, ouvre {_said(day, days)}à {clock(min(starts))}"
    return "Fermé"


def _said(day: date, days: int) -> str:
    """When, from today, e.g. ``, `mardi `, `mardi 1er décembre `, `le 3 avril `."""
    if days == 0:
        return ""
    if days < 7:
        return f"{_WEEKDAYS[day.weekday()]} "
    dated = f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} "
    return f"{_WEEKDAYS[day.weekday()]} {dated}" if days < 14 else f"le {dated}"


def clock(minute: int) -> str:
    """As it is said, e.g. `9 h`, `12 h 30`, `minuit`."""
    hour, minute = divmod(minute % A_DAY, 60)
    if hour == minute == 0:
        return "minuit"
    return f"{hour} h {minute:02}" if minute else f"{hour} h"


def schema_org(opening_hours: str | None) -> list[str]:
    """The hours as schema.org's `openingHours`, e.g. `Tu,We 09:00-12:00`; empty where they are not the same every week."""
    hours = timetable(opening_hours or "")
    if hours is None or not all(rule.weekly or rule.about_holidays for rule in hours.rules):
        return []
    days_by_time: dict[str, list[str]] = {}
    for day, time in _weekly_times(hours):
        days_by_time.setdefault(time, []).append(day)
    return [f"{','.join(days)} {time}" for time, days in days_by_time.items()]


def _weekly_times(hours: Timetable) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(DAY_NAMES):
        for opening in hours.on(_MONDAY + timedelta(days=number)).openings:
            ends = A_DAY - 1 if opening.end == A_DAY else opening.end % A_DAY  # schema.org knows no 24:00
            yield name, f"{opening.start // 60:02}:{opening.start % 60:02}-{ends // 60:02}:{ends % 60:02}"
