"""Tokens → statements about hours. Days and hours pair up in either order; anything left over is a doubt.

text   := group (END group)*
group  := (season | parity | days | hours | closed | except | on call)*
days   := day ((«,» | «et» | «/» | «-») day)*     day := lundi | «lundi au jeudi» | «1er samedi du mois» | «jours fériés» …
hours  := time «à» time ((«,» | «et» | «/» | «-»)? time «à» time)*  |  «jusqu'à» time  |  «à partir de» time  |  time
dates  := span ((«,» | «et») span)*               span := «1er au 21 août» | «avril à octobre» | «25 décembre 2026» …
"""

from dataclasses import replace

from fields.hours.intervals import WHOLE_DAY, NotUnderstood
from fields.hours.lexer import Token
from fields.hours.pairing import Pairing
from fields.hours.phrases import DAY_STARTS, HOUR_STARTS, SEPARATORS, Named, Partial, Phrases, Timed, part_of_day
from fields.hours.statements import (
    ALL_YEAR,
    WEEK,
    Break,
    Close,
    CloseDates,
    Days,
    OnCall,
    Open,
    OpenOtherDays,
    Replace,
    Scope,
    Shift,
    Span,
    Statement,
)

LONG_AGO = 2000
"""The year in which a closure begins whose end alone is told."""


def statements(tokens: list[Token]) -> list[Statement]:
    """What the tokens say, in their order. Raises `NotUnderstood`."""
    # «…\net de 14h à 18h» goes on where the line broke.
    following = [token.kind for token in tokens[1:]] + [""]
    joined = [token for token, after in zip(tokens, following, strict=False) if (token.kind, after) != ("END", "AND")]
    return Reader(Phrases(joined)).read()


class Reader(Pairing):
    """Token by token: what it begins."""

    def read(self) -> list[Statement]:
        while self.next.peek():
            self.step()
        self.end_group()
        if isinstance(self.hours, Timed):
            self.found.append(OpenOtherDays(self.hours.hours))
        if self.days or isinstance(self.hours, Partial) or self.scope_waits:
            raise NotUnderstood("days or a season without hours")
        return self.found

    def step(self) -> None:
        kind, after = self.next.peek(), self.next.peek(1)
        if kind == "END":
            self.next.take("END")
            self.end_group()
        elif kind in SEPARATORS:
            self.next.take(*SEPARATORS)
            if kind == "AND" and after in ("END", ""):
                raise NotUnderstood("and what")
        elif kind == "OPEN":
            self.next.take("OPEN")
            self.opened_door = True
            if after == "TO":
                self.next.take("TO")
                self.on_hours(self.next.partial()._replace(kind="from"))
        elif kind == "PLACE":
            self.at_place(self.next.need("PLACE").text)
        elif kind == "CLOSED":
            self.closed()
        elif kind == "EXCEPT":
            self.excepted()
        elif kind in ("ON_CALL", "OR"):
            self.on_call()
        elif kind == "PART" and after == "ON_CALL":
            self.found.append(OnCall(Days(WEEK, part=part_of_day(self.next.need("PART"))), self.next.need("ON_CALL").text))
        elif kind == "PARITY":
            self.on_scope(Scope(odd_weeks="impaire" in self.next.need("PARITY").text))
        elif kind == "ALWAYS":
            self.next.take("ALWAYS")
            self.pair(Named((Days(WEEK),)), Timed((WHOLE_DAY,), True))
        elif kind == "ONCE":
            self.on_dates(self.once_dates())
        elif kind in ("MONTH", "NUMBER", "ORDINAL", "DATE", "DAY") and (spans := self.next.attempt(self.next.dates)):
            self.on_dates(spans)
        elif self.next.starts_hours():
            self.on_hours(self.next.attempt(self.next.hours) or self.next.partial())
        elif kind in DAY_STARTS:
            self.on_days(self.next.named())
        else:
            raise NotUnderstood(f"{kind}")

    def once_dates(self) -> tuple[Span, ...]:
        """«exceptionnellement» needs dates that happen once."""
        self.next.take("ONCE")
        spans = self.next.dates()
        if not all(span.year for span in spans):
            raise NotUnderstood("once, but when")
        return spans

    def closed(self) -> None:
        self.next.take("CLOSED")
        left = self.days if self.days is not self.inherited[0] else None
        direct = self.next.peek(-2) not in SEPARATORS
        if self.next.peek() == "ONCE":
            self.found.append(CloseDates(self.once_dates()))
        elif self.next.peek() == "UNTIL" and self.next.peek(1) in ("NUMBER", "ORDINAL", "DATE", "DAY"):
            self.closed_until()
        elif self.next.peek() == "TO" and self.next.peek(1) == "TIME":
            self.next.take("TO")
            self.on_hours(self.next.partial()._replace(kind="until"))
        elif left and direct and not self.next.starts_hours():
            if self.next.peek() in DAY_STARTS and (self.opened_door or self.next.tokens[self.next.at].text.startswith("le")):
                raise NotUnderstood("«mardi fermé le lundi»: which is closed")
            self.close(left)
            self.days = None
        elif spans := self.next.attempt(self.next.dates):
            self.found.append(CloseDates(spans))
        elif self.next.starts_hours():
            self.pause(left)
        elif self.next.peek() in DAY_STARTS:
            self.close(self.next.named())
            if self.next.starts_hours() or self.next.peek() in ("DASH", "SLASH"):
                raise NotUnderstood("hours of a closed day")
        elif left:
            self.close(left)
            self.days = None
        elif self.headed and self.scope and self.scope.spans and not self.opened:
            self.found.append(CloseDates(self.scope.spans))  # «En août : fermé»
            self.scope, self.headed, self.scope_waits = ALL_YEAR, False, False
        else:
            raise NotUnderstood("closed when")

    def close(self, named: Named) -> None:
        self.found += [Close(days) for days in named.one_by_one()]

    def closed_until(self) -> None:
        self.next.take("UNTIL")
        (span,) = self.next.span()
        if span.start != span.end or not span.year:
            raise NotUnderstood("closed until which year")
        self.found.append(CloseDates((Span((1, 1), span.end, LONG_AGO, span.year),)))

    def pause(self, left: Named | None) -> None:
        hours = self.next.hours().hours
        if len(hours) > 1:
            raise NotUnderstood("closed twice a day")
        if left:
            self.days = None
        elif self.next.peek() in DAY_STARTS:
            left = self.next.named()
        self.found.append(Break(hours[0], left.union if left else None))

    def excepted(self) -> None:
        self.next.take("EXCEPT")
        if spans := self.next.attempt(self.next.dates):
            self.found.append(CloseDates(spans))
            return
        if self.next.starts_hours():
            self.pause(None)
            return
        named = self.next.named()
        change = None if self.days else self.next.attempt(self.change)
        if change is None:
            self.close(named)
        elif len(named.each) > 1:
            raise NotUnderstood("which of the exceptions have those hours")
        elif isinstance(change, Timed):
            self.found.append(Replace(named.union, change.hours))
        else:
            self.found.append(Shift(replace(named.union, part=None), change.kind, change.time))

    def change(self) -> Timed | Partial:
        """What makes a day an exception, e.g. «17h», «jusqu'à 17h», «9h-12h», «(fermeture à 13h)»."""
        self.next.take("COMMA")
        if verb := self.next.take("CLOSED", "OPEN"):
            self.next.take("TO")
            return self.next.partial()._replace(kind="until" if verb.kind == "CLOSED" else "from")
        if self.next.peek() not in HOUR_STARTS:
            raise NotUnderstood("no hours")
        return self.next.attempt(self.next.hours) or self.next.partial()

    def on_call(self) -> None:
        joined = self.next.peek(-1) == "AND" or self.next.take("OR") is not None
        note = self.next.need("ON_CALL").text
        left = self.days if self.days is not self.inherited[0] else None
        if part := self.next.take("PART"):
            self.found.append(OnCall(Days(WEEK, part=part_of_day(part)), note))
        elif left and not joined:
            self.found += [OnCall(days, note) for days in left.one_by_one()]
            self.days = None
        elif self.next.peek() in DAY_STARTS:
            self.found += [OnCall(days, note) for days in self.next.named().one_by_one()]
        elif not joined or self.next.peek() not in ("END", "") or not any(isinstance(each, Open) for each in self.found):
            raise NotUnderstood("hours by appointment")
        if self.next.starts_hours():
            raise NotUnderstood("hours by appointment")

    def at_place(self, place: str) -> None:
        """Two places or services have two timetables."""
        name = place.split()[-1].rstrip("s")
        if self.place not in (None, name) and self.next.peek(-2) != "PLACE":
            raise NotUnderstood("two places")
        self.place = name
