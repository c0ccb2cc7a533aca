"""Intervals of a day, in minutes, and what French asks of them: a morning, an earlier end, a lunch break."""

from itertools import pairwise

Interval = tuple[int, int | None]
"""Minutes from 0:00 of the day it begins: an end of 1500 is 1 a.m. of the next day, `None` is an end nobody told."""
Intervals = tuple[Interval, ...]

DAWN, NOON, A_DAY = 4 * 60, 12 * 60, 24 * 60
WHOLE_DAY: Interval = (0, A_DAY)


class NotUnderstood(ValueError):
    """Something in the text leaves a doubt about the hours."""


def interval(start: int, end: int) -> Interval:
    """The interval, over midnight where that is how people keep shops: «10h-9h» is a slip for «10h-19h»."""
    start %= A_DAY
    if end <= start:
        latest = 7 * 60 if start >= 18 * 60 else DAWN
        if end > latest or end + A_DAY - start > 16 * 60:
            raise NotUnderstood("a day that ends before it begins")
        end += A_DAY
    if start < DAWN and (start, end) != WHOLE_DAY:
        raise NotUnderstood("a shop that opens at night")
    return start, end


def in_order(hours: Intervals) -> bool:
    """True where no interval begins before the one ahead of it has ended; only the last may have no end."""
    return all(end is not None and end <= start for (_, end), (start, _) in pairwise(hours))


def joined(first: Intervals, second: Intervals) -> Intervals | None:
    """Both, where they do not meet."""
    both = tuple(sorted((*first, *second), key=lambda each: each[0]))
    return both if in_order(both) else None


def is_in(each: Interval, part: str) -> bool:
    """True for an interval that everybody would call the morning, midday, the afternoon or the evening."""
    start, end = each[0], each[1] or A_DAY
    return {
        "matin": start < NOON and end <= 14 * 60,
        "midi": 11 * 60 <= start <= 13 * 60 and end <= 15 * 60 + 30,
        "apres-midi": NOON <= start < 17 * 60 + 30 and end <= 21 * 60,
        "soir": start >= 17 * 60,
    }[part]


def _is_out_of(each: Interval, part: str) -> bool:
    start, end = each[0], each[1] or A_DAY
    return {
        "matin": start >= NOON,
        "midi": end <= 11 * 60 or start >= 15 * 60,
        "apres-midi": end <= 14 * 60 or start >= 18 * 60,
        "soir": end <= 18 * 60,
    }[part]


def without_part(hours: Intervals, part: str) -> Intervals:
    kept = tuple(each for each in hours if not is_in(each, part))
    if not all(_is_out_of(each, part) for each in kept):
        raise NotUnderstood("a part that cuts an interval in two")
    return kept


def without_break(hours: Intervals, pause: Interval) -> Intervals | None:
    """The hours without the pause; None where it is neither inside an interval nor already between two."""
    begins, ends = pause
    for index, (start, end) in enumerate(hours):
        if end is None or ends is None:
            return None
        if start < begins and ends < end:
            return (*hours[:index], (start, begins), (ends, end), *hours[index + 1 :])
        if end == begins and [each[0] for each in hours[index + 1 : index + 2]] == [ends]:
            return hours
    return None


def shifted(hours: Intervals, kind: str, time: int) -> Intervals:
    """The hours with another start (`from`) or end (`until`; `at` where only the hour itself tells which it is)."""
    if kind == "from":
        return _since(hours, time)
    start, end = hours[-1]
    if kind == "at" and (end is None or time < NOON or abs(time - end) >= time - start):
        raise NotUnderstood("a start or an end")
    return _until(hours, time)


def _until(hours: Intervals, time: int) -> Intervals:
    last = hours[-1][0]
    if time > last or time <= DAWN:
        return (*hours[:-1], interval(last, time))
    for index, (start, end) in enumerate(hours):
        if end is not None and start < time <= end:
            return (*hours[:index], (start, time))
    raise NotUnderstood("an end in the middle of a break")


def _since(hours: Intervals, time: int) -> Intervals:
    for index, (start, end) in enumerate(hours):
        if (index == 0 or start <= time) and (end is None or time < end):
            return ((time, end), *hours[index + 1 :])
    raise NotUnderstood("a start in the middle of a break")
