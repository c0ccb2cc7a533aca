"""Dates as people write them: «1er au 21 août», «24 et 31 décembre 2026», «avril à octobre»."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from fields.hours.cursor import LINKS, Cursor, ordinal
from fields.hours.intervals import NotUnderstood
from fields.hours.lexer import MONTHS, Token
from fields.hours.statements import DAYS_IN_MONTH, Span


class Point(NamedTuple):
    """A date as far as it is said."""

    day: int | None
    month: int | None
    year: int | None
    weekday: int | None


_SOON = timedelta(days=183)
"""How far ahead a day without its year may be meant: beyond, the last one may be meant as well."""


class DatePhrases(Cursor):
    """`reference`: the day from which dates without a year are counted; None leaves them of every year."""

    def __init__(self, tokens: list[Token], reference: date | None = None):
        super().__init__(tokens)
        self.reference = reference

    def dates(self) -> tuple[Span, ...]:
        spans = self.span()
        while follower := self.attempt(self.next_span):
            spans += follower
        return tuple(spans)

    def next_span(self) -> list[Span]:
        if not (self.take("COMMA") or self.take("AND", "SLASH")):
            raise NotUnderstood("dates with nothing between them")
        self.take("AND")
        return self.span()

    def span(self) -> list[Span]:
        """e.g. «1er au 21 août», «24 et 31 décembre 2026», «avril-octobre»: a month may come from what follows."""
        points = [self.point()]
        if self.peek() in LINKS:
            self.at += 1
            return [self.range(points[0], self.point())]
        while points[-1].month is None:
            self.need("COMMA", "AND")
            self.take("AND")
            points.append(self.point())
        last = points[-1]
        return [self.range(point, point) for point in (p._replace(month=last.month, year=p.year or last.year) for p in points)]

    def point(self) -> Point:
        weekday = None
        if self.peek() == "DAY" and self.peek(1) in ("NUMBER", "ORDINAL", "DATE"):
            (weekday,) = self.weekdays([self.need("DAY")])
        if written := self.take("DATE"):
            day, month, year = map(int, written.text.split("/"))
            return Point(day, month, year, weekday)
        if self.reference and (numeric := self.attempt(self.day_and_month)):
            return numeric._replace(weekday=weekday)
        number = self.take("NUMBER", "ORDINAL")
        name = self.take("MONTH")
        year_said = self.take("YEAR") if name else None
        if not number and not name:
            raise NotUnderstood("a date expected")
        return Point(
            int(number.text) if number and number.kind == "NUMBER" else ordinal(number) if number else None,
            next(n for n, start in enumerate(MONTHS, 1) if name.text.startswith(start)) if name else None,
            int(year_said.text) if year_said else None,
            weekday,
        )

    def day_and_month(self) -> Point:
        """e.g. «24/12», «05/01»: where it cannot be two hours."""
        day = self.need("NUMBER").text
        self.need("SLASH")
        month = self.need("NUMBER").text
        if not (int(day) > 12 or day.startswith("0") or month.startswith("0")) or int(month) > 12:
            raise NotUnderstood("«8/12» may be two hours")
        return Point(int(day), int(month), None, None)

    def range(self, first: Point, last: Point) -> Span:
        if self.reference is None or first.year or last.year:
            return _range(first, last)
        return _range(*_next(first, last, self.reference))


def _next(first: Point, last: Point, reference: date) -> tuple[Point, Point]:
    """The dates in the first year in which they are not over at `reference`."""
    if last.month is None:
        raise NotUnderstood("a day of which month")
    months = first.month or last.month, last.month
    over_new_year = (months[0], first.day or 1) > (months[1], last.day or 31)
    for year in range(reference.year - 1, reference.year + 2):
        try:
            begin = date(year, months[0], first.day or 1)
            end_year = year + over_new_year
            end = date(end_year, months[1], last.day or monthrange(end_year, months[1])[1])
        except ValueError:
            continue  # 29 February
        if end >= reference:
            if begin > reference + _SOON or end - begin > _SOON:
                break
            return first._replace(day=begin.day, month=begin.month, year=year), last._replace(day=end.day, year=end_year)
    raise NotUnderstood("a day of which year")


def _range(first: Point, last: Point) -> Span:
    """From one date to another, or one date twice. A month or year said once holds for both."""
    month, year = first.month or last.month, first.year or last.year
    if month is None or last.month is None or (first.day is None) != (last.day is None):
        raise NotUnderstood("a range of unlike dates")
    if first.month is not None and first.year is None is not last.year and first.month > last.month:
        raise NotUnderstood("from December 2026 or 2025")
    for day, of_month, of_year, weekday in (
        (first.day, month, year, first.weekday),
        (last.day, last.month, last.year, last.weekday),
    ):
        if not 1 <= of_month <= 12 or not 1 <= (1 if day is None else day) <= DAYS_IN_MONTH[of_month - 1]:
            raise NotUnderstood("no such date")
        if (of_month, day) == (2, 29) and of_year and of_year % 4:
            raise NotUnderstood("no such date")
        if weekday is not None and (not of_year or not day or date(of_year, of_month, day).weekday() != weekday):
            raise NotUnderstood("a weekday that no year confirms")
    span = Span((month, first.day or 1), (last.month, last.day or DAYS_IN_MONTH[last.month - 1]), year, last.year)
    if year and (span.end_year is None or (year, span.start) > (span.end_year, span.end)):
        raise NotUnderstood("a range that ends before it begins")
    return span
