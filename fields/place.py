"""Where a fiche is: its coordinates, its postcode, its commune, read together from cells that contradict each other."""

from dataclasses import dataclass

from fields.cell import Cell, Reading, Row


@dataclass(frozen=True)
class Postcode:
    blank: str = ""

    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(str(cell))


@dataclass(frozen=True)
class Latitude:
    blank: float | None = None

    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(cell if isinstance(cell, float) else None)


@dataclass(frozen=True)
class Longitude:
    blank: float | None = None

    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(cell if isinstance(cell, float) else None)


@dataclass(frozen=True)
class Centre:
    blank: tuple[float, float] | None = None

    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(None)
