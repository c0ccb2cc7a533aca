"""Choices."""
from collections.abc import Mapping
from dataclasses import dataclass
from fields.cell import Cell, Reading, Row, as_text, fold

@dataclass(frozen=True)
class One:
    options: tuple[str, ...]
    free: bool = False
    blank = ""
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(as_text(cell).strip())

@dataclass(frozen=True)
class Several:
    options: tuple[str, ...]
    same: Mapping[str, str] | None = None
    blank = ()
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(tuple(part for part in as_text(cell).strip().split(", ") if part))

@dataclass(frozen=True)
class YesNo:
    blank = None
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading({"oui": True, "non": False}.get(fold(as_text(cell))))
