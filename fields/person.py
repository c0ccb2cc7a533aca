"""A merchant as a person."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Email:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())

@dataclass(frozen=True)
class Siret:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())
