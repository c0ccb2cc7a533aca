"""A timetable as an OSM `opening_hours` value (https://wiki.openstreetmap.org/wiki/Key:opening_hours).

Rules add up (`,`). One that replaces others stands behind `;`, only where it must: `;` takes away the hours after
midnight that the day before has left.
"""

from collections.abc import Iterator

from fields.hours.intervals import A_DAY, WHOLE_DAY, Intervals, NotUnderstood
from fields.hours.statements import ALL_YEAR, DAYS_IN_MONTH, WEEK, Scope, Span
from fields.hours.timetable import Table, Timetable, grouped

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CALENDAR = [(month, day) for month, last in enumerate(DAYS_IN_MONTH, 1) for day in range(1, last + 1)]


def as_osm(found: Timetable) -> str | None:
    """The value; None where nothing is surely open."""
    usual = found.tables.get(ALL_YEAR, Table())
    tables = {ALL_YEAR: usual} | found.tables
    if not any(table.week or any(table.nth.values()) or table.dates for table in tables.values()):
        return None
    if (
        usual.week.keys() == WEEK
        and all(told.hours == (WHOLE_DAY,) for told in usual.week.values())
        and len(found.statements) == 1
    ):
        return "24/7"
    _check_scopes(tables, usual)
    rules = [rule for scope, table in tables.items() for rule in _rules(scope, table, usual)]
    rules += _exceptions(found, tables)
    return "".join(rules)[2:]


def _check_scopes(tables: dict[Scope, Table], usual: Table) -> None:
    seasons = [scope for scope in tables if scope != ALL_YEAR]
    if any(_meet(scope, other) for index, scope in enumerate(seasons) for other in seasons[:index]):
        raise NotUnderstood("seasons that overlap")
    for scope in seasons:
        season = tables[scope]
        if season.holidays:
            raise NotUnderstood("public holidays of a season")
        if _replaces(season, usual) and (usual.week.keys() - season.week.keys() or _runs_late(usual) or _runs_late(season)):
            raise NotUnderstood("a season for a part of the week")


def _replaces(season: Table, usual: Table) -> bool:
    return season is not usual and bool(season.week.keys() & usual.week.keys())


def _rules(scope: Scope, table: Table, usual: Table) -> Iterator[str]:
    joint = "; " if _replaces(table, usual) else ", "
    for hours, days in grouped((day, told.hours) for day, told in sorted(table.week.items())).items():
        yield f"{joint}{_scope(scope)}{_week(days)} {written_hours(hours)}"
    for day in range(7):
        joint = ", " if day not in table.week | usual.week else "; "
        nths = grouped((n, hours) for (of_day, n), hours in sorted(table.nth.items()) if of_day == day)
        for hours, ns in nths.items():
            yield f"{joint}{_scope(scope)}{DAY_NAMES[day]}[{','.join(map(str, ns))}] {written_hours(hours)}"


def _exceptions(found: Timetable, tables: dict[Scope, Table]) -> Iterator[str]:
    late = any(_runs_late(table) for table in tables.values())
    for note in dict.fromkeys(found.on_call.values()):
        days = [day for day, said in found.on_call.items() if said == note]
        if not late:  # an unknown day hides the hours after midnight of the day before
            yield f', {_week(days)} unknown "{note}"'
    holidays = tables[ALL_YEAR].holidays
    if holidays or found.closed_holidays:
        yield f"; PH {written_hours(holidays)}"
    for table in tables.values():
        yield from (f"; {written_span(date)} {written_hours(hours)}" for date, hours in table.dates.items())
    if found.closed:
        yield f"; {','.join(map(written_span, found.closed))} off"


def written_hours(hours: Intervals) -> str:
    return (
        ",".join(
            f"{written_clock(start)}+" if end is None else f"{written_clock(start)}-{written_clock(end)}"
            for start, end in hours
        )
        or "off"
    )


def written_clock(minute: int) -> str:
    hour, minute = divmod(minute if minute <= A_DAY else minute - A_DAY, 60)
    return f"{hour:02}:{minute:02}"


def _week(days: list[int]) -> str:
    """e.g. `Mo-Tu,Th-Sa`."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join("-".join(dict.fromkeys((DAY_NAMES[run[0]], DAY_NAMES[run[-1]]))) for run in runs)


def written_span(span: Span) -> str:
    """e.g. `Apr-Oct`, `Aug 1-21`, `2026 Nov 28`, `2026 Dec 20-2027 Jan 4`."""
    (month, day), (last_month, last_day) = span.start, span.end
    first, last = MONTH_NAMES[month - 1], MONTH_NAMES[last_month - 1]
    if span.year is None and day == 1 and last_day == DAYS_IN_MONTH[last_month - 1]:
        return first if first == last else f"{first}-{last}"
    if span.year is None:
        ends = f"{first} {day}", f"{last} {last_day}"
    else:
        ends = f"{span.year} {first} {day}", f"{span.end_year} {last} {last_day}"
    if ends[0] == ends[1]:
        return ends[0]
    return f"{ends[0]}-{last_day}" if (span.year, first, day <= last_day) == (span.end_year, last, True) else "-".join(ends)


def _scope(scope: Scope) -> str:
    weeks = {None: "", True: "week 1-53/2 ", False: "week 2-53/2 "}[scope.odd_weeks]
    return ",".join(map(written_span, scope.spans)) + (" " if scope.spans else "") + weeks


def _runs_late(table: Table) -> bool:
    return any((end or 0) > A_DAY for told in table.week.values() for _, end in told.hours)


def _meet(scope: Scope, other: Scope) -> bool:
    """True where one day may belong to both."""
    if None not in (scope.odd_weeks, other.odd_weeks) and scope.odd_weeks != other.odd_weeks:
        return False
    return not scope.spans or not other.spans or any(_dates(a) & _dates(b) for a in scope.spans for b in other.spans)


def _dates(span: Span) -> set[tuple[int, int]]:
    first, last = _CALENDAR.index(span.start), _CALENDAR.index(span.end)
    return set(_CALENDAR[first : last + 1] if first <= last else _CALENDAR[first:] + _CALENDAR[: last + 1])
