"""Opening hours."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Hours:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())

def opening_hours(text: str) -> str | None:
    return None
