"""Workbook files: a new one, and how its columns are shown.

Changes go into the XML of the sheet concerned (`package`): openpyxl would rewrite the whole file, in
seven seconds at 10,000 rows, without its rich text, charts and cell checkboxes, and make formulas of text that begins with «=».
"""

import functools
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import schema
from fields import Cell
from fields import date as dates
from fields.cell import as_text
from schema import header_key
from sheets.package import DAY, MOMENT, Package
from sheets.replacing import replace
from sheets.worksheet import letter


def create(path: Path, tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Writes a workbook, replacing what was there: header in bold and frozen, columns of dates shown as dates, text kept as text.

    Each tab is its lines, header first. Raises ValueError for a title Excel refuses, OSError where it cannot be written.
    """
    package = Package(_empty(tabs))
    for title, rows in tabs.items():
        below = {(line, place): cell for line, row in enumerate(rows[1:], start=2) for place, cell in enumerate(row)}
        package.set_cells(title, below, [number_format(header) for header in rows[0]] if rows else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, package.content())


def _empty(tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """The workbook with its headers and columns, and no line below."""
    import openpyxl  # here: a third of a second that a start of the site need not pay
    from openpyxl.styles import Font

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in tabs.items():
        sheet = workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, header in enumerate(rows[0] if rows else ()):
            cell = sheet.cell(1, place + 1, as_text(header))
            cell.data_type, cell.font = "s", Font(bold=True)
            column = sheet.column_dimensions[letter(place)]
            column.number_format = number_format(header)
            longest = max((len(as_text(row[place])) for row in rows[1:40] if place < len(row)), default=0)
            column.width = min(max(len(as_text(header)) + 3, longest + 1, 19 if number_format(header) == MOMENT else 0), 42)
    sink = BytesIO()
    workbook.save(sink)
    return sink.getvalue()


@functools.cache
def number_format(header: Cell) -> str:
    """How a column of this header is shown: a date, text that nobody's spreadsheet re-reads as a number, or `General`."""
    key = header_key(header)
    column = next((column for column in (*schema.FICHE, *schema.MAG) if key in column.header_keys), None)
    if column is None:
        return "General"
    if isinstance(column.kind, (dates.Timestamp, dates.Moment)):
        return MOMENT
    if isinstance(column.kind, dates.Day):
        return DAY
    return "@" if column.asked and column.key != "publie" else "General"
