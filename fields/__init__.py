"""One file per kind of cell: each turns what a sheet holds into a typed value, or says what is wrong."""

from fields.cell import Cell, Fault, Kind, Reading, Row

__all__ = ["Cell", "Fault", "Kind", "Reading", "Row"]
