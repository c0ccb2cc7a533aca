"""What a shop says of some days only: closures, hours of their own, a door that stays shut. All of it lapses by itself."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

import schema
from annuaire.opening import TO_CHECK, UNKNOWN, OpenState, clock, state
from fields.date import day_and_month, day_number, paris_day
from fields.hours import exceptional_hours
from fields.hours.exceptions import Exceptional
from fields.hours.osm import written_clock
from words import _

AHEAD_DAYS = 14
"""How long before it begins an exception is told."""
_YEAR_SAID_DAYS = 300


class Dated(NamedTuple):
    """Days with other hours than usual, both ends included; None leaves that end open."""

    first: date | None
    last: date | None
    hours: tuple[tuple[str, str], ...]
    """Opening and closing times, e.g. `("09:00", "13:00")`; empty: closed. A closing time before the opening one is of the next day."""


@lru_cache(maxsize=8192)
def exceptional(text: str, verified: date | None) -> tuple[Exceptional, ...]:
    """The dated hours of `horaires_exceptionnels`; empty where they are not understood."""
    return exceptional_hours(text, verified) or ()


def state_of(record: Mapping[str, Any], now: datetime) -> OpenState:
    """What to say of a fiche at a moment. A shop that only delivers is not open: its door is shut."""
    closure = record["ferme_du"], record["ferme_au"]
    if record["accueil"] == schema.DOOR_CLOSED:
        closed = state("", *closure, now)
        return closed if closed != UNKNOWN else OpenState(False, schema.DOOR_CLOSED)
    found = state(record["opening_hours"], *closure, now, exceptional(record["horaires_exceptionnels"], record["verifie_le"]))
    return OpenState(None, _(TO_CHECK)) if found == UNKNOWN and record["horaires"] else found


def exceptions(record: Mapping[str, Any], now: datetime) -> tuple[Dated, ...]:
    """A fiche's closures and dated hours that are not over, earliest first."""
    today = paris_day(now)
    found = [
        Dated(each.first, each.last, _clocks(each))
        for each in exceptional(record["horaires_exceptionnels"], record["verifie_le"])
    ]
    if record["ferme_du"] or record["ferme_au"]:
        found.append(Dated(record["ferme_du"], record["ferme_au"], ()))
    return tuple(sorted((each for each in found if (each.last or date.max) >= today), key=lambda each: each.first or date.min))


def _clocks(dated: Exceptional) -> tuple[tuple[str, str], ...]:
    return tuple((written_clock(start), "24:00" if end is None else written_clock(end)) for start, end in dated.hours)


def lapsed(record: Mapping[str, Any], now: datetime) -> bool:
    """True where the exceptional hours are understood and all over."""
    found = exceptional(record["horaires_exceptionnels"], record["verifie_le"])
    return bool(found) and max(each.last for each in found) < paris_day(now)


def banners(record: Mapping[str, Any], now: datetime) -> list[str]:
    """e.g. `Fermé du 3 au 17 août`, `Le 20 décembre : 9 h à 13 h`, from two weeks ahead until it ends."""
    today = paris_day(now)
    near = [each for each in exceptions(record, now) if each.first is None or (each.first - today).days <= AHEAD_DAYS]
    return [_banner(each, today) for each in near]


def closure(first: date | None, last: date | None, today: date) -> str:
    """The banner of a closure alone; `""` where there is none to tell."""
    told = (first or last) and (last or date.max) >= today and (first is None or (first - today).days <= AHEAD_DAYS)
    return _banner(Dated(first, last, ()), today) if told else ""


def _banner(dated: Dated, today: date) -> str:
    days = _days(dated.first, dated.last, today)
    if not dated.hours:
        return _("Fermé {jours}").format(jours=days)
    hours = [_("{debut} à {fin}").format(debut=_hour(start), fin=_hour(end)) for start, end in dated.hours]
    return _("{jours} : {heures}").format(jours=f"{days[:1].upper()}{days[1:]}", heures=_(" et ").join(hours))


def _hour(written: str) -> str:
    """`09:30` as it is said; `24:00` is midnight too."""
    hour, minute = map(int, written.split(":"))
    return clock(time(hour % 24, minute))


def _days(first: date | None, last: date | None, today: date) -> str:
    """e.g. `du 3 au 17 août`, `le 24 décembre`, `jusqu'au 3 janvier`; the year where it could be another."""
    if first == last and first is not None:
        return _("le {jour}").format(jour=_day(first, today))
    if first is None:
        return _("jusqu'au {jour}").format(jour=_day(last, today)) if last else ""
    if last is None:
        return _("à partir du {jour}").format(jour=_day(first, today))
    same_month = (first.year, first.month) == (last.year, last.month)
    since = day_number(first) if same_month else _day(first, today)
    return _("du {debut} au {fin}").format(debut=since, fin=_day(last, today))


def _day(day: date, today: date) -> str:
    year = f" {day.year}" if abs((day - today).days) > _YEAR_SAID_DAYS else ""
    return f"{day_and_month(day)}{year}"
