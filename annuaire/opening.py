"""Open or closed at a moment, and what changes next. All hours are those of a clock in Paris."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from annuaire.hours import DAY, Opening, is_holiday, read
from fields.date import PARIS, day_and_month, french
from fields.hours.exceptions import Exceptional
from fields.hours.osm import DAY_NAMES
from words import N_, _

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONDAY, _NEXT_MONDAY = date(2001, 1, 8), datetime(2001, 1, 15)
"""A week without a public holiday."""


@dataclass(frozen=True)
class OpenState:
    open: bool | None
    """None where the hours do not tell."""
    text: str | None
    """e.g. `Ouvert · ferme à 19 h`, `Fermé · ouvre demain à 9 h`, `Horaires à vérifier`."""


UNKNOWN = OpenState(None, None)
TO_CHECK = N_("Horaires à vérifier")
"""There are hours, as their merchant wrote them, that are not surely understood."""


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


def state(
    opening_hours: str | None,
    ferme_du: date | None,
    ferme_au: date | None,
    now: datetime,
    exceptional: tuple[Exceptional, ...] = (),
) -> OpenState:
    """What to say of a shop at a moment. `now` is aware."""
    here = now.astimezone(PARIS).replace(tzinfo=None, second=0, microsecond=0)
    return _state(opening_hours or "", ferme_du, ferme_au, here, exceptional)


@lru_cache(maxsize=16384)
def _state(
    opening_hours: str, ferme_du: date | None, ferme_au: date | None, now: datetime, exceptional: tuple[Exceptional, ...]
) -> OpenState:
    hours = read(opening_hours, exceptional)
    today = now.date()
    closed_today = is_closed_on(today, ferme_du, ferme_au)
    if hours is None:
        if not closed_today:
            return UNKNOWN
        return OpenState(False, _("Fermé jusqu'au {jour}").format(jour=french(ferme_au)) if ferme_au else _("Fermé"))
    coming = (each for each in hours.openings(today - DAY) if not is_closed_on(each.start.date(), ferme_du, ferme_au))
    first = next((each for each in coming if each.end > now), None)
    running = _joined(first, coming, now) if first and first.start <= now else None
    if running is None and not closed_today and hours.by_appointment(now):
        return UNKNOWN
    if running and opening_hours == "24/7" and len(hours.layers) == 1:
        return OpenState(True, _("Ouvert jour et nuit"))
    text = _until(running, now) if running else _next(first, today)
    if not closed_today and is_holiday(today) and not hours.knows_holidays(today):
        text = _("{etat} (jour férié : à vérifier)").format(etat=text)
    return OpenState(running is not None, text)


def _joined(running: Opening, coming: Iterator[Opening], now: datetime) -> Opening:
    """One that touches the next (`10:00-24:00` on two days) ends where that one does."""
    for opening in coming:
        if opening.start > running.end or running.end - now >= DAY:
            break
        running = Opening(running.start, max(running.end, opening.end), opening.end_said)
    return running


def _until(running: Opening, now: datetime) -> str:
    if not running.end_said or running.end - now >= DAY:
        return _("Ouvert")
    return _("Ouvert · ferme à {heure}").format(heure=clock(running.end))


def _next(opening: Opening | None, today: date) -> str:
    if opening is None:
        return _("Fermé")
    at = clock(opening.start)
    if opening.start.date() == today:
        return _("Fermé · ouvre à {heure}").format(heure=at)
    return _("Fermé · ouvre {jour} à {heure}").format(jour=_said(opening.start.date(), today), heure=at)


def _said(day: date, today: date) -> str:
    """A later day, from today, e.g. `demain`, `mardi`, `mardi 1er décembre`, `le 3 avril`."""
    days = (day - today).days
    if days == 1:
        return _("demain")
    if days < 7:
        return _WEEKDAYS[day.weekday()]
    dated = day_and_month(day)
    return f"{_WEEKDAYS[day.weekday()]} {dated}" if days < 14 else _("le {jour}").format(jour=dated)


def clock(moment: datetime | time) -> str:
    """As it is said, e.g. `9 h`, `12 h 30`, `minuit`."""
    hour, minute = moment.hour, moment.minute
    if hour == minute == 0:
        return _("minuit")
    return _("{h} h {min}").format(h=hour, min=f"{minute:02}") if minute else _("{h} h").format(h=hour)


def schema_org(opening_hours: str | None) -> list[str]:
    """The hours as schema.org's `openingHours`, e.g. `Tu,We 09:00-12:00`; empty where they are not the same every week."""
    hours = read(opening_hours or "")
    if hours is None or not hours.weekly:
        return []
    days_by_time: dict[str, list[str]] = {}
    for opening in hours.openings(_MONDAY):
        if opening.start >= _NEXT_MONDAY:
            break
        ends = (
            opening.end - timedelta(minutes=1) if opening.end.time() == time.min else opening.end
        )  # schema.org knows no 24:00
        days_by_time.setdefault(f"{opening.start:%H:%M}-{ends:%H:%M}", []).append(DAY_NAMES[opening.start.weekday()])
    return [f"{','.join(days)} {clocks}" for clocks, days in days_by_time.items()]
