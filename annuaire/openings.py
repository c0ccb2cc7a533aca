"""Who is open at a moment, of many shops or stalls at once."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import numpy as np
import pandas as pd

import schema
from annuaire.exceptions import exceptional
from annuaire.hours import Hours, read
from fields.hours.exceptions import Exceptional

_NEVER, _EVER = date.min.toordinal(), date.max.toordinal()
_NOT_OPEN = 1


class Openings:
    """The hours of many places; those that keep the same ones are asked once."""

    def __init__(
        self,
        hours: Iterable[tuple[str, tuple[Exceptional, ...]]],
        ferme_du: pd.Series,
        ferme_au: pd.Series,
        receives: np.ndarray,
    ):
        """`receives`: False where the door stays shut."""
        known: dict[tuple[str, tuple[Exceptional, ...]], int] = {}
        self._codes = np.array([known.setdefault(each, len(known)) for each in hours], dtype=np.int64)
        self._hours: list[Hours | None] = [read(*each) for each in known]
        self._closes = (ferme_du.notna() | ferme_au.notna()).to_numpy()
        self._first, self._last = _ordinals(ferme_du, _NEVER), _ordinals(ferme_au, _EVER)
        self._receives = receives

    def mask(self, moment: datetime) -> np.ndarray:
        """True for the rows that are surely open at `moment`, a time in Paris. The night after a day belongs to that day."""
        at = moment.replace(tzinfo=None)
        began = np.array([_NOT_OPEN if hours is None else hours.began(at) for hours in self._hours], dtype=np.int64)[
            self._codes
        ]
        today = moment.date().toordinal()
        day = today + began
        closed = self._closes & (self._first <= day) & (day <= self._last)
        return (began != _NOT_OPEN) & ~closed & self._receives


def of_fiches(fiches: pd.DataFrame) -> Openings:
    """The hours of one snapshot's shops."""
    receives = (fiches["accueil"] != schema.DOOR_CLOSED).to_numpy()
    return Openings(_written(fiches), fiches["ferme_du"], fiches["ferme_au"], receives)


def _written(fiches: pd.DataFrame) -> Iterator[tuple[str, tuple[Exceptional, ...]]]:
    """What each fiche says of its hours."""
    dated = [
        exceptional(text, verified) if text else ()
        for text, verified in zip(fiches["horaires_exceptionnels"].tolist(), fiches["verifie_le"].tolist(), strict=True)
    ]
    return zip(fiches["opening_hours"].tolist(), dated, strict=True)


def _ordinals(days: pd.Series, blank: int) -> np.ndarray:
    return np.array([day.toordinal() if isinstance(day, date) else blank for day in days.tolist()], dtype=np.int64)
