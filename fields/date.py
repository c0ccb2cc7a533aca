"""Dates."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from fields.cell import Cell, Reading, Row
from zoneinfo import ZoneInfo

def _of(cell):
    return datetime(1899, 12, 30) + timedelta(seconds=round(cell * 86400)) if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < 100000 else None

@dataclass(frozen=True)
class Timestamp:
    blank = None
    def read(self, cell: Cell, row: Row) -> Reading:
        return Reading(_of(cell))

@dataclass(frozen=True)
class Day:
    blank = None
    def read(self, cell: Cell, row: Row) -> Reading:
        moment = _of(cell)
        return Reading(moment and moment.date())

@dataclass(frozen=True)
class Moment:
    blank = None
    def read(self, cell: Cell, row: Row) -> Reading:
        moment = _of(cell)
        return Reading(moment and moment.replace(tzinfo=ZoneInfo("Europe/Paris")))
