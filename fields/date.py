"""Days and moments, as serial numbers of a sheet or as people write them: the day always comes before the month."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fields.cell import Cell, Filled, Reading, Row, as_line, fold, says_nothing
from words import _

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

SERIAL_ZERO = datetime(1899, 12, 30)
_FIRST, _LAST = datetime(1970, 1, 1), datetime(2100, 1, 1)
"""A date out of these is a slip: a year alone (2026 is 18 July 1905 as a serial), a digit too many."""


def paris_day(moment: datetime) -> date:
    """The day that an aware moment is of, in France."""
    return moment.astimezone(PARIS).date()


def day_number(day: date) -> str:
    """As it is said, e.g. `1er`, `2`."""
    return "1er" if day.day == 1 else str(day.day)


def day_and_month(day: date) -> str:
    """e.g. `1er juillet`."""
    return f"{day_number(day)} {MONTHS[day.month - 1]}"


def french(day: date) -> str:
    """The day as it is said, e.g. `2 novembre 2026`, `1er juillet 2026`."""
    return f"{day_and_month(day)} {day.year}"


class Unreadable(ValueError):
    """What a cell holds is no date. The message, in French, says what to write."""


_TIME = (
    r"(?:(?:,| a| vers| -)? ?(?P<hour>\d\d?) ?[h:] ?(?P<minute>\d\d)?(?: ?(?:[:m]|min) ?(?P<second>\d\d))?(?: ?(?:min|s))?)?"
)
_BEFORE = r"(?:(?:le|du|au|des|depuis|a partir|jusqu'au|jusque|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:lun|mar|mer|jeu|ven|sam|dim)\.?),? )*"
_AFTER = r"(?: ?[(,]?(?:inclus|compris|au soir|le soir|soir|au matin|le matin|matin)e?\)?)?\.?"
_DAY_FIRST = re.compile(
    rf"{_BEFORE}(?P<day>\d\d?)(?P<sep>[/.\-– ])\s?(?P<month>\d\d?)(?:(?P=sep)\s?'?(?P<year>\d{{4}}|\d\d))?{_TIME}{_AFTER}"
)
"""Folded, e.g. `03/04/26`, `lundi 3-8-2026`, `06/04/2020 a 14h`, `17/03/2020 21:49:17`."""
_IN_WORDS = re.compile(
    rf"{_BEFORE}(?P<day>\d\d?) ?(?:er)?[ \-/.](?:de )?(?P<month>[a-z]{{3,9}})\.?(?:[ ,\-/.]+(?P<year>\d{{4}}|'?\d\d(?! ?[h:])))?{_TIME}{_AFTER}"
)
"""Folded, e.g. `1er juillet 2026`, `lundi 3 aout`, `15-sept.-2026 a 9h30`."""
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<sep>[/.\-])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)(?:t(?=\d))?{_TIME}")
"""Folded, e.g. `2026-11-02`, `2026/11/2 9:30`."""
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:z|utc|[+-]\d\d:?\d\d))?")
"""Folded, e.g. `2026-11-02t09:30:00z`, `2026-11-02 09:30:00.123+01:00`."""


def parse(cell: Cell) -> datetime:
    """The moment a cell holds, rounded to the second, without zone: what a clock in France shows.

    Raises Unreadable.
    """
    moment = (
        _from_serial(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else _from_text(fold(as_line(cell)))
    )
    if not _FIRST <= moment < _LAST:
        raise Unreadable(_("l'année doit être entre {debut} et {fin}").format(debut=_FIRST.year, fin=_LAST.year - 1))
    return moment


def serial(moment: datetime) -> float:
    """A naive moment as a sheet keeps it: days since 1899-12-30."""
    return (moment - SERIAL_ZERO) / timedelta(days=1)


def _from_serial(days: float) -> datetime:
    if not 1 <= days < 100_000:
        raise Unreadable(_("une date se lit jour/mois/année, par exemple 03/08/2026"))
    return SERIAL_ZERO + timedelta(seconds=round(days * 86_400))


def _from_text(text: str) -> datetime:
    if _ZONED.fullmatch(text):
        return _from_iso(text)
    for written in (_DAY_FIRST, _IN_WORDS, _YEAR_FIRST):
        if found := written.fullmatch(text):
            return _from_parts(found)
    raise Unreadable(_("une date se lit jour/mois/année, par exemple 03/08/2026"))


def _from_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(
            text.upper().replace("UTC", "Z").replace(" Z", "Z").replace(" +", "+").replace(",", ".")
        )
        local = moment.astimezone(PARIS).replace(tzinfo=None, fold=0) if moment.tzinfo else moment
        return (local + timedelta(microseconds=500_000)).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise Unreadable(_("cette date n'existe pas dans le calendrier")) from error


def _from_parts(found: re.Match[str]) -> datetime:
    if not found["year"]:
        raise Unreadable(_("écrivez aussi l'année, par exemple 03/08/2026"))
    year = int(found["year"].lstrip("'"))
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        return datetime(year if year > 99 else 2000 + year, _month(found["month"]), int(found["day"]), hour, minute, second)
    except ValueError as error:
        raise Unreadable(_("cette date n'existe pas dans le calendrier : jour/mois/année, par exemple 03/08/2026")) from error


def _month(name: str) -> int:
    """1 to 12 for a folded month, by number or by name, short or whole. Raises ValueError."""
    if name.isdecimal():
        return int(name)
    (month,) = (number for number, month in enumerate(MONTHS, start=1) if fold(month).startswith(name))
    return month


class _Dated(Filled):
    blank = None

    def typed(self, cell: Cell, row: Row) -> Reading:
        try:
            return Reading(self._of(parse(cell)))
        except Unreadable as error:
            return Reading(None) if says_nothing(as_line(cell)) else self.unusable(cell, error.args[0])

    def _of(self, moment: datetime) -> date:
        return moment


@dataclass(frozen=True)
class Timestamp(_Dated):
    """The moment of a submission, naive, to the second: what the form's clock showed."""


@dataclass(frozen=True)
class Day(_Dated):
    """A day. One without its year is a fault: next year nobody would know which was meant."""

    def _of(self, moment: datetime) -> date:
        return moment.date()


@dataclass(frozen=True)
class Moment(_Dated):
    """A moment in Europe/Paris, aware of its zone. Of the hour that comes twice in October, the first is meant."""

    def _of(self, moment: datetime) -> date:
        return moment.replace(tzinfo=PARIS)
