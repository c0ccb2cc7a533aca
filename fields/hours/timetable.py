"""What statements add up to: one timetable, or `NotUnderstood` where two of them disagree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fields.hours.intervals import A_DAY, DAWN, Intervals, NotUnderstood, is_in, joined, shifted, without_break, without_part
from fields.hours.statements import (
    ALL_YEAR,
    WEEK,
    Announce,
    Break,
    Close,
    CloseDates,
    Days,
    OnCall,
    Open,
    OpenOtherDays,
    OpenPart,
    Replace,
    Scope,
    Shift,
    Span,
    Statement,
)  # fmt: skip


class Told(NamedTuple):
    hours: Intervals
    among: frozenset[int]
    """The days that were given these hours in the same breath."""


@dataclass
class Table:
    """The hours of one scope. Days of the week without any are closed; an nth day without any is closed too."""

    week: dict[int, Told] = field(default_factory=dict)
    nth: dict[tuple[int, int], Intervals] = field(default_factory=dict)
    holidays: Intervals = ()
    dates: dict[Span, Intervals] = field(default_factory=dict)

    def open(self, days: Days, hours: Intervals, changed: bool) -> None:
        """`changed`: the text has exceptions of its own, so that none may be guessed."""
        for day in days.week:
            self.week[day] = self._told(day, Told(hours, days.week), changed)
        for nth in days.nth:
            usual = self.week.get(nth[0])
            if nth in self.nth or (usual and joined(usual.hours, hours)):
                raise NotUnderstood("a day of the month twice")
            self.nth[nth] = hours
        if days.holidays:
            if self.holidays not in ((), hours):
                raise NotUnderstood("public holidays twice")
            self.holidays = hours
        if days.date:
            self.dates[days.date] = hours

    def _told(self, day: int, new: Told, changed: bool) -> Told:
        """A day told twice: the same, or its morning then its afternoon, or an exception to a longer list of days."""
        old = self.week.get(day)
        if old is None or old.hours == new.hours:
            return new
        both = joined(old.hours, new.hours)
        if both and old.among == new.among:
            return Told(both, new.among)
        if both or changed or not new.among < old.among or _goes_on(old.hours, new.hours):
            raise NotUnderstood("a day twice, and differently")
        return new

    def hours_of(self, days: Days) -> dict[int, Intervals]:
        return {day: self.week[day].hours for day in sorted(days.week) if day in self.week}

    def put(self, day: int, hours: Intervals) -> None:
        if hours:
            self.week[day] = Told(hours, frozenset((day,)))
        else:
            self.week.pop(day, None)


def _goes_on(old: Intervals, new: Intervals) -> bool:
    """True for «9h-19h» and «18h-21h»: instead of, or after?"""
    return new[0][0] > old[0][0] and (new[-1][1] or 0) > (old[-1][1] or 0)


class Timetable:
    """The tables of all scopes, and the dates and days that are none's."""

    def __init__(self, statements: Sequence[Statement]):
        self.tables: dict[Scope, Table] = {}
        self.closed: list[Span] = []
        self.closed_holidays = False
        self.on_call: dict[int, str] = {}
        self.statements = statements
        changed = any(isinstance(each, Close | Replace | Shift | OpenPart) for each in statements)
        for each in statements:
            if isinstance(each, Open):
                self.tables.setdefault(each.scope, Table()).open(each.days, each.hours, changed)
            elif isinstance(each, OpenOtherDays):
                self._open_other_days(each.hours)
        for each in statements:
            self._change(each)
        for each in statements:
            if isinstance(each, Announce) and each.days.week - self._closed_days() != self._open_days():
                raise NotUnderstood("the days announced are not the days told")

    def _closed_days(self) -> frozenset[int]:
        return frozenset().union(
            *(each.days.week for each in self.statements if isinstance(each, Close) and not each.days.part)
        )

    def _open_days(self) -> frozenset[int]:
        return frozenset(day for table in self.tables.values() for day in table.week)

    def _open_other_days(self, hours: Intervals) -> None:
        days = WEEK - self._closed_days()
        if days == WEEK or self.tables:
            raise NotUnderstood("hours without days")
        self.tables[ALL_YEAR] = Table({day: Told(hours, days) for day in days})

    def _only_table(self) -> Table:
        if len(self.tables) != 1:
            raise NotUnderstood("which season is meant")
        return next(iter(self.tables.values()))

    def _change(self, each: Statement) -> None:
        match each:
            case Shift():
                self._shift(each)
            case OpenPart(days):
                self._open_part(days)
            case Replace(days, hours):
                if not days.week or days.week - self._only_table().week.keys():
                    raise NotUnderstood("an exception to nothing")
                for day in days.week:
                    self._only_table().put(day, hours)
            case Close(days):
                self._close(days)
            case CloseDates(spans):
                self.closed.extend(spans)
            case Break():
                self._break(each)
            case OnCall():
                self._call(each)

    def _shift(self, shift: Shift) -> None:
        table = self._only_table() if self.tables else self.tables.setdefault(ALL_YEAR, Table())
        if shift.days.holidays or shift.days.date or shift.days.part not in (None, "soir"):
            raise NotUnderstood("an end for days of another kind")
        known = table.hours_of(shift.days)
        for day in shift.days.week:
            table.put(day, _shifted(known.get(day), shift))
        for day, n in shift.days.nth:
            table.nth[day, n] = _shifted(table.week[day].hours if day in table.week else None, shift)

    def _open_part(self, days: Days) -> None:
        table, part = self._only_table(), days.part
        if part is None:
            raise NotUnderstood("days without hours")
        told = [each.hours for each in self.statements if isinstance(each, Open | OpenOtherDays)]
        found = {tuple(each for each in hours if is_in(each, part)) for hours in told} - {()}
        if len(found) != 1 or not days.week or table.hours_of(days):
            raise NotUnderstood("which morning is meant")
        for day in days.week:
            table.put(day, *found)

    def _close(self, days: Days) -> None:
        if days.holidays:
            if any(table.holidays for table in self.tables.values()):
                raise NotUnderstood("public holidays open and closed")
            self.closed_holidays = True
        for nth in days.nth:
            self._only_table().nth[nth] = ()
        for day in days.week & self._open_days():
            table = self._only_table()
            if not days.part and table.week[day].among == {day}:
                raise NotUnderstood("a day open and closed")
            table.put(day, without_part(table.week[day].hours, days.part) if days.part else ())

    def _break(self, pause: Break) -> None:
        """Days that end before the pause, such as a Saturday morning, are left as they are; one has to have it."""
        table = self._only_table()
        usual = table.hours_of(pause.days or Days(WEEK))
        found = {day: without_break(hours, pause.pause) for day, hours in usual.items()}
        beside = [usual[day] for day, hours in found.items() if hours is None]
        if not any(found.values()) or any(end is None or end > pause.pause[0] for hours in beside for _, end in hours):
            raise NotUnderstood("a break that is not inside the hours")
        for day, hours in found.items():
            table.put(day, hours or usual[day])

    def _call(self, call: OnCall) -> None:
        if not call.days.week or call.days.holidays or call.days.nth:
            raise NotUnderstood("an appointment on days of another kind")
        for table in self.tables.values():
            for hours in table.hours_of(call.days).values():
                if not call.days.part or without_part(hours, call.days.part) != hours:
                    raise NotUnderstood("hours and an appointment at once")
        if not call.days.part:
            self.on_call |= dict.fromkeys(call.days.week, call.note)


def _shifted(hours: Intervals | None, shift: Shift) -> Intervals:
    if shift.kind == "from" and not DAWN <= shift.time < A_DAY:
        raise NotUnderstood("a shop that opens at night")
    if hours := hours or (shift.like if shift.kind != "at" else None):
        return shifted(hours, shift.kind, shift.time)
    if shift.kind != "from":
        raise NotUnderstood("an end without a start")
    return ((shift.time, None),)


def grouped(hours: Iterable[tuple[int, Intervals]]) -> dict[Intervals, list[int]]:
    """Days, or nths, by their hours, in the order of the first of each."""
    groups: dict[Intervals, list[int]] = {}
    for day, each in hours:
        groups.setdefault(each, []).append(day)
    return groups
