"""Days with hours of their own, e.g. «Ouvert le dimanche 20 décembre de 9h à 13h», «Fermé du 3 au 17 août».

text   := clause ((END | «,» | «et») clause)*
clause := «fermé» dates | «fermé jusqu'au» date | dates «fermé» | «ouvert»? dates «ouvert»? hours | «ouvert»? hours dates

Nothing is guessed: where a word is not understood, the whole says nothing and is only shown as written.
"""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import NamedTuple

from fields.hours.intervals import Intervals, NotUnderstood
from fields.hours.lexer import Token, tokens
from fields.hours.osm import written_hours, written_span
from fields.hours.phrases import Phrases
from fields.hours.statements import Span

LONGEST_READ = 500


class Exceptional(NamedTuple):
    """Hours instead of the usual ones, both ends included; without intervals the door stays shut."""

    first: date
    last: date
    hours: Intervals
    every_day: bool = True
    """False for «du 5 au 24 décembre 9h-12h»: whether a day that is closed all year is open then is not said."""

    @property
    def osm(self) -> str:
        """e.g. `2026 Dec 20 09:00-13:00`, `2026 Aug 3-2026 Aug 17 off`."""
        ends = [(day.month, day.day) for day in (self.first, self.last)]
        return f"{written_span(Span(ends[0], ends[1], self.first.year, self.last.year))} {written_hours(self.hours)}"


def exceptional_hours(text: str, reference: date | None) -> tuple[Exceptional, ...] | None:
    """What a text says of dated days, wide ranges before those inside them; None where any part of it leaves a doubt.

    A day without its year is the first one not over at `reference`, if that is less than half a year away: the day
    when somebody last vouched for the text. Without a reference every date needs its year.
    """
    if len(text) > LONGEST_READ:
        return None
    try:
        found = [each for clause in _clauses(tokens(text)) for each in _read(Phrases(clause, reference))]
    except NotUnderstood:
        return None
    found.sort(key=lambda each: each.first - each.last)
    for wide, narrow in combinations(found, 2):
        apart = wide.last < narrow.first or narrow.last < wide.first
        inside = wide.first <= narrow.first and narrow.last <= wide.last and wide[:2] != narrow[:2]
        if not (apart or inside):
            return None
    return tuple(found) or None


def _clauses(read: list[Token]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    for token in [*read, Token("END", "")]:
        if token.kind != "END":
            clause.append(token)
        elif clause:
            yield clause
            clause = []


def _read(phrases: Phrases) -> Iterator[Exceptional]:
    """One clause, or several on one line behind commas."""
    while phrases.peek():
        yield from _clause(phrases)
        if phrases.peek() and not phrases.take("COMMA", "AND"):
            raise NotUnderstood("words left over")


def _clause(phrases: Phrases) -> Iterator[Exceptional]:
    verb = phrases.take("OPEN", "CLOSED")
    if verb and verb.kind == "CLOSED" and phrases.take("UNTIL"):
        yield _until(phrases)
        return
    every_day = _skip(phrases)
    hours = None
    spans = phrases.attempt(phrases.dates)
    if spans is None:
        hours = phrases.hours()
        every_day |= _skip(phrases)
        spans = phrases.dates()
    every_day |= _skip(phrases)
    if verb is None and hours is None:
        verb = phrases.take("OPEN", "CLOSED")
        every_day |= _skip(phrases)
    if verb is not None and verb.kind == "CLOSED":
        if hours or phrases.starts_hours() or phrases.peek() == "TO":
            raise NotUnderstood("closed for a part of the day")
        yield from (_dated(span, (), True) for span in spans)
        return
    hours = hours or phrases.hours()
    if not hours.sure:
        raise NotUnderstood("«8-12» may be a date")
    yield from (_dated(span, hours.hours, every_day or span.start == span.end) for span in spans)


def _skip(phrases: Phrases) -> bool:
    """Passes words that change nothing between a verb, its dates and its hours; True where «tous les jours» is one."""
    every_day = False
    while token := phrases.take("ONCE", "EVERYDAY", *(["COMMA"] if phrases.peek(1) not in ("OPEN", "CLOSED") else [])):
        every_day |= token.kind == "EVERYDAY"
    return every_day


def _until(phrases: Phrases) -> Exceptional:
    """«Fermé jusqu'au 3 janvier»: since somebody vouched for it, at the latest."""
    (span,) = phrases.span()
    end = _dated(span, (), True)
    if phrases.reference is None or end.first != end.last or end.last < phrases.reference:
        raise NotUnderstood("closed since when")
    return end._replace(first=phrases.reference)


def _dated(span: Span, hours: Intervals, every_day: bool) -> Exceptional:
    if span.year is None or span.end_year is None:
        raise NotUnderstood("a date of which year")
    return Exceptional(date(span.year, *span.start), date(span.end_year, *span.end), hours, every_day)
