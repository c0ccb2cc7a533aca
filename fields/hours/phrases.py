"""The phrases of opening hours, read the same wherever they stand: intervals, days."""

import re
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from fields.hours.cursor import LINKS, ordinal
from fields.hours.dates import DatePhrases
from fields.hours.intervals import A_DAY, NOON, WHOLE_DAY, Interval, Intervals, NotUnderstood, in_order, interval, is_in
from fields.hours.lexer import FULL_DAYS, Token
from fields.hours.statements import WEEK, Days

SEPARATORS = ("COMMA", "AND", "SLASH", "DASH")
DAY_STARTS = ("DAY", "EVERYDAY", "WEEKDAYS", "WEEKEND", "HOLIDAYS", "ORDINAL")
HOUR_STARTS = ("TIME", "NUMBER", "FROM", "UNTIL", "BETWEEN", "ALL_DAY", "NOON_BREAK")
_CLOCK = re.compile(r"(\d+)( ?)(?:heures?|[h:.])( ?)(\d\d)?")
"""e.g. `9h30`, `9 h 30`, `9 heures`, `8.30`."""


class Partial(NamedTuple):
    """One end of the hours (minutes): `until`, `from`, or `at` where the text does not say which."""

    kind: str
    time: int


class Timed(NamedTuple):
    """Intervals. `sure` is False for «8-12» alone, which may be a date."""

    hours: Intervals
    sure: bool


class Named(NamedTuple):
    """Days, one by one as they were named. `apart`: each has its article, so that «matin» goes with its own day alone."""

    each: tuple[Days, ...]
    apart: bool = True

    @property
    def union(self) -> Days:
        return reduce(or_, self.each)

    @property
    def parts(self) -> set[str]:
        return {days.part for days in self.each if days.part}

    def one_by_one(self) -> tuple[Days, ...]:
        """Each, where there is no doubt which of them are parts of a day: «samedi et dimanche matin» may be both."""
        if not self.apart and any(days.part and not before.part for before, days in pairwise(self.each)):
            raise NotUnderstood("a part of which day")
        return self.each


class Phrases(DatePhrases):
    """Those of hours and of days, beside those of dates."""

    of_month = False
    """Whether the last «1er samedi» was said to be «du mois»."""

    def starts_hours(self) -> bool:
        return self.peek(1 if self.peek() == "PART" else 0) in HOUR_STARTS

    # Hours

    def time(self) -> tuple[int, bool]:
        """Minutes from 0:00, and whether an hour was said: a bare «12» may be anything."""
        token = self.need("TIME", "NUMBER")
        if token.text in ("midi", "minuit"):
            return (NOON if token.text == "midi" else A_DAY), True
        clock = _CLOCK.match(token.text)
        hour, minute = (int(clock[1]), int(clock[4] or 0)) if clock else (int(token.text), 0)
        if hour > 24 or (hour == 24 and minute):
            raise NotUnderstood("no such hour")
        if minute % 5 or (clock and clock[3] and not clock[2] and minute % 15):
            raise NotUnderstood("«8h12» and «8h 20» may be two hours")
        return hour * 60 + minute, clock is not None

    def pair(self) -> tuple[Interval, bool, bool]:
        """One interval; whether any of its ends was surely an hour; whether it was called «le matin» or such."""
        part = self.take("PART")
        found, sure = self.bare_pair()
        if part and not is_in(found, part_of_day(part)):
            raise NotUnderstood("hours that do not fit the part of the day")
        return found, sure, part is not None

    def bare_pair(self) -> tuple[Interval, bool]:
        if self.take("ALL_DAY"):
            return WHOLE_DAY, True
        if self.take("NOON_BREAK"):
            return (NOON, 14 * 60), True
        opener = self.take("FROM", "BETWEEN")
        start, sure = self.time()
        if opener and opener.kind == "BETWEEN":
            self.need("AND", *LINKS, "SLASH")
        elif self.peek() == "AND" and self.peek(1) == "UNTIL":
            self.at += 2
        elif not self.take(*LINKS, "SLASH") and not (self.peek(-1) == self.peek() == "TIME"):
            raise NotUnderstood("an hour on its own")
        end, said = self.time()
        return interval(start, end), sure or said

    def hours(self) -> Timed:
        found = [self.pair()]
        while follower := self.attempt(self.next_pair):
            found.append(follower)
        intervals = tuple(pair for pair, _, _ in found)
        if not in_order(intervals) or len({called for _, _, called in found}) > 1:
            raise NotUnderstood("intervals that overlap")
        return Timed(intervals, len(found) > 1 or found[0][1])

    def next_pair(self) -> tuple[Interval, bool, bool]:
        if not self.take("COMMA"):
            self.take("SLASH", "DASH")
        self.take("AND")
        return self.pair()

    def partial(self) -> Partial:
        behind = self.peek(-1), self.peek(-2)
        if "TIME" in behind and behind[0] in ("TIME", "DASH", "SLASH"):
            raise NotUnderstood("three hours in a row")
        kind = {"UNTIL": "until", "FROM": "from"}.get(self.peek(), "at")
        self.take("UNTIL", "FROM")
        time, said = self.time()
        if (
            not said
            or (self.peek() in (*LINKS, "SLASH") and self.peek(1) in ("TIME", "NUMBER"))
            or self.peek() in ("TO", "TIME")
        ):
            raise NotUnderstood("one end of what")
        return Partial(kind, time)

    # Days

    def named(self) -> Named:
        start = self.at
        each = self.day()
        firsts = [first := self.tokens[start]]
        while True:
            start = self.at
            found = self.attempt(self.next_day)
            if found is None:
                break
            begins = next(token for token in self.tokens[start:] if token.kind in DAY_STARTS)
            if len(firsts) == 1 and first.kind == "EVERYDAY":
                if not found[0].week:
                    raise NotUnderstood("every day and more")
                each = []  # «tous les jours du lundi au samedi» is Monday to Saturday
            each += found
            firsts.append(begins)
        if any(days.nth for days in each) and not self.of_month:
            raise NotUnderstood("the first Saturday of what")
        return Named(tuple(each), all(token.text.startswith("le ") for token in firsts) or len(each) == 1)

    def next_day(self) -> list[Days]:
        previous = self.tokens[self.at - 1]
        separated = bool(self.take("COMMA"))
        separated = bool(self.take("AND")) or separated or bool(self.take("SLASH", "DASH"))
        beside = self.peek() == "DAY" and (
            previous.kind == "EVERYDAY" or _is_short(previous) == _is_short(self.tokens[self.at])
        )
        if not separated and not beside:
            raise NotUnderstood("days with nothing between them")
        return self.day()

    def day(self) -> list[Days]:
        """One day or range, or several joined by dashes or slashes, with the part of the day said after them."""
        if self.take("EVERYDAY"):
            found = [Days(WEEK)]
        elif self.take("WEEKDAYS"):
            found = [Days(WEEK - {5, 6})]
        elif self.take("WEEKEND"):
            found = [Days(frozenset((5, 6)))]
        elif self.take("HOLIDAYS"):
            return [Days(holidays=True)]
        elif self.peek() == "ORDINAL":
            return [self.day_of_month()]
        else:
            found = self.run_of_days()
        if self.peek() == "PART" and not self.starts_hours():
            part = part_of_day(self.need("PART"))
            found[-1] = Days(found[-1].week, part=part)
        return found

    def run_of_days(self) -> list[Days]:
        run, links = [self.need("DAY")], []
        while self.peek() in (*LINKS, "SLASH") and self.peek(1) == "DAY":
            links.append(self.need(*LINKS, "SLASH").kind)
            run.append(self.need("DAY"))
        days = self.weekdays(run)
        if len(run) == 2 and links[0] != "SLASH":
            first, last = days
            if first == last:
                raise NotUnderstood("a range of one day")
            return [Days(frozenset((first + n) % 7 for n in range((last - first) % 7 + 1)))]
        if len(set(links)) > 1 or {"TO", "UNTIL"} & {*links} or (len(run) == 2 and (days[1] - days[0]) % 7 != 1):
            raise NotUnderstood("a list or a range")
        return [Days(frozenset((day,))) for day in days]

    def day_of_month(self) -> Days:
        """e.g. «1er et 3e samedis du mois»."""
        ns = [ordinal(self.need("ORDINAL"))]
        while self.peek() in ("AND", "COMMA") and self.peek(1) == "ORDINAL" and self.peek(2) in ("DAY", "AND", "COMMA"):
            self.at += 1
            ns.append(ordinal(self.need("ORDINAL")))
        (day,) = self.weekdays([self.need("DAY")])
        self.of_month = self.take("OF_MONTH") is not None
        return Days(nth=frozenset((day, n) for n in ns))


def part_of_day(token: Token) -> str:
    signs = (("matin", "matin"), ("soir", "soir"), ("midi", "le"), ("apres-midi", ""))
    return next(part for part, sign in signs if token.text.startswith(sign))


def _is_short(token: Token) -> bool:
    return not any(name in token.text for name in FULL_DAYS)
