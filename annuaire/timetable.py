"""A shop's hours on any day, from the OSM `opening_hours` that `fields.hours` writes.

Every rule written there is read here; a value with anything else in it says nothing (`timetable` is None): a shop
that is shown open must be open.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from annuaire.holidays import is_holiday
from fields.hours.intervals import A_DAY
from fields.hours.osm import DAY_NAMES, MONTH_NAMES

_MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
_LAST_DAY = 31
"""Where a month ends, whatever the month: no day compares beyond it."""

_OUT_OF_QUOTES = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'
_JOINT = re.compile(r"([;,]) " + _OUT_OF_QUOTES)
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_SPAN = rf"(?:(?P<year>\d{{4}}) )?(?P<month>{_MONTH})(?: (?P<day>\d\d?))?(?:-(?:(?:(?P<year2>\d{{4}}) )?(?P<month2>{_MONTH}) ?)?(?P<day2>\d\d?)?)?"
_SPAN_OF = re.compile(_SPAN)
"""e.g. `Apr-Oct`, `Aug 1-21`, `Nov 28`, `2026 Dec 20-2027 Jan 4`."""
_ANY_SPAN = re.sub(r"\?P<\w+>", "?:", _SPAN)
_DAY = rf"(?:{'|'.join(DAY_NAMES)})"
_DAYS = rf"(?:PH|{_DAY}(?:-{_DAY}|\[-?\d(?:,-?\d)*\])?)"
_DAYS_OF = re.compile(rf"(?P<holidays>PH)|(?P<first>{_DAY})(?:-(?P<last>{_DAY})|\[(?P<nth>[-\d,]+)\])?")
"""e.g. `Mo-Fr`, `Sa`, `Th[2,4]`, `PH`."""
_TIME = r"\d\d:\d\d(?:-\d\d:\d\d|\+)"
_RULE = re.compile(
    rf"(?:(?P<spans>{_ANY_SPAN}(?:,{_ANY_SPAN})*) ?)?(?:week (?P<week>\d+-\d+(?:/\d+)?) )?(?:(?P<days>{_DAYS}(?:,{_DAYS})*) )?"
    rf'(?P<hours>off|closed|(?P<unknown>unknown(?: "[^"]*")?)|{_TIME}(?:,{_TIME})*)'
)
"""e.g. `Tu-Sa 09:00-12:00,14:00-19:00`, `Apr-Oct We 17:00+`, `week 2-53/2 Fr 16:00-19:00`, `PH off`, `Sa unknown "sur RDV"`."""


class Opening(NamedTuple):
    """From `start` to `end`, in minutes since the day's midnight; beyond 1440 after the next one."""

    start: int
    end: int
    end_said: bool = True
    """False where only the start was given: `end` is then midnight."""


class Day(NamedTuple):
    openings: tuple[Opening, ...] = ()
    by_appointment: bool = False
    """True where the day has hours that are not told."""


@dataclass(frozen=True)
class _Rule:
    holds: Sequence[Callable[[date], bool]]
    """All must hold for the rule to speak of a day."""
    day: Day
    adds: bool
    """True: beside the rules before it. False: instead of them, on its days."""
    weekly: bool
    about_holidays: bool


@dataclass(frozen=True)
class Timetable:
    rules: tuple[_Rule, ...]

    @property
    def weekly(self) -> bool:
        """True where every week is the same, holidays included."""
        return all(rule.weekly for rule in self.rules)

    @property
    def knows_holidays(self) -> bool:
        """True where the shop said what it does on public holidays."""
        return self is ALWAYS or any(rule.about_holidays for rule in self.rules)

    def on(self, day: date) -> Day:
        """The openings that begin on a day, earliest first."""
        found = Day()
        for rule in self.rules:
            if all(holds(day) for holds in rule.holds):
                found = _both(found, rule.day) if rule.adds else rule.day
        return found


def _both(one: Day, other: Day) -> Day:
    return Day(tuple(sorted({*one.openings, *other.openings})), one.by_appointment or other.by_appointment)


ALWAYS = Timetable((_Rule((), Day((Opening(0, A_DAY),)), False, True, True),))


@lru_cache(maxsize=8192)
def timetable(opening_hours: str) -> Timetable | None:
    """The hours of an OSM value; None where there is none, or a part of it is not understood."""
    return read(opening_hours)


def read(opening_hours: str) -> Timetable | None:
    """`timetable`, without its memory."""
    if opening_hours == "24/7":
        return ALWAYS
    text, *rest = _JOINT.split(opening_hours)
    parts = [(";", text), *zip(rest[::2], rest[1::2], strict=True)]
    try:
        return Timetable(tuple(_rule(part, joint == ",") for joint, part in parts))
    except ValueError:
        return None


def _rule(text: str, adds: bool) -> _Rule:
    match = _RULE.fullmatch(text)
    if match is None or not (match["spans"] or match["week"] or match["days"]):
        raise ValueError(text)
    holds: list[Callable[[date], bool]] = []
    if match["spans"]:
        spans = [_span(span) for span in _SPAN_OF.finditer(match["spans"])]
        holds.append(lambda day: any(span(day) for span in spans))
    if match["week"]:
        first, last, step = (int(number) for number in re.fullmatch(r"(\d+)-(\d+)(?:/(\d+))?", match["week"]).groups("1"))  # type: ignore[union-attr]
        weeks = frozenset(range(first, last + 1, step))
        holds.append(lambda day: day.isocalendar().week in weeks)
    plain = "PH" not in (match["days"] or "") and "[" not in (match["days"] or "")
    if match["days"]:
        days = [_days(part) for part in _DAYS_OF.finditer(match["days"])]
        holds.append(lambda day: any(among(day) for among in days))
    weekly = plain and not match["spans"] and not match["week"]
    return _Rule(
        tuple(holds), Day(tuple(_openings(match["hours"])), bool(match["unknown"])), adds, weekly, "PH" in (match["days"] or "")
    )


def _span(match: re.Match[str]) -> Callable[[date], bool]:
    month, day = _MONTHS[match["month"]], int(match["day"] or 1)
    last_month = _MONTHS[match["month2"]] if match["month2"] else month
    last_day = int(match["day2"] or (_LAST_DAY if match["month2"] or not match["day"] else day))
    first, last = (month, day), (last_month, last_day)
    if match["year"]:
        year = int(match["year"])
        start, end = (year, *first), (int(match["year2"] or year), *last)
        return lambda when: start <= (when.year, when.month, when.day) <= end
    if first <= last:
        return lambda when: first <= (when.month, when.day) <= last
    return lambda when: not last < (when.month, when.day) < first


def _days(match: re.Match[str]) -> Callable[[date], bool]:
    if match["holidays"]:
        return is_holiday
    first = DAY_NAMES.index(match["first"])
    if match["nth"]:
        wanted = {int(number) for number in match["nth"].split(",")}
        return lambda day: day.weekday() == first and not wanted.isdisjoint(_places_in_month(day))
    length = (DAY_NAMES.index(match["last"] or match["first"]) - first) % 7
    return lambda day: (day.weekday() - first) % 7 <= length


def _places_in_month(day: date) -> tuple[int, int]:
    """Which of its weekday in the month it is, from the first (1…) and from the last (-1…)."""
    following = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
    return (day.day - 1) // 7 + 1, -(((following - day).days + 6) // 7)


def _openings(hours: str) -> Iterator[Opening]:
    """Raises ValueError for a time of no clock."""
    if not hours[0].isdigit():
        return
    for part in hours.split(","):
        times = [int(time[:2]) * 60 + int(time[3:5]) for time in part.removesuffix("+").split("-")]
        if any(time > A_DAY + A_DAY // 2 or int(part[3:5]) > 59 for time in times):
            raise ValueError(part)
        start, end = times[0], times[-1]
        if part.endswith("+"):
            yield Opening(start, A_DAY, end_said=False)
        else:
            yield Opening(start, end if end > start else end + A_DAY)
