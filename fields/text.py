"""Words: a name, a paragraph, an article in Markdown, a colour."""
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text

@dataclass(frozen=True)
class Line:
    max: int
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(" ".join(as_text(cell).split())[: self.max])

@dataclass(frozen=True)
class Lines:
    max: int
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip()[: self.max])

@dataclass(frozen=True)
class Markdown(Lines):
    pass

@dataclass(frozen=True)
class Color:
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())
