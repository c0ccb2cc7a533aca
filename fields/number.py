"""Numbers."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Number:
    min: float
    max: float
    blank = None
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(float(cell) if isinstance(cell, (int, float)) else None)
