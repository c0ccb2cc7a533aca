"""Links."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Web:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip() if as_text(cell).startswith(("https://", "http://")) else "")

@dataclass(frozen=True)
class Facebook:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip() if as_text(cell).startswith(("https://", "http://")) else "")

@dataclass(frozen=True)
class Instagram:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip() if as_text(cell).startswith(("https://", "http://")) else "")

@dataclass(frozen=True)
class Photo:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip() if as_text(cell).startswith(("https://", "http://")) else "")
