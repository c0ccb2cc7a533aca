"""Ticks."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text, fold

@dataclass(frozen=True)
class Tick:
    blank = False
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(cell is True or fold(as_text(cell)) in ("vrai", "true", "x", "oui", "1"))

@dataclass(frozen=True)
class Consent:
    sentence: str
    blank = False
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(cell is True or fold(as_text(cell)).startswith(fold(self.sentence)))
