"""Days and hours pair up, in either order; groups (sentences, lines) settle what they left open."""

from dataclasses import replace

from fields.hours.intervals import Intervals, NotUnderstood, in_order, is_in
from fields.hours.phrases import Named, Partial, Phrases, Timed
from fields.hours.statements import ALL_YEAR, Announce, Days, Open, OpenPart, Scope, Shift, Span, Statement


class Pairing:
    """What was found, and the days, hours and seasons whose other half is still to come."""

    def __init__(self, phrases: Phrases):
        self.next = phrases
        self.found: list[Statement] = []
        self.days: Named | None = None
        """Days whose hours are still to come."""
        self.hours: Timed | Partial | None = None
        """Hours whose days are still to come."""
        self.before: tuple[Named, Timed] | None = None
        """The last pair of this group that began with its hours: its days may belong to two pairs."""
        self.days_first = True
        """Whether the last pair began with its days."""
        self.last_hours: Intervals | None = None
        self.scope: Scope | None = ALL_YEAR
        """When the next pair holds; None where a season's end is not said."""
        self.once: Scope | None = None
        """The scope to come back to, when the present one is for one pair only."""
        self.scope_waits = False
        """Whether a season was said of which no hours were told yet."""
        self.place: str | None = None
        self.begin_group()

    def begin_group(self) -> None:
        self.start = len(self.found)
        self.inherited = (self.days, self.hours)
        self.before = None
        self.headed = False
        """Whether a season or a parity stands ahead of what this group says."""
        self.opened_door = False

    @property
    def opened(self) -> list[int]:
        """Where this group's pairs stand among the statements."""
        return [index for index, each in enumerate(self.found) if index >= self.start and isinstance(each, Open)]

    def end_group(self) -> None:
        """Settles what the group left open: hours that go on from the line above, a part of a day."""
        alone = isinstance(self.hours, Timed) and not self.found[self.start :] and self.days is None
        if alone and self.headed and self.inherited == (None, None) and self.found:
            self.hours_of_season()
        elif isinstance(self.hours, Timed) and self.before:
            self.split_days(*self.before)
        elif alone and self.inherited == (None, None) and self.start and isinstance(self.found[-1], Open) and self.days_first:
            self.go_on(self.found[-1])
        if self.days and self.days.parts and not self.next.starts_hours():
            self.found += [OpenPart(days) for days in self.days.one_by_one()]
            self.days = None
        if self.headed and (self.opened or self.days or self.hours):
            self.scope = None if not self.days else self.scope
        self.begin_group()

    def split_days(self, named: Named, hours: Timed) -> None:
        """«9h-19h du mardi au samedi et le dimanche 10h-13h»: the last days go with the hours after them."""
        if len(named.each) != 2 or not isinstance(self.hours, Timed) or not isinstance(self.found[-1], Open):
            raise NotUnderstood("hours between two lists of days")
        self.found.pop()
        self.pair(Named(named.each[:1]), hours)
        self.pair(Named(named.each[1:]), self.hours)
        self.hours = None

    def go_on(self, above: Open) -> None:
        """«Mardi 12h-14h\\n18h30-21h»: a line of hours alone goes on with the days of the line above."""
        if not isinstance(self.hours, Timed) or not in_order((*above.hours, *self.hours.hours)):
            raise NotUnderstood("hours of which days")
        self.found[-1] = replace(above, hours=(*above.hours, *self.hours.hours))
        self.hours = None

    # Days and hours

    def on_days(self, named: Named) -> None:
        if self.hours is not None:
            hours, self.hours, self.days_first = self.hours, None, False
            self.pair(named, hours)
            self.before = (named, hours) if isinstance(hours, Timed) else None
            return
        if self.days is not None:
            if self.days is self.inherited[0]:
                self.found.append(Announce(self.days.union))
            elif self.days.parts:
                self.found += [OpenPart(days) for days in self.days.one_by_one()]
            else:
                raise NotUnderstood("days without hours")
        self.days = named

    def on_hours(self, hours: Timed | Partial) -> None:
        if self.days is not None:
            named, self.days, self.days_first = self.days, None, True
            self.pair(named, hours)
        elif isinstance(self.hours, Timed) and isinstance(hours, Timed) and self.hours is self.inherited[1]:
            if not in_order((*self.hours.hours, *hours.hours)):
                raise NotUnderstood("hours of which days")
            self.hours = Timed((*self.hours.hours, *hours.hours), True)
        elif self.hours is not None:
            raise NotUnderstood("hours of which days")
        else:
            self.hours = hours

    def pair(self, named: Named, hours: Timed | Partial) -> None:
        if self.scope is None:
            raise NotUnderstood("a season whose end is not said")
        days, self.scope_waits = named.union, False
        if isinstance(hours, Timed) and not all(is_in(each, part) for each in hours.hours for part in named.parts):
            raise NotUnderstood("hours that do not fit the part of the day")
        if isinstance(hours, Partial):
            if self.scope != ALL_YEAR and self.scope not in {each.scope for each in self.found if isinstance(each, Open)}:
                raise NotUnderstood("one end of a season's hours")
            for each in named.one_by_one():
                self.found.append(Shift(each, hours.kind, hours.time, self.last_hours))
        elif not hours.sure and len(days.week) == 1:
            raise NotUnderstood("«lundi 8-12» may be a date")
        else:
            self.found.append(Open(days, hours.hours, self.scope))
            self.last_hours = hours.hours
        if self.once is not None:
            self.scope, self.once = self.once, None

    # Seasons, dates

    def on_dates(self, spans: tuple[Span, ...]) -> None:
        if all(span.start == span.end for span in spans):
            if len(spans) > 1 or not spans[0].year:
                raise NotUnderstood("a day of every year")
            self.on_days(Named((Days(date=spans[0]),)))
        elif any(span.year for span in spans):
            raise NotUnderstood("a season of one year")
        else:
            self.on_scope(Scope(spans))

    def on_scope(self, new: Scope) -> None:
        """A season or a parity: of all that follows in the group, of the days just named, or of the pair just told."""
        told = [self.found[index] for index in self.opened]
        free = [
            each
            for each in told
            if isinstance(each, Open) and not (each.scope.spans if new.spans else each.scope.odd_weeks is not None)
        ]
        if self.days is not None and self.days is not self.inherited[0]:
            self.once = self.scope
            self.scope = _within(self.scope or ALL_YEAR, new)
        elif not free:
            if self.scope_waits and not self.headed:
                raise NotUnderstood("a season without hours")
            kept = self.scope if self.headed and self.scope else ALL_YEAR
            self.scope = _within(kept, new)
            self.headed = self.scope_waits = True
        elif free == [self.found[-1]] and isinstance(self.found[-1], Open) and self.ends_clause():
            self.found[-1] = replace(self.found[-1], scope=_within(self.found[-1].scope, new))
        else:
            raise NotUnderstood("which of the hours have that season")

    def ends_clause(self) -> bool:
        """True where only brackets or commas stand between here and the end of the group."""
        ahead = next(n for n in range(len(self.next.tokens) + 1) if self.next.peek(n) != "COMMA")
        return self.next.peek(ahead) in ("END", "") or (self.next.peek() == "COMMA" and self.next.peek(-2) != "COMMA")

    def hours_of_season(self) -> None:
        """«Mardi au samedi 9h-19h. En août : 9h-13h»: on the same days."""
        told = [each for each in self.found if isinstance(each, Open)]
        if len(told) != 1 or not isinstance(self.hours, Timed) or not self.scope or told[0].scope == self.scope:
            raise NotUnderstood("the hours of which days in that season")
        self.found.append(Open(told[0].days, self.hours.hours, self.scope))
        self.hours, self.scope_waits = None, False


def _within(outer: Scope, inner: Scope) -> Scope:
    if (outer.spans and inner.spans) or None not in (outer.odd_weeks, inner.odd_weeks):
        return inner
    return Scope(outer.spans or inner.spans, inner.odd_weeks if inner.odd_weeks is not None else outer.odd_weeks)
