"""Who is open at a moment, of all the fiches of a snapshot at once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from annuaire.timetable import Opening, read
from fields.hours.intervals import A_DAY

_NEVER, _EVER = date.min.toordinal(), date.max.toordinal()


class Openings:
    """The timetables of one snapshot; shops that keep the same hours are asked once."""

    def __init__(self, fiches: pd.DataFrame):
        codes, texts = pd.factorize(fiches["opening_hours"])
        timetables = [(code, read(text)) for code, text in enumerate(texts)]
        self._codes = codes
        self._count = len(texts)
        self._weekly = [(code, hours) for code, hours in timetables if hours and hours.weekly]
        self._others = [(code, hours) for code, hours in timetables if hours and not hours.weekly]
        first, last = fiches["ferme_du"], fiches["ferme_au"]
        self._closes = (first.notna() | last.notna()).to_numpy()
        self._first, self._last = _ordinals(first, _NEVER), _ordinals(last, _EVER)
        self._on_weekday = lru_cache(maxsize=7)(self._week)
        self._on_day = lru_cache(maxsize=8)(self._special)

    def mask(self, moment: datetime) -> np.ndarray:
        """True for the rows that are surely open at `moment`, a time in Paris. The night after a day belongs to that day."""
        minute = moment.hour * 60 + moment.minute
        today = moment.date()
        return self._opened_on(today, minute) | self._opened_on(today - timedelta(days=1), minute + A_DAY)

    def _opened_on(self, day: date, minute: int) -> np.ndarray:
        """Rows that opened on a day and are still open, `minute` minutes after its midnight."""
        opened = np.zeros(self._count + 1, dtype=bool)
        for codes, starts, ends in (self._on_weekday(day.weekday(), day), self._on_day(day)):
            opened[codes[(starts <= minute) & (minute < ends)]] = True
        number = day.toordinal()
        closed = self._closes & (self._first <= number) & (number <= self._last)
        return opened[self._codes] & ~closed

    def _week(self, weekday: int, day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _flat((code, hours.on(day).openings) for code, hours in self._weekly)

    def _special(self, day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _flat((code, hours.on(day).openings) for code, hours in self._others)


def _flat(openings: Iterable[tuple[int, tuple[Opening, ...]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Timetable, start and end of every opening."""
    rows = [(code, opening.start, opening.end) for code, found in openings for opening in found]
    return tuple(np.array(rows, dtype=np.int64).reshape(-1, 3).T)  # type: ignore[return-value]


def _ordinals(days: pd.Series, blank: int) -> np.ndarray:
    return np.array([day.toordinal() if isinstance(day, date) else blank for day in days], dtype=np.int64)
