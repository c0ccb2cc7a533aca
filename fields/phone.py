"""Phones."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Phone:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())

def pieces(text: str, code_postal: str) -> list[tuple[str, str | None]]:
    return [(text, None)] if text else []
