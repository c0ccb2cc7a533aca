"""What a text may say about hours, one thing at a time."""

from dataclasses import dataclass
from typing import NamedTuple

from fields.hours.intervals import Interval, Intervals

WEEK = frozenset(range(7))
"""The days of the week; 0 is Monday."""
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Span(NamedTuple):
    """Days of the calendar, both ends included, as (month, day); of every year where `year` is None."""

    start: tuple[int, int]
    end: tuple[int, int]
    year: int | None = None
    end_year: int | None = None


class Scope(NamedTuple):
    """When hours hold: parts of the year, odd or even ISO weeks. Empty: always."""

    spans: tuple[Span, ...] = ()
    odd_weeks: bool | None = None


ALL_YEAR = Scope()


@dataclass(frozen=True)
class Days:
    """Days of the week, public holidays, «1er samedi du mois» as (day, nth; -1 is the last), or one date."""

    week: frozenset[int] = frozenset()
    holidays: bool = False
    nth: frozenset[tuple[int, int]] = frozenset()
    date: Span | None = None
    part: str | None = None
    """`matin`, `midi`, `apres-midi`, `soir`; None is the whole day."""

    def __or__(self, other: "Days") -> "Days":
        """The days of both, without their parts."""
        return Days(self.week | other.week, self.holidays or other.holidays, self.nth | other.nth, self.date or other.date)


@dataclass(frozen=True)
class Open:
    days: Days
    hours: Intervals
    scope: Scope = ALL_YEAR


@dataclass(frozen=True)
class OpenOtherDays:
    """Hours with no day: those of all days that no `Close` names."""

    hours: Intervals


@dataclass(frozen=True)
class OpenPart:
    """«samedi matin»: the morning that other days have."""

    days: Days


@dataclass(frozen=True)
class Shift:
    """«le samedi jusqu'à 15h»: another start or end, `kind` and `time` as in `intervals.shifted`."""

    days: Days
    kind: str
    time: int
    like: Intervals | None = None
    """The hours said before: those of days that have none of their own."""


@dataclass(frozen=True)
class Replace:
    """«sauf le samedi 9h-12h»: other hours on days already told."""

    days: Days
    hours: Intervals


@dataclass(frozen=True)
class Close:
    """Days, or a part of days, on which the door stays shut."""

    days: Days


@dataclass(frozen=True)
class CloseDates:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Break:
    """Closed in between; on all days where `days` is None."""

    pause: Interval
    days: Days | None = None


@dataclass(frozen=True)
class OnCall:
    """«le samedi sur rendez-vous»: neither open nor closed."""

    days: Days
    note: str


@dataclass(frozen=True)
class Announce:
    """Days told ahead of their hours: the sum of what follows, else there is a doubt."""

    days: Days


Statement = Open | OpenOtherDays | OpenPart | Shift | Replace | Close | CloseDates | Break | OnCall | Announce
