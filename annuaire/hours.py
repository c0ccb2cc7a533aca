"""A shop's hours on any day: the OSM `opening_hours` that `fields.hours` writes, as the library reads it.

Moments here have no zone: they are those of a clock in Paris. What is not surely understood says nothing
(`read` gives None), since a shop that is shown open must be open; docs/decisions/0010-hours.md has the library's traps.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from opening_hours import OpeningHours, State

from fields.hours.exceptions import Exceptional

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NIGHT = 7 * HOUR
"""Until when, after midnight, an opening belongs to the day before."""
AHEAD = timedelta(days=366)
"""How far openings are looked for."""
_TIME = r"[0-2]\d:[0-5]\d(?:-[0-2]\d:[0-5]\d|\+)"
_RULE = re.compile(rf'(?P<days>[A-Za-z0-9][\w ,/\[\]-]*) (?P<hours>off|closed|unknown(?: "[^"]*")?|{_TIME}(?:,{_TIME})*)')
"""e.g. `Tu-Sa 09:00-12:00,14:00-19:00`, `Apr-Oct We 17:00+`, `PH off`, `Sa unknown "sur RDV"`."""
_OUT_OF_QUOTES = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'
_NEXT_RULE = re.compile(rf'([;,]) (?=[^"]* (?:off|closed|unknown|[0-2]\d:)){_OUT_OF_QUOTES}')
_SOME_WEEKS = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|week|\[)(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)")
"""What makes a rule of some weeks only, out of quotes, e.g. `Apr-Oct`, `week 2-53/2`, `Th[2,4]`."""
_LATE = re.compile(r"(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


class Opening(NamedTuple):
    start: datetime
    end: datetime
    end_said: bool = True
    """False where only the start was given: `end` is then midnight."""


@dataclass(frozen=True)
class _Layer:
    """Rules that stand instead of those before them, on the days they speak of."""

    hours: OpeningHours
    days: OpeningHours | None = None
    """Open all day on the days it speaks of; None: every day."""
    first: date = date.min
    last: date = date.max
    usual: "Hours | None" = None
    """Where set, days on which these hours have no opening stay without."""

    def speaks_of(self, day: date) -> bool:
        if not self.first <= day <= self.last:
            return False
        if self.usual is not None:
            return any(each.start.date() == day for each in islice(self.usual.openings(day), 1))
        return self.days is None or self.days.is_open(datetime.combine(day, time(12)))

    def began(self, at: datetime) -> int:
        """As `Hours.began`, were these the only rules."""
        if not self.hours.is_open(at):
            return 1
        midnight = datetime.combine(at.date(), time.min)
        if at >= midnight + NIGHT or not self.hours.is_open(midnight - MINUTE):
            return 0
        end = self.hours.next_change(at)
        return -1 if end is not None and end <= midnight + NIGHT else 0


@dataclass(frozen=True)
class Hours:
    text: str
    layers: tuple[_Layer, ...]

    @property
    def weekly(self) -> bool:
        """True where every week is the same but for public holidays."""
        return len(self.layers) == 1 and _SOME_WEEKS.search(self.text) is None

    def knows_holidays(self, day: date) -> bool:
        """True where the shop said what it does on public holidays, or on this one."""
        return self.text == "24/7" or "PH" in self.text or any(layer.first <= day <= layer.last for layer in self.layers[1:])

    def by_appointment(self, at: datetime) -> bool:
        """True where this moment has hours that are not told."""
        layer = self._layer(at.date())
        return layer is not None and layer.hours.is_unknown(at)

    def openings(self, since: date) -> Iterator[Opening]:
        """Those that begin from a day on, earliest first; longer ones in pieces of a day."""
        if len(self.layers) == 1:
            return self._begun(self.layers[0], since)
        return heapq.merge(*(self._governed(layer, since) for layer in self.layers))

    def began(self, at: datetime) -> int:
        """Of the opening that holds this moment: 0 where it began today, -1 yesterday; 1 where there is none."""
        today = self._layer(at.date())
        if today is not None and today.began(at) == 0:
            return 0
        if at.hour * HOUR >= NIGHT:
            return 1
        yesterday = self._layer(at.date() - DAY)
        return -1 if yesterday is not None and yesterday.began(at) == -1 else 1

    def _layer(self, day: date) -> _Layer | None:
        if len(self.layers) == 1:
            return self.layers[0]
        return next((layer for layer in reversed(self.layers) if layer.speaks_of(day)), None)

    def _governed(self, layer: _Layer, since: date) -> Iterator[Opening]:
        return (each for each in self._begun(layer, since) if self._layer(each.start.date()) is layer)

    def _begun(self, layer: _Layer, since: date) -> Iterator[Opening]:
        first = max(since, layer.first)
        beginning = datetime.combine(first, time.min)
        last = datetime.combine(min(layer.last, since + AHEAD), time.min) + 2 * DAY
        for start, end, state, _ in layer.hours.intervals(beginning, last):
            if state != State.OPEN:
                continue
            while end > (midnight := datetime.combine(start.date(), time.min) + DAY) + NIGHT:
                yield Opening(start, midnight)
                start = midnight
            yield Opening(start, end, f"{start:%H:%M}+" not in str(layer.hours))


@lru_cache(maxsize=8192)
def read(opening_hours: str, exceptional: Sequence[Exceptional] = ()) -> Hours | None:
    """None where there are no hours, or a part of them is not understood. `exceptional`: days with hours of their own."""
    layers = _layers(opening_hours)
    if layers is None:
        return None
    usual = Hours(opening_hours, layers)
    dated = (_Layer(_parsed(each.osm), None, each.first, each.last, None if each.every_day else usual) for each in exceptional)
    return Hours(opening_hours, (*layers, *dated))


def _layers(text: str) -> tuple[_Layer, ...] | None:
    if text == "24/7":
        return (_Layer(_parsed(text)),)
    first, *rest = _NEXT_RULE.split(text)
    rules = [(";", first), *zip(rest[::2], rest[1::2], strict=True)]
    matches = [_RULE.fullmatch(rule) for _, rule in rules]
    if not all(match and "SH" not in match["days"] for match in matches):
        return None
    try:
        if not any(pair["end"] < pair["start"] for pair in _LATE.finditer(text)):
            return (_Layer(_parsed(text)),)
        groups: list[list[re.Match[str]]] = []
        for (joint, _), match in zip(rules, matches, strict=True):
            groups.append([]) if joint == ";" else None
            groups[-1].append(match)  # type: ignore[arg-type]
        return tuple(
            _Layer(
                _parsed(", ".join(rule[0] for rule in group)),
                _parsed(", ".join(f"{rule['days']} 00:00-24:00" for rule in group)),
            )
            for group in groups
        )
    except SyntaxError:
        return None


@lru_cache(maxsize=8192)
def _parsed(osm: str) -> OpeningHours:
    """Raises SyntaxError, also where the library only warns."""
    found = OpeningHours(osm, country="FR")
    if found.warnings:
        raise SyntaxError(found.warnings[0])
    return found


def is_holiday(day: date) -> bool:
    """True on the public holidays of metropolitan France."""
    return _parsed("PH 00:00-24:00").is_open(datetime.combine(day, time(12)))
