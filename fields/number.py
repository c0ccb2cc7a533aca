"""Numbers: a zoom, a number of days."""

import re
from dataclasses import dataclass

from fields.cell import Cell, Filled, Reading, Row, as_line
from words import _

_WRITTEN = re.compile(r"([+-]?\d{1,12})(?:[.,](\d{1,12}))? ?(?:jours?|j|km|%)?", re.IGNORECASE)
"""E.g. `9`, `9,5`, `-9.5`, `180 jours`."""


@dataclass(frozen=True)
class Number(Filled):
    """A number from `min` to `max`, bounds included, as a float. A comma is a decimal point."""

    min: float
    max: float
    blank = None

    def typed(self, cell: Cell, row: Row) -> Reading:
        value = number(cell)
        if value is None or not self.min <= value <= self.max:
            return self.unusable(
                cell, _("un nombre de {min} à {max} est attendu").format(min=_french(self.min), max=_french(self.max))
            )
        return Reading(value)


def number(cell: Cell) -> float | None:
    """The number a cell holds or spells, None where it is none. Spaces inside (`1 000`) are passed over."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) < 1e15 else None
    written = _WRITTEN.fullmatch(re.sub(r"(?<=[\d+-]) (?=\d)", "", as_line(cell).replace("−", "-")))
    return float(f"{written[1]}.{written[2] or 0}") if written else None


def _french(number: float) -> str:
    return f"{number:g}".replace(".", ",").replace("-", "−")
